import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { rtpHeaderLength } from './rtp.js';
import { counterMode, type SessionKeys, type SuiteRow } from './srtp-keys.js';

/**
 * SRTP and SRTCP as pure functions of (session keys, index): no state, no guessing. Written from RFC 3711 §3 and §4 and
 * RFC 7714 §8 and §9 on node:crypto, as an independent judge of the relay.
 */

/** What is wrong with a packet that does not open. */
export type UnprotectFailure = 'short' | 'tag' | 'mki';
export type Unprotected<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: UnprotectFailure };

const NO_MKI = Buffer.alloc(0);

function counterBlock(salt: Buffer, ssrc: number, index: bigint): Buffer {
  // RFC 3711 §4.1.1: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16).
  const value = (BigInt(`0x${salt.toString('hex')}`) << 16n) ^ (BigInt(ssrc) << 64n) ^ (index << 16n);
  return Buffer.from(value.toString(16).padStart(32, '0'), 'hex');
}

function aeadNonce(salt: Buffer, ssrc: number, index: bigint): Buffer {
  // RFC 7714 §8.1 and §9.1: 00 00 ‖ SSRC ‖ 48-bit index, XOR salt.
  const value = BigInt(`0x${salt.toString('hex')}`) ^ (BigInt(ssrc) << 48n) ^ index;
  return Buffer.from(value.toString(16).padStart(24, '0'), 'hex');
}

function hmacTag(keys: SessionKeys, length: number, ...parts: readonly Buffer[]): Buffer {
  const hmac = createHmac('sha1', keys.auth);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, length);
}

function gcmSeal(keys: SessionKeys, nonce: Buffer, aad: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv(keys.key.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', keys.key, nonce);
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function gcmOpen(keys: SessionKeys, nonce: Buffer, aad: Buffer, sealed: Buffer): Buffer | undefined {
  const decipher = createDecipheriv(keys.key.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', keys.key, nonce);
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - 16)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value >>> 0);
  return octets;
}

/** `index` is 2^16 × ROC + SEQ. */
export function protectRtp(suite: SuiteRow, keys: SessionKeys, packet: Buffer, index: bigint, mki = NO_MKI): Buffer {
  const headerLength = rtpHeaderLength(packet);
  const header = packet.subarray(0, headerLength);
  const payload = packet.subarray(headerLength);
  const ssrc = packet.readUInt32BE(8);
  if (suite.cipher === 'gcm') {
    return Buffer.concat([header, gcmSeal(keys, aeadNonce(keys.salt, ssrc, index), header, payload), mki]);
  }
  const encrypted = counterMode(keys.key, counterBlock(keys.salt, ssrc, index), payload);
  const tag = hmacTag(keys, suite.srtpTagLength, header, encrypted, uint32(Number(index >> 16n)));
  return Buffer.concat([header, encrypted, mki, tag]);
}

export function unprotectRtp(
  suite: SuiteRow,
  keys: SessionKeys,
  packet: Buffer,
  index: bigint,
  mki = NO_MKI,
): Unprotected<Buffer> {
  if (packet.length < 12 || packet.length < rtpHeaderLength(packet) + suite.srtpTagLength + mki.length) {
    return { ok: false, why: 'short' };
  }
  const headerLength = rtpHeaderLength(packet);
  const header = packet.subarray(0, headerLength);
  const ssrc = packet.readUInt32BE(8);
  if (suite.cipher === 'gcm') {
    const end = packet.length - mki.length;
    if (!packet.subarray(end).equals(mki)) return { ok: false, why: 'mki' };
    const plain = gcmOpen(keys, aeadNonce(keys.salt, ssrc, index), header, packet.subarray(headerLength, end));
    return plain === undefined ? { ok: false, why: 'tag' } : { ok: true, value: Buffer.concat([header, plain]) };
  }
  const tagAt = packet.length - suite.srtpTagLength;
  const end = tagAt - mki.length;
  if (!packet.subarray(end, tagAt).equals(mki)) return { ok: false, why: 'mki' };
  const expected = hmacTag(keys, suite.srtpTagLength, packet.subarray(0, end), uint32(Number(index >> 16n)));
  if (!expected.equals(packet.subarray(tagAt))) return { ok: false, why: 'tag' };
  const payload = counterMode(keys.key, counterBlock(keys.salt, ssrc, index), packet.subarray(headerLength, end));
  return { ok: true, value: Buffer.concat([header, payload]) };
}

export interface RtcpProtection {
  /** 31 bits. */
  readonly index: number;
  /** The E bit. */
  readonly encrypted: boolean;
}

export function protectRtcp(
  suite: SuiteRow,
  keys: SessionKeys,
  packet: Buffer,
  { index, encrypted }: RtcpProtection,
  mki = NO_MKI,
): Buffer {
  const ssrc = packet.readUInt32BE(4);
  const trailer = uint32(((encrypted ? 0x80000000 : 0) | index) >>> 0);
  const header = packet.subarray(0, 8);
  const body = packet.subarray(8);
  if (suite.cipher === 'gcm') {
    const nonce = aeadNonce(keys.salt, ssrc, BigInt(index));
    const sealed = encrypted
      ? gcmSeal(keys, nonce, Buffer.concat([header, trailer]), body)
      : Buffer.concat([body, gcmSeal(keys, nonce, Buffer.concat([packet, trailer]), Buffer.alloc(0))]);
    return Buffer.concat([header, sealed, trailer, mki]);
  }
  const out = encrypted ? counterMode(keys.key, counterBlock(keys.salt, ssrc, BigInt(index)), body) : body;
  const tag = hmacTag(keys, suite.srtcpTagLength, header, out, trailer);
  return Buffer.concat([header, out, trailer, mki, tag]);
}

export interface OpenedRtcp extends RtcpProtection {
  readonly packet: Buffer;
}

export function unprotectRtcp(
  suite: SuiteRow,
  keys: SessionKeys,
  packet: Buffer,
  mki = NO_MKI,
): Unprotected<OpenedRtcp> {
  if (packet.length < 8 + 4 + mki.length + suite.srtcpTagLength) return { ok: false, why: 'short' };
  return suite.cipher === 'gcm' ? openGcmRtcp(keys, packet, mki) : openCmRtcp(suite, keys, packet, mki);
}

function openCmRtcp(suite: SuiteRow, keys: SessionKeys, packet: Buffer, mki: Buffer): Unprotected<OpenedRtcp> {
  const tagAt = packet.length - suite.srtcpTagLength;
  const mkiAt = tagAt - mki.length;
  if (!packet.subarray(mkiAt, tagAt).equals(mki)) return { ok: false, why: 'mki' };
  const expected = hmacTag(keys, suite.srtcpTagLength, packet.subarray(0, mkiAt));
  if (!expected.equals(packet.subarray(tagAt))) return { ok: false, why: 'tag' };
  const trailer = packet.readUInt32BE(mkiAt - 4);
  const index = trailer & 0x7fffffff;
  const encrypted = trailer >>> 31 === 1;
  const body = packet.subarray(8, mkiAt - 4);
  const iv = counterBlock(keys.salt, packet.readUInt32BE(4), BigInt(index));
  const plain = encrypted ? counterMode(keys.key, iv, body) : body;
  return { ok: true, value: { index, encrypted, packet: Buffer.concat([packet.subarray(0, 8), plain]) } };
}

function openGcmRtcp(keys: SessionKeys, packet: Buffer, mki: Buffer): Unprotected<OpenedRtcp> {
  const mkiAt = packet.length - mki.length;
  if (!packet.subarray(mkiAt).equals(mki)) return { ok: false, why: 'mki' };
  const trailer = packet.subarray(mkiAt - 4, mkiAt);
  const index = trailer.readUInt32BE() & 0x7fffffff;
  const encrypted = trailer.readUInt32BE() >>> 31 === 1;
  const header = packet.subarray(0, 8);
  const nonce = aeadNonce(keys.salt, packet.readUInt32BE(4), BigInt(index));
  const sealed = packet.subarray(8, mkiAt - 4);
  const body = sealed.subarray(0, sealed.length - 16);
  const plain = encrypted
    ? gcmOpen(keys, nonce, Buffer.concat([header, trailer]), sealed)
    : gcmOpen(keys, nonce, Buffer.concat([header, body, trailer]), sealed.subarray(sealed.length - 16));
  if (plain === undefined) return { ok: false, why: 'tag' };
  return { ok: true, value: { index, encrypted, packet: Buffer.concat([header, encrypted ? plain : body]) } };
}
