import type { CryptoSuiteName } from '../srtp/crypto-suite.js';

/** How a far end is to be treated: the words trunk operators use. */
export type SecurePolicy = 'off' | 'preferred' | 'required' | 'as-signalled';

/** What the operator allows. One is the default; trunk profiles hold others by name. */
export interface Policy {
  /** Lines of our offers, in order. */
  readonly offeredSuites: readonly CryptoSuiteName[];
  /** What we accept in the lines of others, in our order of preference. */
  readonly acceptedSuites: readonly CryptoSuiteName[];
  /** Answer with the offerer's first acceptable line instead of our own favourite. */
  readonly followOffererOrder: boolean;
  /** Policy of the leg itself; `as-signalled` = what the proxy and the SDP say. */
  readonly secure: SecurePolicy;
  readonly allowUnencryptedSrtp: boolean;
  readonly allowUnencryptedSrtcp: boolean;
  readonly allowUnauthenticatedSrtp: boolean;
  /** Write `|2^31` after the key. */
  readonly writeLifetime: boolean;
  /** Write the base64 padding. */
  readonly writePadding: boolean;
  /** First tag of our offers: 1, or 0 for peers that count from there. */
  readonly firstTag: 0 | 1;
}

export const DEFAULT_POLICY: Policy = Object.freeze<Policy>({
  offeredSuites: ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'],
  acceptedSuites: [
    'AES_CM_128_HMAC_SHA1_80',
    'AES_CM_128_HMAC_SHA1_32',
    'AES_256_CM_HMAC_SHA1_80',
    'AES_256_CM_HMAC_SHA1_32',
    'AEAD_AES_256_GCM',
    'AEAD_AES_128_GCM',
    'AES_192_CM_HMAC_SHA1_80',
    'AES_192_CM_HMAC_SHA1_32',
  ],
  followOffererOrder: false,
  secure: 'as-signalled',
  allowUnencryptedSrtp: false,
  allowUnencryptedSrtcp: false,
  allowUnauthenticatedSrtp: false,
  writeLifetime: false,
  writePadding: true,
  firstTag: 1,
});
