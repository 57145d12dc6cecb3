import { anchorError, type AnchorError } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';
import { decodeBencode, encodeBencode } from './bencode.js';
import { decodeJson, encodeJson } from './ng-json.js';
import { isDictionary, type NgDictionary } from './ng-value.js';

export type NgEncoding = 'bencode' | 'json';

/** A cookie and what follows it; `cookie` is null on the transports that have none (`/ng-plain`). */
export interface NgFrame {
  /** Octets, echoed as they came. */
  readonly cookie: string | null;
  readonly payload: Buffer;
}

const SPACE = 0x20;
const BRACE = 0x7b;
const LETTER_D = 0x64;

/** Longest cookie, in octets. Real ones have 10 to 40; the reply must hold it and still say something. */
export const MAX_COOKIE = 16_384;

/** Splits at the first space; null when there is none or no usable cookie, and then nobody can be answered. */
export function splitFrame(message: Buffer): NgFrame | null {
  const space = message.indexOf(SPACE);
  if (space < 1 || space > MAX_COOKIE) return null;
  return { cookie: message.toString('latin1', 0, space), payload: message.subarray(space + 1) };
}

/** A glance, before anything is allocated for it. What it lets through may still be garbage. */
export function looksLikeRequest(message: Buffer): boolean {
  const space = message.indexOf(SPACE);
  const first = message[space + 1];
  return space >= 1 && space <= MAX_COOKIE && (first === LETTER_D || first === BRACE);
}

/** By the first octet; the reply uses the same encoding, and bencode when it is neither. */
export function encodingOf(payload: Buffer): NgEncoding | null {
  if (payload[0] === LETTER_D) return 'bencode';
  return payload[0] === BRACE ? 'json' : null;
}

export function decodePayload(payload: Buffer): Result<NgDictionary, AnchorError> {
  if (payload.length === 0) return err(anchorError('no-payload'));
  switch (encodingOf(payload)) {
    case 'bencode':
      return decodeDictionary(payload);
    case 'json':
      return decodeObject(payload);
    case null:
      return err(anchorError('bad-format'));
  }
}

/** Octets after the dictionary are passed over, as the incumbent does: some clients end a message with a line feed. */
function decodeDictionary(payload: Buffer): Result<NgDictionary, AnchorError> {
  const decoded = decodeBencode(payload);
  if (!decoded.ok) return err(anchorError('bad-bencode', `${decoded.error.reason}, at octet ${decoded.error.offset}`));
  const { value } = decoded.value;
  return isDictionary(value) ? ok(value) : err(anchorError('bad-bencode', 'not a dictionary'));
}

function decodeObject(payload: Buffer): Result<NgDictionary, AnchorError> {
  const decoded = decodeJson(payload);
  return decoded.ok ? decoded : err(anchorError('bad-json', decoded.error));
}

export function encodePayload(dictionary: NgDictionary, encoding: NgEncoding): Buffer {
  return encoding === 'json' ? encodeJson(dictionary) : encodeBencode(dictionary);
}

export function encodeFrame(cookie: string | null, payload: Buffer): Buffer {
  if (cookie === null) return payload;
  const frame = Buffer.allocUnsafe(cookie.length + 1 + payload.length);
  frame.write(cookie, 'latin1');
  frame[cookie.length] = SPACE;
  payload.copy(frame, cookie.length + 1);
  return frame;
}
