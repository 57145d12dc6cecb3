import { randomFillSync, timingSafeEqual } from 'node:crypto';
import type { CryptoSuite } from './crypto-suite.js';

const redacted = '[redacted]';
const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

/** Octets of the generator for keys to come: asking it costs more than the rest of making a key. */
const ahead = new Uint8Array(2_048);
let taken = ahead.length;

/** Each octet is given once, and nothing of it stays here. */
function randomOctets(length: number): Uint8Array {
  if (taken + length > ahead.length) {
    randomFillSync(ahead);
    taken = 0;
  }
  const octets = ahead.slice(taken, taken + length);
  ahead.fill(0, taken, taken + length);
  taken += length;
  return octets;
}

/**
 * An SRTP master key and its salt (RFC 3711 §3.2.1), concatenated as in `inline:` (RFC 4568 §6.1).
 * It never prints itself: string conversion, JSON and inspection all give `[redacted]`. The owner wipes it.
 */
export class MasterKey {
  readonly #keySalt: Uint8Array;

  private constructor(keySalt: Uint8Array) {
    this.#keySalt = keySalt;
  }

  /** Takes ownership of `keySalt` (key || salt); null when the length is not the suite's. */
  static of(suite: CryptoSuite, keySalt: Uint8Array): MasterKey | null {
    return keySalt.length === suite.masterKeyLength + suite.masterSaltLength ? new MasterKey(keySalt) : null;
  }

  /** A fresh key from the system's generator (RFC 4568 §6.1: unique and unpredictable). */
  static generate(suite: CryptoSuite): MasterKey {
    return new MasterKey(randomOctets(suite.masterKeyLength + suite.masterSaltLength));
  }

  /** The octets themselves, lent: for the seam and for the writer of `a=crypto` only. */
  expose(): Uint8Array {
    return this.#keySalt;
  }

  /** In constant time. */
  equals(other: MasterKey): boolean {
    return this.#keySalt.length === other.#keySalt.length && timingSafeEqual(this.#keySalt, other.#keySalt);
  }

  wipe(): void {
    this.#keySalt.fill(0);
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspectSymbol](): string {
    return redacted;
  }
}
