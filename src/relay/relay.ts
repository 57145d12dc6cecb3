import type { Addon, NativeRelay, OpenPortOptions, RelayEvent, RelayOptions } from './addon.js';
import { MediaPort } from './media-port.js';
import { PORT_WORDS, Slab, SlabIndex } from './slab.js';
import { RelayTotals } from './totals.js';
import { WorkerBell } from './worker-bell.js';
import { err, ok, type Result } from '../shared/result.js';

/** An idle worker turns every 500 ms at least: three turns missed is a stall. */
export const WORKER_STALL_MILLISECONDS = 1_500;

/** The native relay with its ports by name: opens them, hands on their events, keeps the totals of those that are gone. */
export class Relay {
  readonly workers: number;
  readonly #native: NativeRelay;
  readonly #bell: WorkerBell;
  readonly #slabs: readonly Slab[];
  /** Open ports and those whose worker has not let go yet, by worker and slot. */
  readonly #ports = new Map<number, MediaPort>();
  readonly #portsPerWorker: number[];
  readonly #retired = new RelayTotals();
  readonly #onEvent: (event: RelayEvent, port: MediaPort) => void;
  #closed = false;

  constructor(addon: Addon, options: RelayOptions, onEvent: (event: RelayEvent, port: MediaPort) => void) {
    this.workers = options.workers;
    this.#onEvent = onEvent;
    this.#native = addon.createRelay(options, (event) => this.#receive(event));
    this.#bell = new WorkerBell(this.#native);
    const index = new SlabIndex(addon.slabLayout());
    this.#slabs = Array.from({ length: options.workers }, (_, worker) => new Slab(this.#native.slab(worker), index));
    this.#portsPerWorker = Array.from({ length: options.workers }, () => 0);
  }

  /** The error is an errno name. */
  openPort(options: OpenPortOptions): Result<MediaPort, string> {
    this.#bell.hold();
    const opened = this.#native.openPort(options);
    if (opened.error !== null) return err(opened.error);
    const port = new MediaPort(this.#native, this.#bell, this.slab(options.worker), options.worker, opened);
    this.#ports.set(placeOf(options.worker, port.slot), port);
    this.#portsPerWorker[options.worker] = (this.#portsPerWorker[options.worker] ?? 0) + 1;
    return ok(port);
  }

  /** Where a new call goes: the worker with the fewest ports, of those that make progress if any does. */
  leastLoadedWorker(nowMilliseconds: number): number {
    let chosen = 0;
    let fewest = Infinity;
    for (const [worker, ports] of this.#portsPerWorker.entries()) {
      const stalled = this.heartbeatAge(worker, nowMilliseconds) > WORKER_STALL_MILLISECONDS;
      const load = stalled ? SLOTS + ports : ports;
      if (load >= fewest) continue;
      chosen = worker;
      fewest = load;
    }
    return chosen;
  }

  /** Milliseconds since the worker's loop last turned. `nowMilliseconds` is of CLOCK_MONOTONIC, as the heartbeats are. */
  heartbeatAge(worker: number, nowMilliseconds: number): number {
    return Math.max(0, nowMilliseconds - this.slab(worker).worker('heartbeat_milliseconds'));
  }

  slab(worker: number): Slab {
    const slab = this.#slabs[worker];
    if (slab === undefined) throw new RangeError(`no worker ${worker}`);
    return slab;
  }

  ports(): Iterable<MediaPort> {
    return this.#ports.values();
  }

  /** Sums over every port there ever was, as of now. */
  totals(): RelayTotals {
    const totals = this.#retired.copy();
    for (const port of this.#ports.values()) totals.add(port);
    return totals;
  }

  /** Octets of RTP and RTCP received, over every port there ever was. */
  bytes(): number {
    const { rtp_bytes: rtp, rtcp_bytes: rtcp } = this.#retired.counters;
    let bytes = rtp + rtcp;
    for (const port of this.#ports.values())
      bytes += port.word(PORT_WORDS.rtp_bytes) + port.word(PORT_WORDS.rtcp_bytes);
    return bytes;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#bell.close();
    this.#native.close();
  }

  #receive(event: RelayEvent): void {
    const key = placeOf(event.worker, event.slot);
    const port = this.#ports.get(key);
    if (port?.id !== event.port) return;
    this.#onEvent(event, port);
    if (event.kind === 'closed') this.#retire(key, port);
  }

  #retire(key: number, port: MediaPort): void {
    this.#retired.add(port);
    this.#ports.delete(key);
    this.#portsPerWorker[port.worker] = (this.#portsPerWorker[port.worker] ?? 1) - 1;
    if (!this.#closed) this.#native.releaseSlot(port.worker, port.slot);
  }
}

/** Slots of a worker, at most. */
const SLOTS = 65_536;

function placeOf(worker: number, slot: number): number {
  return worker * SLOTS + slot;
}
