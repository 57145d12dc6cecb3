import { randomBytes } from 'node:crypto';
import { cryptoSuite, type CryptoSuiteName } from '../src/srtp/crypto-suite.js';
import type { SuiteKey } from './relayed-call.js';

export function generateKey(suite: CryptoSuiteName): SuiteKey {
  const { masterKeyLength, masterSaltLength } = cryptoSuite(suite);
  return { suite, keySalt: randomBytes(masterKeyLength + masterSaltLength).toString('base64') };
}
