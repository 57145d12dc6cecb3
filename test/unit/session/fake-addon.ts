import type {
  Addon,
  NativeRelay,
  OpenPortOptions,
  PortConfig,
  PortId,
  RelayEvent,
  RelayOptions,
  SlabLayout,
} from '../../../src/relay/addon.js';
import { PORT_COUNTERS, STREAM_COUNTERS, WORKER_COUNTERS, type PortCounter } from '../../../src/relay/counters.js';

const SLOT_BYTES = 512;
const STREAM_BYTES = 128;
const STREAMS_PER_PORT = 4;
const SLOTS = 4_096;

const layout: SlabLayout = {
  slotOffset: 1_024,
  slotBytes: SLOT_BYTES,
  streamsPerPort: STREAMS_PER_PORT,
  streamBytes: STREAM_BYTES,
  workerCounters: WORKER_COUNTERS,
  portCounters: PORT_COUNTERS,
  streamCounters: STREAM_COUNTERS,
};

export interface FakePort {
  readonly id: PortId;
  readonly options: OpenPortOptions;
  readonly slot: number;
  config: PortConfig | null;
  configured: number;
}

/** The seam without sockets or threads: remembers what it was told, and lets a test write the counters. */
export class FakeAddon implements Addon {
  readonly ports = new Map<number, FakePort>();
  /** Numbers that "another program" holds. */
  readonly busy = new Set<number>();
  /** Next errors of openPort, whatever the number. */
  readonly failures: string[] = [];
  readonly #slab = new ArrayBuffer(1_024 + SLOTS * (SLOT_BYTES + STREAMS_PER_PORT * STREAM_BYTES));
  #nextId = 1;
  #onEvent: (event: RelayEvent) => void = () => undefined;

  createRelay(_options: RelayOptions, onEvent: (event: RelayEvent) => void): NativeRelay {
    this.#onEvent = onEvent;
    return {
      openPort: (options) => this.#open(options),
      configurePort: (id, config) => this.#configure(id, config),
      closePort: (id) => this.#close(id),
      releaseSlot: () => undefined,
      hold: () => undefined,
      release: () => undefined,
      slab: () => this.#slab,
      close: () => undefined,
    };
  }

  slabLayout(): SlabLayout {
    return layout;
  }

  cryptoSuites(): ReturnType<Addon['cryptoSuites']> {
    return [];
  }

  openControlSocket(): ReturnType<Addon['openControlSocket']> {
    return { error: 'ENOSYS' };
  }

  muteSources(): boolean {
    return false;
  }

  droppedDatagrams(): number {
    return 0;
  }

  versions(): ReturnType<Addon['versions']> {
    return { libsrtp: 'none', openssl: 'none' };
  }

  endProcess(): never {
    throw new Error('no process to end');
  }

  /** The open port with that number. */
  port(number: number): FakePort {
    const found = [...this.ports.values()].find((port) => port.options.port === number);
    if (found === undefined) throw new Error(`no open port ${number}`);
    return found;
  }

  byId(id: PortId | null): FakePort {
    const found = id === null ? undefined : this.ports.get(id);
    if (found === undefined) throw new Error('no such port');
    return found;
  }

  write(slot: number, counter: PortCounter, value: number): void {
    const words = new BigUint64Array(this.#slab);
    words[(layout.slotOffset + slot * SLOT_BYTES) / 8 + PORT_COUNTERS.indexOf(counter)] = BigInt(value);
  }

  #open(options: OpenPortOptions): ReturnType<NativeRelay['openPort']> {
    const failure = this.failures.shift();
    if (failure !== undefined) return { error: failure };
    if (this.busy.has(options.port)) return { error: 'EADDRINUSE' };
    const id = this.#nextId as PortId;
    const slot = this.#nextId - 1;
    this.#nextId += 1;
    this.ports.set(id, { id, options, slot, config: null, configured: 0 });
    return { error: null, id, slot, port: options.port };
  }

  #configure(id: PortId, config: PortConfig): void {
    const port = this.byId(id);
    port.config = config;
    port.configured += 1;
  }

  #close(id: PortId): boolean {
    const port = this.ports.get(id);
    if (port === undefined) return false;
    this.ports.delete(id);
    queueMicrotask(() =>
      this.#onEvent({ kind: 'closed', port: id, slot: port.slot, worker: port.options.worker, detail: '' }),
    );
    return true;
  }
}
