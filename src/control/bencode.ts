import { err, ok, type Result } from '../shared/result.js';
import { BencodeReader, DICTIONARY, END, LIST, WRONG, type BencodeError } from './bencode-reader.js';
import { CODEC_LIMITS, isList, toOctets, type CodecLimits, type NgDictionary, type NgValue } from './ng-value.js';

export interface DecodeOptions extends CodecLimits {
  /** Accept an outermost dictionary whose final `e` is missing: some OpenSIPS 3.2 releases leave it out. */
  readonly missingEnd: boolean;
}

const DEFAULTS: DecodeOptions = { ...CODEC_LIMITS, missingEnd: true };

/** A value and the octets it took; what follows is the caller's to judge. */
export interface Decoded {
  readonly value: NgValue;
  readonly length: number;
}

interface OpenList {
  readonly kind: 'list';
  readonly items: NgValue[];
}

interface OpenDictionary {
  readonly kind: 'dictionary';
  readonly entries: Map<string, NgValue>;
  /** Read, and waiting for its value. */
  key: string | null;
}

type Open = OpenList | OpenDictionary;

/**
 * Decodes one value at the start of `octets`. Iterative, so that depth costs a comparison and never a stack. Of a key
 * that comes twice the first counts, as in the incumbent.
 */
export function decodeBencode(octets: Buffer, options?: Partial<DecodeOptions>): Result<Decoded, BencodeError> {
  return new Decoder(octets, options === undefined ? DEFAULTS : { ...DEFAULTS, ...options }).decode();
}

class Decoder {
  readonly #reader: BencodeReader;
  readonly #options: DecodeOptions;
  readonly #open: Open[] = [];
  #result: NgValue | null = null;

  constructor(octets: Buffer, options: DecodeOptions) {
    this.#reader = new BencodeReader(octets, options.elements);
    this.#options = options;
  }

  decode(): Result<Decoded, BencodeError> {
    while (this.#result === null) {
      const failure = this.#reader.atEnd() ? this.#endOfInput() : this.#step();
      if (failure !== null) return err(failure);
    }
    return ok({ value: this.#result, length: this.#reader.offset });
  }

  #step(): BencodeError | null {
    const token = this.#reader.next();
    switch (token) {
      case LIST:
        return this.#push({ kind: 'list', items: [] });
      case DICTIONARY:
        return this.#push({ kind: 'dictionary', entries: new Map(), key: null });
      case END:
        return this.#close();
      case WRONG:
        return this.#malformed(this.#reader.reason);
      default:
        return this.#place(token);
    }
  }

  #push(open: Open): BencodeError | null {
    if (this.#expectsKey()) return this.#malformed('a dictionary key that is not a string');
    if (this.#open.length >= this.#options.depth) return this.#malformed(`deeper than ${this.#options.depth} levels`);
    this.#open.push(open);
    return null;
  }

  #close(): BencodeError | null {
    const open = this.#open.at(-1);
    if (open === undefined) return this.#malformed('an end without a beginning');
    if (open.kind === 'dictionary' && open.key !== null) return this.#malformed('a dictionary key without a value');
    this.#open.pop();
    return this.#place(open.kind === 'list' ? open.items : open.entries);
  }

  #place(value: NgValue): BencodeError | null {
    const open = this.#open.at(-1);
    if (open === undefined) this.#result = value;
    else if (open.kind === 'list') open.items.push(value);
    else if (open.key !== null) takeEntry(open, open.key, value);
    else if (typeof value === 'string') open.key = value;
    else return this.#malformed('a dictionary key that is not a string');
    return null;
  }

  /** A dictionary is a key's value or an element; only where a key is due it may not stand. */
  #expectsKey(): boolean {
    const open = this.#open.at(-1);
    return open?.kind === 'dictionary' && open.key === null;
  }

  #endOfInput(): BencodeError | null {
    const [outermost, inner] = this.#open;
    const complete = outermost?.kind === 'dictionary' && outermost.key === null && inner === undefined;
    if (!complete || !this.#options.missingEnd) return this.#malformed('the message ends early');
    this.#result = outermost.entries;
    return null;
  }

  #malformed(reason: string): BencodeError {
    return { reason, offset: this.#reader.tokenOffset };
  }
}

function takeEntry(open: OpenDictionary, key: string, value: NgValue): void {
  if (!open.entries.has(key)) open.entries.set(key, value);
  open.key = null;
}

/** Encodes to octets, the keys of each dictionary sorted as raw strings (BEP 3). Integers only: a fraction is a bug. */
export function encodeBencode(value: NgValue): Buffer {
  return Buffer.from(encoded(value), 'latin1');
}

function encoded(value: NgValue): string {
  if (typeof value === 'string') return encodeString(value);
  if (typeof value === 'number') return encodeInteger(value);
  if (isList(value)) return `l${value.map(encoded).join('')}e`;
  return encodeDictionary(value);
}

function encodeString(text: string): string {
  const octets = toOctets(text);
  return `${octets.length}:${octets}`;
}

function encodeInteger(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError('bencode carries integers only');
  return `i${value === 0 ? 0 : value}e`;
}

function encodeDictionary(dictionary: NgDictionary): string {
  let text = 'd';
  let before: string | null = null;
  for (const [name, value] of dictionary) {
    const key = toOctets(name);
    // One character is one octet, so comparing characters compares raw octets.
    if (before !== null && key < before) return encodeUnordered(dictionary);
    text += encodeString(key) + encoded(value);
    before = key;
  }
  return `${text}e`;
}

function encodeUnordered(dictionary: NgDictionary): string {
  const entries = [...dictionary].map(([key, value]) => ({ key: toOctets(key), value }));
  entries.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  let text = 'd';
  for (const { key, value } of entries) text += encodeString(key) + encoded(value);
  return `${text}e`;
}
