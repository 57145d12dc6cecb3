import type { BencodeError } from './bencode-reader.js';
import { CODEC_LIMITS } from './ng-value.js';

const OCTET = { colon: 0x3a, zero: 0x30, nine: 0x39, d: 0x64, e: 0x65, i: 0x69, l: 0x6c } as const;
/** Digits of a length; digits and sign of an integer. */
const LENGTH_DIGITS = 9;
const INTEGER_DIGITS = 20;

/** Finds where a bencode value ends while it is still arriving. Goes on where it stopped, and looks into no string. */
export class BencodeScanner {
  readonly #limit: number;
  #depth = 0;
  #at: number;

  /** `start`: index of the value's first octet; `limit`: no value may reach beyond this index. */
  constructor(start: number, limit: number) {
    this.#at = start;
    this.#limit = limit;
  }

  /** After `complete`, the index behind the value. */
  get offset(): number {
    return this.#at;
  }

  /** `octets`: all that has arrived, from the same beginning each time. */
  advance(octets: Buffer): 'more' | 'complete' | BencodeError {
    for (;;) {
      const outcome = this.#token(octets);
      if (outcome !== null) return outcome;
      if (this.#depth === 0) return 'complete';
    }
  }

  /** null: one token was passed. */
  #token(octets: Buffer): 'more' | BencodeError | null {
    switch (octets[this.#at]) {
      case undefined:
        return 'more';
      case OCTET.d:
      case OCTET.l:
        return ++this.#depth > CODEC_LIMITS.depth ? this.#malformed('too deep') : this.#move(this.#at + 1);
      case OCTET.e:
        return --this.#depth < 0 ? this.#malformed('an end without a beginning') : this.#move(this.#at + 1);
      case OCTET.i:
        return this.#integer(octets);
      default:
        return this.#string(octets);
    }
  }

  #integer(octets: Buffer): 'more' | BencodeError | null {
    const end = octets.indexOf(OCTET.e, this.#at);
    const digits = (end < 0 ? octets.length : end) - this.#at - 1;
    if (digits > INTEGER_DIGITS) return this.#malformed('not an integer');
    return end < 0 ? 'more' : this.#move(end + 1);
  }

  #string(octets: Buffer): 'more' | BencodeError | null {
    let length = 0;
    for (let at = this.#at; at <= this.#at + LENGTH_DIGITS; at++) {
      const octet = octets[at];
      if (octet === undefined) return 'more';
      if (octet === OCTET.colon && at > this.#at) return this.#content(octets, at + 1 + length);
      if (octet < OCTET.zero || octet > OCTET.nine) break;
      length = length * 10 + octet - OCTET.zero;
    }
    return this.#malformed('not a string length');
  }

  #content(octets: Buffer, end: number): 'more' | BencodeError | null {
    if (end > this.#limit) return this.#malformed('a length beyond the limit of a message');
    return end > octets.length ? 'more' : this.#move(end);
  }

  #move(to: number): null {
    this.#at = to;
    return null;
  }

  #malformed(reason: string): BencodeError {
    return { reason, offset: this.#at };
  }
}
