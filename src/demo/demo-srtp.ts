import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * SRTP for the secure end of the demonstration: AES_CM_128_HMAC_SHA1_80 on Node's own crypto, so that what the relay's
 * libsrtp makes is read by something else. One stream, in order; a telephone has more to do.
 */
const TAG_LENGTH = 10;
const HEADER_LENGTH = 12;

interface SessionKeys {
  readonly encryption: Buffer;
  readonly authentication: Buffer;
  readonly salt: Buffer;
}

export class DemoSrtp {
  readonly #keys: SessionKeys;

  /** `keySalt`: 16 octets of key and 14 of salt, as in `inline:`. */
  constructor(keySalt: Uint8Array) {
    const key = Buffer.from(keySalt.subarray(0, 16));
    const salt = Buffer.from(keySalt.subarray(16, 30));
    this.#keys = {
      encryption: derive(key, salt, 0, 16),
      authentication: derive(key, salt, 1, 20),
      salt: derive(key, salt, 2, 14),
    };
  }

  /** RFC 3711 §3.3, sender. `roc` 0: the demonstration ends long before the first rollover. */
  protect(packet: Buffer, roc = 0): Buffer {
    const body = Buffer.concat([
      packet.subarray(0, HEADER_LENGTH),
      this.#crypt(packet, packet.subarray(HEADER_LENGTH), roc),
    ]);
    return Buffer.concat([body, this.#tag(body, roc)]);
  }

  /** RFC 3711 §3.3, receiver; null when the tag is wrong. */
  unprotect(packet: Buffer, roc = 0): Buffer | null {
    if (packet.length < HEADER_LENGTH + TAG_LENGTH) return null;
    const body = packet.subarray(0, -TAG_LENGTH);
    if (!timingSafeEqual(this.#tag(body, roc), packet.subarray(-TAG_LENGTH))) return null;
    return Buffer.concat([body.subarray(0, HEADER_LENGTH), this.#crypt(body, body.subarray(HEADER_LENGTH), roc)]);
  }

  /** Counter mode with the counter of RFC 3711 §4.1.1. */
  #crypt(header: Buffer, payload: Buffer, roc: number): Buffer {
    const counter = Buffer.alloc(16);
    this.#keys.salt.copy(counter);
    xorInto(counter, 4, header.subarray(8, 12));
    const index = Buffer.alloc(6);
    index.writeUInt32BE(roc, 0);
    header.copy(index, 4, 2, 4);
    xorInto(counter, 8, index);
    return createCipheriv('aes-128-ctr', this.#keys.encryption, counter).update(payload);
  }

  /** RFC 3711 §4.2: HMAC-SHA1 over packet and ROC, cut to 80 bits. */
  #tag(body: Buffer, roc: number): Buffer {
    const rolloverCounter = Buffer.alloc(4);
    rolloverCounter.writeUInt32BE(roc);
    return createHmac('sha1', this.#keys.authentication)
      .update(body)
      .update(rolloverCounter)
      .digest()
      .subarray(0, TAG_LENGTH);
  }
}

/** RFC 3711 §4.3.1 and §4.3.3 with a key derivation rate of 0. */
function derive(key: Buffer, salt: Buffer, label: number, length: number): Buffer {
  const counter = Buffer.alloc(16);
  salt.copy(counter);
  xorInto(counter, 7, Buffer.from([label]));
  return createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(length));
}

function xorInto(target: Buffer, offset: number, source: Buffer): void {
  for (const [index, octet] of source.entries()) target[offset + index] = (target[offset + index] ?? 0) ^ octet;
}
