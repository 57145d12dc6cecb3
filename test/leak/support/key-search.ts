import type { CallEnd } from '../../support/call-end.js';
import { inlineKey, type MasterKeyParams, type SrtpSession } from '../../support/srtp.js';

/** Octets that a search for keys looks for, and what they are. */
export interface Needle {
  readonly what: string;
  readonly octets: Buffer;
}

/** A master key as it may be written down: raw, hex in both cases, base64 as in a=crypto, and base64url. */
export function masterKeyNeedles(what: string, params: MasterKeyParams): Needle[] {
  // The last characters of base64 depend on what follows; the first twenty stand for 15 octets of key.
  const inline = inlineKey(params).slice(0, 20);
  return [
    ...spellings(`${what} master key`, params.key),
    ...spellings(`${what} master salt`, params.salt),
    { what: `${what} inline`, octets: Buffer.from(inline) },
    { what: `${what} inline, base64url`, octets: Buffer.from(inline.replaceAll('+', '-').replaceAll('/', '_')) },
  ];
}

/** The session keys that RFC 3711 §4.3 derives from it. */
export function sessionKeyNeedles(what: string, { rtpKeys, rtcpKeys }: SrtpSession): Needle[] {
  return [
    ...spellings(`${what} session key`, rtpKeys.key),
    ...spellings(`${what} SRTCP session key`, rtcpKeys.key),
    ...spellings(`${what} session salt`, rtpKeys.salt),
  ];
}

export function endNeedles(what: string, end: CallEnd): Needle[] {
  const own = end.key === null ? [] : masterKeyNeedles(what, end.key);
  const sessions = [end.sender, end.receiver].flatMap((one) => (one === null ? [] : sessionKeyNeedles(what, one)));
  return [...own, ...sessions];
}

function spellings(what: string, octets: Buffer): Needle[] {
  const hex = octets.toString('hex');
  return [
    { what, octets },
    { what: `${what}, hex`, octets: Buffer.from(hex) },
    { what: `${what}, HEX`, octets: Buffer.from(hex.toUpperCase()) },
    { what: `${what}, base64`, octets: Buffer.from(octets.toString('base64').slice(0, 14)) },
  ];
}

/** What was found of the needles, each once. */
export function findKeys(haystack: Buffer, needles: readonly Needle[]): string[] {
  return [...new Set(needles.filter(({ octets }) => haystack.includes(octets)).map(({ what }) => what))];
}
