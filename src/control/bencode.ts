import { err, ok, type Result } from '../shared/result.js';
import { BencodeReader, type BencodeError } from './bencode-reader.js';
import {
  CODEC_LIMITS,
  isDictionary,
  isList,
  toOctets,
  type CodecLimits,
  type NgDictionary,
  type NgValue,
} from './ng-value.js';

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
export function decodeBencode(octets: Buffer, options: Partial<DecodeOptions> = {}): Result<Decoded, BencodeError> {
  return new Decoder(octets, { ...DEFAULTS, ...options }).decode();
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
    if (!token.ok) return token.error;
    switch (token.value.kind) {
      case 'list':
        return this.#push({ kind: 'list', items: [] });
      case 'dictionary':
        return this.#push({ kind: 'dictionary', entries: new Map(), key: null });
      case 'end':
        return this.#close();
      case 'value':
        return this.#place(token.value.value);
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
  const parts: string[] = [];
  encodeInto(parts, value);
  return Buffer.from(parts.join(''), 'latin1');
}

function encodeInto(parts: string[], value: NgValue): void {
  if (typeof value === 'string') parts.push(encodeString(value));
  else if (typeof value === 'number') parts.push(encodeInteger(value));
  else if (isList(value)) encodeList(parts, value);
  else if (isDictionary(value)) encodeDictionary(parts, value);
}

function encodeString(text: string): string {
  const octets = toOctets(text);
  return `${octets.length}:${octets}`;
}

function encodeInteger(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError('bencode carries integers only');
  return `i${value === 0 ? 0 : value}e`;
}

function encodeList(parts: string[], list: readonly NgValue[]): void {
  parts.push('l');
  for (const item of list) encodeInto(parts, item);
  parts.push('e');
}

function encodeDictionary(parts: string[], dictionary: NgDictionary): void {
  const entries = [...dictionary].map(([key, value]) => [toOctets(key), value] as const);
  parts.push('d');
  for (const [key, value] of entries.sort(byRawKey)) {
    parts.push(encodeString(key));
    encodeInto(parts, value);
  }
  parts.push('e');
}

/** One character is one octet, so comparing characters compares raw octets. */
function byRawKey([one]: readonly [string, NgValue], [other]: readonly [string, NgValue]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
