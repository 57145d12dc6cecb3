import type { SlabLayout } from './addon.js';
import type { PortCounter, StreamCounter, WorkerCounter } from './counters.js';

/**
 * A worker's counter slab, read in place. Words are 64-bit, little-endian as the machine's; a value above 2^53 would
 * lose its low bits, which no counter reaches. Reads allocate nothing: two 32-bit halves instead of a BigInt.
 */
export class Slab {
  readonly #words: Uint32Array;
  readonly #layout: SlabIndex;
  readonly #streamStart: number;

  constructor(buffer: ArrayBuffer, layout: SlabIndex) {
    this.#words = new Uint32Array(buffer);
    this.#layout = layout;
    this.#streamStart = layout.streamStart(buffer.byteLength / 8);
  }

  worker(counter: WorkerCounter): number {
    return this.#word(this.#layout.worker(counter));
  }

  port(slot: number, counter: PortCounter): number {
    return this.#word(this.#layout.port(slot, counter));
  }

  stream(slot: number, stream: number, counter: StreamCounter): number {
    return this.#word(this.#streamStart + this.#layout.stream(slot, stream, counter));
  }

  get streamsPerPort(): number {
    return this.#layout.streamsPerPort;
  }

  #word(index: number): number {
    return (this.#words[2 * index] ?? 0) + (this.#words[2 * index + 1] ?? 0) * 0x1_0000_0000;
  }
}

/** Where each counter's word lies: the native layout, made into look-ups once a relay. */
export class SlabIndex {
  readonly streamsPerPort: number;
  readonly #slotWords: number;
  readonly #slotStart: number;
  readonly #streamWords: number;
  readonly #worker: ReadonlyMap<string, number>;
  readonly #port: ReadonlyMap<string, number>;
  readonly #stream: ReadonlyMap<string, number>;

  constructor(layout: SlabLayout) {
    this.streamsPerPort = layout.streamsPerPort;
    this.#slotStart = layout.slotOffset / 8;
    this.#slotWords = layout.slotBytes / 8;
    this.#streamWords = layout.streamBytes / 8;
    this.#worker = indexed(layout.workerCounters);
    this.#port = indexed(layout.portCounters);
    this.#stream = indexed(layout.streamCounters);
  }

  worker(counter: WorkerCounter): number {
    return position(this.#worker, counter);
  }

  port(slot: number, counter: PortCounter): number {
    return this.#slotStart + slot * this.#slotWords + position(this.#port, counter);
  }

  /** Where the blocks of streams begin in a slab of so many words: behind all slots, of which there are as many as fit. */
  streamStart(words: number): number {
    const slots = (words - this.#slotStart) / (this.#slotWords + this.streamsPerPort * this.#streamWords);
    return this.#slotStart + slots * this.#slotWords;
  }

  /** From there. */
  stream(slot: number, stream: number, counter: StreamCounter): number {
    return (slot * this.streamsPerPort + stream) * this.#streamWords + position(this.#stream, counter);
  }
}

function indexed(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

function position(table: ReadonlyMap<string, number>, name: string): number {
  const index = table.get(name);
  if (index === undefined) throw new Error(`the addon counts no ${name}: rebuild it`);
  return index;
}
