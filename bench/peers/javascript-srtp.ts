/**
 * AES_CM_128_HMAC_SHA1_80 with node:crypto alone (RFC 3711), as a careful Node programmer would write it. The relay of
 * the JavaScript peer uses it; it also stands as a second implementation beside the load generator's.
 */
import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';

const cipherName = 'aes-128-ctr';
const tagLength = 10;

interface SessionKeys {
  readonly cipher: Buffer;
  readonly auth: Buffer;
  readonly salt: Buffer;
}

/** RFC 3711 §4.3.3: AES-CM keystream under the master key, with the label in the 8th octet of the salt. */
function derive(keySalt: Buffer, label: number, length: number): Buffer {
  const iv = Buffer.concat([keySalt.subarray(16), Buffer.alloc(2)]);
  iv.writeUInt8(iv.readUInt8(7) ^ label, 7);
  return createCipheriv(cipherName, keySalt.subarray(0, 16), iv).update(Buffer.alloc(length));
}

function sessionKeys(keySalt: Buffer, firstLabel: number): SessionKeys {
  return {
    cipher: derive(keySalt, firstLabel, 16),
    auth: derive(keySalt, firstLabel + 1, 20),
    salt: derive(keySalt, firstLabel + 2, 14),
  };
}

/** RFC 3711 §4.1.1. */
function counterBlock(salt: Buffer, ssrc: number, index: number): Buffer {
  const iv = Buffer.alloc(16);
  salt.copy(iv);
  iv.writeUInt32BE((iv.readUInt32BE(4) ^ ssrc) >>> 0, 4);
  iv.writeUInt32BE((iv.readUInt32BE(8) ^ Math.floor(index / 0x10000)) >>> 0, 8);
  iv.writeUInt16BE(iv.readUInt16BE(12) ^ (index & 0xffff), 12);
  return iv;
}

/** One direction of one party: keys and the rollover counter of each SSRC. */
export class JavaScriptSrtp {
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #highest = new Map<number, number>();
  #rtcpIndex = 0;

  /** `keySalt`: base64 of 30 octets. */
  constructor(keySalt: string) {
    const octets = Buffer.from(keySalt, 'base64');
    this.#rtp = sessionKeys(octets, 0);
    this.#rtcp = sessionKeys(octets, 3);
  }

  protectRtp(packet: Buffer): Buffer {
    const ssrc = packet.readUInt32BE(8);
    const index = this.#index(ssrc, packet.readUInt16BE(2));
    this.#highest.set(ssrc, index);
    const header = packet.subarray(0, headerLength(packet));
    const body = this.#crypt(this.#rtp, ssrc, index, packet.subarray(header.length));
    return Buffer.concat([header, body, tag(this.#rtp, [header, body, rollover(index)])]);
  }

  /** null when the tag is wrong. */
  unprotectRtp(packet: Buffer): Buffer | null {
    if (packet.length < 12 + tagLength) return null;
    const ssrc = packet.readUInt32BE(8);
    const index = this.#index(ssrc, packet.readUInt16BE(2));
    const end = packet.length - tagLength;
    const expected = tag(this.#rtp, [packet.subarray(0, end), rollover(index)]);
    if (!timingSafeEqual(expected, packet.subarray(end))) return null;
    this.#highest.set(ssrc, Math.max(index, this.#highest.get(ssrc) ?? 0));
    const header = packet.subarray(0, headerLength(packet));
    return Buffer.concat([header, this.#crypt(this.#rtp, ssrc, index, packet.subarray(header.length, end))]);
  }

  protectRtcp(packet: Buffer): Buffer {
    const index = this.#rtcpIndex++;
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32BE((0x80000000 | index) >>> 0);
    const header = packet.subarray(0, 8);
    const body = this.#crypt(this.#rtcp, packet.readUInt32BE(4), index, packet.subarray(8));
    return Buffer.concat([header, body, trailer, tag(this.#rtcp, [header, body, trailer])]);
  }

  unprotectRtcp(packet: Buffer): Buffer | null {
    const end = packet.length - tagLength;
    if (end < 12) return null;
    if (!timingSafeEqual(tag(this.#rtcp, [packet.subarray(0, end)]), packet.subarray(end))) return null;
    const index = packet.readUInt32BE(end - 4) & 0x7fffffff;
    const body = this.#crypt(this.#rtcp, packet.readUInt32BE(4), index, packet.subarray(8, end - 4));
    return Buffer.concat([packet.subarray(0, 8), body]);
  }

  #crypt(keys: SessionKeys, ssrc: number, index: number, data: Buffer): Buffer {
    return createCipheriv(cipherName, keys.cipher, counterBlock(keys.salt, ssrc, index)).update(data);
  }

  /** RFC 3711 §3.3.1: the index nearest to the highest one so far. */
  #index(ssrc: number, sequence: number): number {
    const highest = this.#highest.get(ssrc);
    if (highest === undefined) return sequence;
    const distance = ((sequence - highest) << 16) >> 16;
    return Math.max(highest + distance, sequence);
  }
}

function headerLength(packet: Buffer): number {
  const fixed = 12 + 4 * (packet.readUInt8(0) & 0x0f);
  const extended = (packet.readUInt8(0) & 0x10) !== 0 && fixed + 4 <= packet.length;
  return Math.min(packet.length, extended ? fixed + 4 + 4 * packet.readUInt16BE(fixed + 2) : fixed);
}

function rollover(index: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(Math.floor(index / 0x10000));
  return octets;
}

function tag(keys: SessionKeys, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac('sha1', keys.auth);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, tagLength);
}
