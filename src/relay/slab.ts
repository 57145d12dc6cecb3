import type { SlabLayout } from './addon.js';
import {
  PORT_COUNTERS,
  STREAM_COUNTERS,
  WORKER_COUNTERS,
  type PortCounter,
  type StreamCounter,
  type WorkerCounter,
} from './counters.js';

/** Where each counter's word lies in its block. */
export const PORT_WORDS = positions(PORT_COUNTERS);
export const STREAM_WORDS = positions(STREAM_COUNTERS);
const WORKER_WORDS = positions(WORKER_COUNTERS);

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
    return this.#word(WORKER_WORDS[counter]);
  }

  port(slot: number, counter: PortCounter): number {
    return this.portWord(slot, PORT_WORDS[counter]);
  }

  stream(slot: number, stream: number, counter: StreamCounter): number {
    return this.streamWord(slot, stream, STREAM_WORDS[counter]);
  }

  /** By its place in `PORT_WORDS`: for walks over all ports, where looking up names would be most of the work. */
  portWord(slot: number, word: number): number {
    return this.#word(this.#layout.slot(slot) + word);
  }

  streamWord(slot: number, stream: number, word: number): number {
    return this.#word(this.#streamStart + this.#layout.stream(slot, stream) + word);
  }

  get streamsPerPort(): number {
    return this.#layout.streamsPerPort;
  }

  #word(index: number): number {
    return (this.#words[2 * index] ?? 0) + (this.#words[2 * index + 1] ?? 0) * 0x1_0000_0000;
  }
}

/** Where the blocks lie in the slabs of one relay. Throws when the addon counts other things than we read. */
export class SlabIndex {
  readonly streamsPerPort: number;
  readonly #slotWords: number;
  readonly #slotStart: number;
  readonly #streamWords: number;

  constructor(layout: SlabLayout) {
    checkNames(PORT_COUNTERS, layout.portCounters);
    checkNames(STREAM_COUNTERS, layout.streamCounters);
    checkNames(WORKER_COUNTERS, layout.workerCounters);
    this.streamsPerPort = layout.streamsPerPort;
    this.#slotStart = layout.slotOffset / 8;
    this.#slotWords = layout.slotBytes / 8;
    this.#streamWords = layout.streamBytes / 8;
  }

  slot(slot: number): number {
    return this.#slotStart + slot * this.#slotWords;
  }

  /** Where the blocks of streams begin in a slab of so many words: behind all slots, of which there are as many as fit. */
  streamStart(words: number): number {
    const slots = (words - this.#slotStart) / (this.#slotWords + this.streamsPerPort * this.#streamWords);
    return this.#slotStart + slots * this.#slotWords;
  }

  /** From there. */
  stream(slot: number, stream: number): number {
    return (slot * this.streamsPerPort + stream) * this.#streamWords;
  }
}

function positions<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>;
}

function checkNames(ours: readonly (PortCounter | StreamCounter | WorkerCounter)[], native: readonly string[]): void {
  const other = ours.find((name, index) => native[index] !== name);
  if (other !== undefined) throw new Error(`the addon counts no ${other} where it should: rebuild it`);
}
