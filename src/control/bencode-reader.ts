/** Why octets are not bencode, and at which octet of the dictionary (from 0). */
export interface BencodeError {
  readonly reason: string;
  readonly offset: number;
}

/** A string or an integer stands for itself. */
export type BencodeToken = string | number | typeof LIST | typeof DICTIONARY | typeof END | typeof WRONG;

export const LIST = Symbol('list');
export const DICTIONARY = Symbol('dictionary');
export const END = Symbol('end');
/** Not bencode; `reason` says why. */
export const WRONG = Symbol('wrong');

const OCTET = { colon: 0x3a, minus: 0x2d, zero: 0x30, nine: 0x39, d: 0x64, e: 0x65, i: 0x69, l: 0x6c } as const;

/** Nine digits name a gigabyte: no length that fits into a message needs more. */
const LENGTH_DIGITS = 9;
/** Sign and nineteen digits: a 64-bit integer. */
const INTEGER_DIGITS = 20;

/** A cursor over bencode that yields tokens, bounded in their number; it looks at no octet twice. */
export class BencodeReader {
  readonly #octets: Buffer;
  #elementsLeft: number;
  #offset = 0;
  #tokenOffset = 0;
  #reason = '';

  constructor(octets: Buffer, elements: number) {
    this.#octets = octets;
    this.#elementsLeft = elements;
  }

  /** Of the next octet to read. */
  get offset(): number {
    return this.#offset;
  }

  /** Where the latest token began. */
  get tokenOffset(): number {
    return this.#tokenOffset;
  }

  atEnd(): boolean {
    if (this.#offset < this.#octets.length) return false;
    this.#tokenOffset = this.#offset;
    return true;
  }

  /** Why the latest token was wrong. */
  get reason(): string {
    return this.#reason;
  }

  next(): BencodeToken {
    this.#tokenOffset = this.#offset;
    const octet = this.#octets[this.#offset];
    if (octet === OCTET.e) return this.#single(END);
    if (--this.#elementsLeft < 0) return this.#malformed('too many elements');
    if (octet === OCTET.d) return this.#single(DICTIONARY);
    if (octet === OCTET.l) return this.#single(LIST);
    if (octet === OCTET.i) return this.#integer();
    return this.#string();
  }

  #single(token: BencodeToken): BencodeToken {
    this.#offset++;
    return token;
  }

  #integer(): BencodeToken {
    this.#offset++;
    const digits = this.#until(OCTET.e, INTEGER_DIGITS);
    if (digits === null || !/^(?:0|-?[1-9]\d*)$/.test(digits)) return this.#malformed('not an integer');
    const value = Number(digits);
    // Beyond 2^53 the digits are kept as a string: readers take integers in either form.
    return Number.isSafeInteger(value) ? value : digits;
  }

  #string(): BencodeToken {
    const length = this.#length();
    if (length < 0) return this.#malformed('not a string length');
    const start = this.#offset;
    const end = start + length;
    if (end > this.#octets.length) return this.#malformed('a length beyond the end of the message');
    this.#offset = end;
    return this.#octets.toString('latin1', start, end);
  }

  /** Decimal digits without leading zeros, and the colon, which is consumed; -1 when it is something else. */
  #length(): number {
    let length = 0;
    for (let at = this.#offset; at <= this.#offset + LENGTH_DIGITS; at++) {
      const octet = this.#octets[at];
      if (octet === OCTET.colon && at > this.#offset) {
        this.#offset = at + 1;
        return length;
      }
      const startsWithZero = at > this.#offset && length === 0;
      if (octet === undefined || octet < OCTET.zero || octet > OCTET.nine || startsWithZero) return -1;
      length = length * 10 + octet - OCTET.zero;
    }
    return -1;
  }

  /** The octets before `terminator`, which is consumed; null when it is not among the next `limit` + 1 octets. */
  #until(terminator: number, limit: number): string | null {
    const start = this.#offset;
    for (let at = start; at <= start + limit; at++) {
      const octet = this.#octets[at];
      if (octet === terminator) {
        this.#offset = at + 1;
        return this.#octets.toString('latin1', start, at);
      }
      if (octet === undefined || (octet !== OCTET.minus && (octet < OCTET.zero || octet > OCTET.nine))) return null;
    }
    return null;
  }

  #malformed(reason: string): typeof WRONG {
    this.#reason = reason;
    return WRONG;
  }
}
