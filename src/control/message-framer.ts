import { anchorError, type AnchorError } from '../shared/errors.js';
import { BencodeScanner } from './bencode-scanner.js';
import { MAX_COOKIE, type NgEncoding } from './ng-message.js';

/** Why a stream cannot be followed any further, and what is known of the message that broke it. */
export interface FramingError {
  readonly cookie: string;
  readonly encoding: NgEncoding;
  readonly error: AnchorError;
}

const SPACE = 0x20;
const BRACE = 0x7b;
const LETTER_D = 0x64;
const INITIAL_CAPACITY = 4096;

/**
 * Cuts a stream into messages: a cookie, a space, and a bencode dictionary, which tells its own length. White space
 * between messages is passed over. Holds at most one message of `limit` octets and what came with it.
 */
export class MessageFramer {
  readonly #limit: number;
  #octets = Buffer.allocUnsafe(INITIAL_CAPACITY);
  /** What is held lies between these two. */
  #start = 0;
  #end = 0;
  #scanner: BencodeScanner | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Octets of messages that are not complete, or not taken yet. */
  get pending(): number {
    return this.#end - this.#start;
  }

  push(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#octets.length) this.#makeRoom(chunk.length);
    chunk.copy(this.#octets, this.#end);
    this.#end += chunk.length;
  }

  /** The next message; null while it is not complete; an error once it cannot become one. */
  next(): Buffer | FramingError | null {
    this.#skipWhiteSpace();
    const held = this.#octets.subarray(this.#start, this.#end);
    const space = held.indexOf(SPACE);
    if (space < 0 || space > MAX_COOKIE) return this.#withoutCookie(held);
    const first = held[space + 1];
    if (first === undefined) return null;
    return first === LETTER_D ? this.#scan(held, space) : this.#unframed(held, space);
  }

  #withoutCookie(held: Buffer): FramingError | null {
    return held.length > MAX_COOKIE ? framingError('', 'bencode', anchorError('bad-format', 'no cookie')) : null;
  }

  #scan(held: Buffer, space: number): Buffer | FramingError | null {
    this.#scanner ??= new BencodeScanner(space + 1, this.#limit);
    const outcome = this.#scanner.advance(held);
    if (outcome === 'more') return held.length > this.#limit ? this.#tooLarge(held, space) : null;
    if (outcome === 'complete') return this.#take(held, this.#scanner.offset);
    const detail = `${outcome.reason}, at octet ${outcome.offset - space - 1}`;
    return framingError(cookieOf(held, space), 'bencode', anchorError('bad-bencode', detail));
  }

  #unframed(held: Buffer, space: number): FramingError {
    const cookie = cookieOf(held, space);
    if (held[space + 1] !== BRACE) return framingError(cookie, 'bencode', anchorError('bad-format'));
    const error = anchorError('bad-format', 'JSON does not tell its length, use bencode on a stream');
    return framingError(cookie, 'json', error);
  }

  #tooLarge(held: Buffer, space: number): FramingError {
    const error = anchorError('bad-format', `more than ${this.#limit} octets`);
    return framingError(cookieOf(held, space), 'bencode', error);
  }

  #take(held: Buffer, length: number): Buffer {
    this.#start += length;
    this.#scanner = null;
    return Buffer.from(held.subarray(0, length));
  }

  #skipWhiteSpace(): void {
    if (this.#scanner !== null) return;
    while (this.#start < this.#end && (this.#octets[this.#start] ?? 0) <= SPACE) this.#start++;
  }

  /** Moves what is held to the front, into a larger buffer when needed; indexes within it stay as they are. */
  #makeRoom(more: number): void {
    const needed = this.pending + more;
    const larger = needed > this.#octets.length ? Buffer.allocUnsafe(Math.max(needed, 2 * this.pending)) : this.#octets;
    this.#octets.copy(larger, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#octets = larger;
  }
}

function cookieOf(held: Buffer, space: number): string {
  return held.toString('latin1', 0, space);
}

function framingError(cookie: string, encoding: NgEncoding, error: AnchorError): FramingError {
  return { cookie, encoding, error };
}
