import { createCipheriv } from 'node:crypto';

/** A crypto suite as the RFCs print it; written down again here so that the judge shares no table with the judged. */
export interface SuiteRow {
  readonly cipher: 'cm' | 'gcm';
  /** Octets. */
  readonly keyLength: number;
  readonly saltLength: number;
  readonly srtpTagLength: number;
  readonly srtcpTagLength: number;
}

/** RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.2. */
export const SUITES = {
  AES_CM_128_HMAC_SHA1_80: { cipher: 'cm', keyLength: 16, saltLength: 14, srtpTagLength: 10, srtcpTagLength: 10 },
  AES_CM_128_HMAC_SHA1_32: { cipher: 'cm', keyLength: 16, saltLength: 14, srtpTagLength: 4, srtcpTagLength: 10 },
  AES_192_CM_HMAC_SHA1_80: { cipher: 'cm', keyLength: 24, saltLength: 14, srtpTagLength: 10, srtcpTagLength: 10 },
  AES_192_CM_HMAC_SHA1_32: { cipher: 'cm', keyLength: 24, saltLength: 14, srtpTagLength: 4, srtcpTagLength: 10 },
  AES_256_CM_HMAC_SHA1_80: { cipher: 'cm', keyLength: 32, saltLength: 14, srtpTagLength: 10, srtcpTagLength: 10 },
  AES_256_CM_HMAC_SHA1_32: { cipher: 'cm', keyLength: 32, saltLength: 14, srtpTagLength: 4, srtcpTagLength: 10 },
  AEAD_AES_128_GCM: { cipher: 'gcm', keyLength: 16, saltLength: 12, srtpTagLength: 16, srtcpTagLength: 16 },
  AEAD_AES_256_GCM: { cipher: 'gcm', keyLength: 32, saltLength: 12, srtpTagLength: 16, srtcpTagLength: 16 },
} as const satisfies Record<string, SuiteRow>;
export type SuiteName = keyof typeof SUITES;

/** Labels of RFC 3711 §4.3.2. */
const LABELS = { rtp: { key: 0, auth: 1, salt: 2 }, rtcp: { key: 3, auth: 4, salt: 5 } } as const;

export interface SessionKeys {
  readonly key: Buffer;
  readonly auth: Buffer;
  readonly salt: Buffer;
}

/** AES in counter mode from the 16-octet block `iv`: the keystream of RFC 3711 §4.1.1, XORed with `data`. */
export function counterMode(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  const cipher = createCipheriv(`aes-${key.length * 8}-ctr`, key, iv);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

/**
 * RFC 3711 §4.3.1 with a key derivation rate of 0: x = label ‖ 0^48 XOR salt, the PRF is AES in counter mode under the
 * master key, of the same length (RFC 6188 §3). A 12-octet AEAD salt is padded with zeros on the right (RFC 7714 §11).
 */
export function deriveSessionKey(masterKey: Buffer, masterSalt: Buffer, label: number, length: number): Buffer {
  const iv = Buffer.alloc(16);
  masterSalt.copy(iv);
  iv[7]! ^= label;
  return counterMode(masterKey, iv, Buffer.alloc(length));
}

export function deriveSessionKeys(
  suite: SuiteRow,
  masterKey: Buffer,
  masterSalt: Buffer,
  kind: 'rtp' | 'rtcp',
): SessionKeys {
  const labels = LABELS[kind];
  return {
    key: deriveSessionKey(masterKey, masterSalt, labels.key, suite.keyLength),
    auth: deriveSessionKey(masterKey, masterSalt, labels.auth, suite.cipher === 'cm' ? 20 : 0),
    salt: deriveSessionKey(masterKey, masterSalt, labels.salt, suite.saltLength),
  };
}
