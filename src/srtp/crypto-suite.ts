/** Registry names, verbatim (RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.2). */
export type CryptoSuiteName =
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AES_192_CM_HMAC_SHA1_80'
  | 'AES_192_CM_HMAC_SHA1_32'
  | 'AES_256_CM_HMAC_SHA1_80'
  | 'AES_256_CM_HMAC_SHA1_32'
  | 'AEAD_AES_128_GCM'
  | 'AEAD_AES_256_GCM';

export interface CryptoSuite {
  readonly name: CryptoSuiteName;
  /** Octets. */
  readonly masterKeyLength: number;
  /** Octets. */
  readonly masterSaltLength: number;
  /** Octets appended to an SRTP packet. */
  readonly srtpTagLength: number;
  /** Octets appended to an SRTCP packet: a column of its own, since the `_32` suites keep 80 bits here (RFC 4568 §6.2.2). */
  readonly srtcpTagLength: number;
  /** Spellings seen in the wild that mean this suite; an answer echoes what was offered. */
  readonly aliases: readonly string[];
}

/** One row a suite; `native/crypto/crypto_suite.cc` holds the same rows in the same order and a test compares the two. */
export const CRYPTO_SUITES: readonly CryptoSuite[] = [
  row('AES_CM_128_HMAC_SHA1_80', 16, 14, 10, 10, ['AES_128_CM_HMAC_SHA1_80', 'MS_AES_128_SHA1_80']),
  row('AES_CM_128_HMAC_SHA1_32', 16, 14, 4, 10, ['AES_128_CM_HMAC_SHA1_32', 'MS_AES_128_SHA1_32']),
  row('AES_192_CM_HMAC_SHA1_80', 24, 14, 10, 10, ['AES_CM_192_HMAC_SHA1_80']),
  row('AES_192_CM_HMAC_SHA1_32', 24, 14, 4, 10, ['AES_CM_192_HMAC_SHA1_32']),
  row('AES_256_CM_HMAC_SHA1_80', 32, 14, 10, 10, ['AES_CM_256_HMAC_SHA1_80', 'MS_AES_256_SHA1_80']),
  row('AES_256_CM_HMAC_SHA1_32', 32, 14, 4, 10, ['AES_CM_256_HMAC_SHA1_32', 'MS_AES_256_SHA1_32']),
  row('AEAD_AES_128_GCM', 16, 12, 16, 16, []),
  row('AEAD_AES_256_GCM', 32, 12, 16, 16, []),
];

function row(
  name: CryptoSuiteName,
  masterKeyLength: number,
  masterSaltLength: number,
  srtpTagLength: number,
  srtcpTagLength: number,
  aliases: readonly string[],
): CryptoSuite {
  return { name, masterKeyLength, masterSaltLength, srtpTagLength, srtcpTagLength, aliases };
}

const byWireName = new Map<string, CryptoSuite>(
  CRYPTO_SUITES.flatMap((suite) => [suite.name, ...suite.aliases].map((name) => [name.toUpperCase(), suite] as const)),
);

/** The suite that a wire spelling means, or undefined. Names compare without case (RFC 4568 §9.1 is ABNF text). */
export function findCryptoSuite(wireName: string): CryptoSuite | undefined {
  return byWireName.get(wireName.toUpperCase());
}

export function cryptoSuite(name: CryptoSuiteName): CryptoSuite {
  const suite = byWireName.get(name);
  if (suite === undefined) throw new RangeError(`no row for ${name}`);
  return suite;
}
