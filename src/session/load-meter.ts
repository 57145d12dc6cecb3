import { loadavg } from 'node:os';
import type { Relay } from '../relay/relay.js';
import type { Clock } from '../shared/clock.js';
import type { Admission } from './admission.js';

const MEASURE_INTERVAL = 1_000;
/** Octets need a walk over all ports: done less often. */
const BYTES_EVERY = 5;

interface Reading {
  readonly at: number;
  readonly value: number;
}

/** Measures what the relay carries, for the limits and for `statistics`. */
export class LoadMeter {
  readonly #relay: Relay;
  readonly #admission: Admission;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  #turn = 0;
  #packets: Reading;
  #bytes: Reading;
  #cpu: readonly number[];
  #cpuAt: number;

  constructor(relay: Relay, admission: Admission, clock: Clock) {
    this.#relay = relay;
    this.#admission = admission;
    this.#clock = clock;
    const at = clock.monotonicMilliseconds();
    this.#packets = { at, value: this.#countPackets() };
    this.#bytes = { at, value: 0 };
    this.#cpu = this.#readCpu();
    this.#cpuAt = at;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.measure(), MEASURE_INTERVAL).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  measure(): void {
    const at = this.#clock.monotonicMilliseconds();
    const packets = { at, value: this.#countPackets() };
    const packetRate = rate(this.#packets, packets);
    this.#packets = packets;
    this.#admission.load = {
      packetRate,
      byteRate: this.#byteRate(at),
      cpuPercent: this.#busiestWorker(at),
      loadAverage: loadavg()[0] ?? 0,
    };
  }

  #byteRate(at: number): number {
    this.#turn += 1;
    if (this.#turn % BYTES_EVERY !== 0) return this.#admission.load.byteRate;
    const bytes = { at, value: this.#relay.bytes() };
    const result = rate(this.#bytes, bytes);
    this.#bytes = bytes;
    return result;
  }

  #busiestWorker(at: number): number {
    const cpu = this.#readCpu();
    const elapsed = (at - this.#cpuAt) * 1e6;
    const busy = cpu.map((nanoseconds, worker) => nanoseconds - (this.#cpu[worker] ?? 0));
    this.#cpu = cpu;
    this.#cpuAt = at;
    return elapsed > 0 ? (100 * Math.max(...busy)) / elapsed : 0;
  }

  #readCpu(): readonly number[] {
    return this.#workers().map((worker) => this.#relay.slab(worker).worker('cpu_nanoseconds'));
  }

  #countPackets(): number {
    return this.#workers().reduce((sum, worker) => sum + this.#relay.slab(worker).worker('packets'), 0);
  }

  #workers(): readonly number[] {
    return Array.from({ length: this.#relay.workers }, (_, worker) => worker);
  }
}

function rate(before: Reading, after: Reading): number {
  const seconds = (after.at - before.at) / 1_000;
  return seconds > 0 ? Math.max(0, (after.value - before.value) / seconds) : 0;
}
