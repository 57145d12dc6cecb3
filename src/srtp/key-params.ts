import { err, ok, type Result } from '../shared/result.js';
import { decodeBase64, encodeBase64 } from './base64.js';

/** Field of a key parameter that is wrong; a reason code of its own in the metrics. */
export type KeyParamsReason = 'syntax' | 'key_method' | 'key_base64' | 'lifetime' | 'mki' | 'key_count';

export interface KeyParamsProblem {
  readonly reason: KeyParamsReason;
  /** Without key material. */
  readonly text: string;
}

const redacted = '[redacted]';

/** The decoded `key||salt` of one inline key before a suite has judged its length. Never prints itself. */
export class KeySalt {
  readonly #octets: Uint8Array;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get length(): number {
    return this.#octets.length;
  }

  /** The octets themselves, lent. */
  expose(): Uint8Array {
    return this.#octets;
  }

  wipe(): void {
    this.#octets.fill(0);
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}

/** Packets under a key (RFC 4568 §6.1); `power`: it is written `2^n`. */
export interface Lifetime {
  readonly packets: number;
  readonly written: 'power' | 'decimal';
}

/** One `inline:` key (RFC 4568 §9.2, srtp-key-info). */
export interface KeyParam {
  readonly keySalt: KeySalt;
  readonly lifetime: Lifetime | null;
  /** Big-endian, 1–128 octets as on the wire; null when none is used. */
  readonly mki: Uint8Array | null;
}

/** RFC 3711 §9.2: the most packets that one key may protect. */
export const MAXIMUM_LIFETIME = 2 ** 48;
/** More in one line serve nobody, and the packet library holds no more. */
const MAXIMUM_KEYS = 16;
/** Decimal digits of 2^1024 - 1, the largest value of a 128-octet MKI. */
const MAXIMUM_MKI_DIGITS = 309;

/** `inline:…|…|…;inline:…` (RFC 4568 §9.2). Several keys need MKIs of one length, each of its own (RFC 4568 §6.1). */
export function parseKeyParams(text: string): Result<readonly KeyParam[], KeyParamsProblem> {
  const pieces = text.split(';', MAXIMUM_KEYS + 1);
  if (pieces.length > MAXIMUM_KEYS) return problem('key_count', `more than ${MAXIMUM_KEYS} keys`);
  const params: KeyParam[] = [];
  for (const piece of pieces) {
    const param = parseKeyParam(piece);
    if (!param.ok) return param;
    params.push(param.value);
  }
  return checkSeveral(params);
}

function problem(reason: KeyParamsReason, text: string): { readonly ok: false; readonly error: KeyParamsProblem } {
  return err({ reason, text });
}

function checkSeveral(params: readonly KeyParam[]): Result<readonly KeyParam[], KeyParamsProblem> {
  if (params.length === 1) return ok(params);
  const seen = new Set<string>();
  for (const { mki } of params) {
    if (mki === null) return problem('mki', 'several keys, and not each has an MKI');
    if (mki.length !== params[0]?.mki?.length) return problem('mki', 'the MKIs differ in length');
    seen.add(mki.join());
  }
  return seen.size === params.length ? ok(params) : problem('mki', 'two keys share an MKI');
}

function parseKeyParam(text: string): Result<KeyParam, KeyParamsProblem> {
  const colon = text.indexOf(':');
  if (colon < 0) return problem('syntax', 'no inline: key');
  if (text.slice(0, colon).toLowerCase() !== 'inline') return problem('key_method', 'the key method is not inline');
  const [key = '', ...options] = text.slice(colon + 1).split('|', 4);
  const octets = decodeBase64(key);
  if (octets === null || octets.length === 0) return problem('key_base64', 'the key is not base64');
  return withOptions(new KeySalt(octets), options);
}

/** Lifetime and MKI are both optional; only the MKI holds a colon. */
function withOptions(keySalt: KeySalt, options: readonly string[]): Result<KeyParam, KeyParamsProblem> {
  const [first, second, third] = options;
  if (third !== undefined) return problem('syntax', 'more than a lifetime and an MKI follow the key');
  const mkiField = second ?? (first?.includes(':') === true ? first : undefined);
  const lifetimeField = mkiField === first && second === undefined ? undefined : first;
  const lifetime = lifetimeField === undefined ? null : parseLifetime(lifetimeField);
  if (lifetime === undefined) return problem('lifetime', 'the lifetime is not 1 to 2^48 packets');
  const mki = mkiField === undefined ? null : parseMki(mkiField);
  if (mki === undefined) return problem('mki', 'the MKI is not <number>:<1–128 octets> that hold it');
  return ok({ keySalt, lifetime, mki });
}

/** `2^n` or decimal; too large makes the whole line invalid (RFC 4568 §6.1). undefined = invalid. */
function parseLifetime(text: string): Lifetime | undefined {
  const match = /^(2\^)?0*([0-9]{1,15})$/.exec(text);
  if (match === null) return undefined;
  const written = match[1] === undefined ? 'decimal' : 'power';
  const packets = written === 'power' ? 2 ** Number(match[2]) : Number(match[2]);
  return packets >= 1 && packets <= MAXIMUM_LIFETIME ? { packets, written } : undefined;
}

/** `value:length`, the value big-endian in so many octets (RFC 4568 §6.1). undefined = invalid. */
function parseMki(text: string): Uint8Array | undefined {
  const match = /^0*([0-9]{1,309}):([0-9]{1,3})$/.exec(text);
  const length = Number(match?.[2]);
  if (match?.[1] === undefined || match[1].length > MAXIMUM_MKI_DIGITS || length < 1 || length > 128) return undefined;
  let value = BigInt(match[1]);
  const octets = new Uint8Array(length);
  for (let index = length - 1; index >= 0; index--) {
    octets[index] = Number(value & 0xffn);
    value >>= 8n;
  }
  return value === 0n ? octets : undefined;
}

/** `padding`: keep the `=` of base64. Holds the key in clear: for SDP on its way to the peer only. */
export function printKeyParams(params: readonly KeyParam[], padding: boolean): string {
  return params
    .map(({ keySalt, lifetime, mki }) => {
      const key = `inline:${encodeBase64(keySalt.expose(), padding)}`;
      return key + printLifetime(lifetime) + (mki === null ? '' : `|${mkiValue(mki)}:${mki.length}`);
    })
    .join(';');
}

function printLifetime(lifetime: Lifetime | null): string {
  if (lifetime === null) return '';
  return lifetime.written === 'power' ? `|2^${Math.log2(lifetime.packets)}` : `|${lifetime.packets}`;
}

function mkiValue(mki: Uint8Array): bigint {
  return mki.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}
