import { describe, expect, it } from 'vitest';
import { CRYPTO_SUITES, cryptoSuite, findCryptoSuite } from '../../../src/srtp/crypto-suite.js';

/** RFC 4568 §6.2 table, RFC 6188 §4, RFC 7714 §14.2: key, salt, SRTP tag, SRTCP tag, in bits. */
const RFC_TABLE: readonly (readonly [string, number, number, number, number])[] = [
  ['AES_CM_128_HMAC_SHA1_80', 128, 112, 80, 80],
  ['AES_CM_128_HMAC_SHA1_32', 128, 112, 32, 80],
  ['AES_192_CM_HMAC_SHA1_80', 192, 112, 80, 80],
  ['AES_192_CM_HMAC_SHA1_32', 192, 112, 32, 80],
  ['AES_256_CM_HMAC_SHA1_80', 256, 112, 80, 80],
  ['AES_256_CM_HMAC_SHA1_32', 256, 112, 32, 80],
  ['AEAD_AES_128_GCM', 128, 96, 128, 128],
  ['AEAD_AES_256_GCM', 256, 96, 128, 128],
];

describe('the table of crypto suites', () => {
  it('is the table of the RFCs', () => {
    const rows = CRYPTO_SUITES.map((row) => [
      row.name,
      row.masterKeyLength * 8,
      row.masterSaltLength * 8,
      row.srtpTagLength * 8,
      row.srtcpTagLength * 8,
    ]);
    expect(rows).toEqual(RFC_TABLE);
  });

  it.each([
    ['AES_CM_256_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_80'],
    ['AES_CM_256_HMAC_SHA1_32', 'AES_256_CM_HMAC_SHA1_32'],
    ['AES_CM_192_HMAC_SHA1_80', 'AES_192_CM_HMAC_SHA1_80'],
    ['aes_cm_128_hmac_sha1_80', 'AES_CM_128_HMAC_SHA1_80'],
    ['MS_AES_128_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'],
  ])('knows the wild spelling %s', (wild, name) => {
    expect(findCryptoSuite(wild)?.name).toBe(name);
  });

  it.each([
    'AEAD_AES_256_GCM_8',
    'AEAD_AES_128_GCM_8',
    'F8_128_HMAC_SHA1_80',
    'NULL_HMAC_SHA1_80',
    'UNENCRYPTED_SRTP',
    '',
    '__proto__',
    'constructor',
  ])('has no row for %j', (name) => {
    expect(findCryptoSuite(name)).toBeUndefined();
  });

  it('gives the row of every name', () => {
    for (const row of CRYPTO_SUITES) expect(cryptoSuite(row.name)).toBe(row);
  });
});
