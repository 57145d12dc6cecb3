import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CRYPTO_SUITES, cryptoSuite } from '../../../src/srtp/crypto-suite.js';
import { MasterKey } from '../../../src/srtp/master-key.js';

const suite = cryptoSuite('AES_CM_128_HMAC_SHA1_80');
const octets = (): Uint8Array => Uint8Array.from({ length: 30 }, (_, index) => index + 100);

describe('a master key', () => {
  it('has exactly the octets that its suite takes', () => {
    for (const row of CRYPTO_SUITES) {
      const needed = row.masterKeyLength + row.masterSaltLength;
      expect(MasterKey.of(row, new Uint8Array(needed))?.expose()).toHaveLength(needed);
      expect(MasterKey.of(row, new Uint8Array(needed - 1))).toBeNull();
      expect(MasterKey.of(row, new Uint8Array(needed + 1))).toBeNull();
      expect(MasterKey.generate(row).expose()).toHaveLength(needed);
    }
  });

  it('is fresh each time', () => {
    const keys = Array.from({ length: 200 }, () => Buffer.from(MasterKey.generate(suite).expose()).toString('hex'));
    expect(new Set(keys).size).toBe(200);
  });

  it('equals a key of the same octets only', () => {
    const key = MasterKey.of(suite, octets())!;
    expect(key.equals(MasterKey.of(suite, octets())!)).toBe(true);
    expect(key.equals(MasterKey.of(suite, octets().fill(0, 29))!)).toBe(false);
    expect(key.equals(MasterKey.generate(cryptoSuite('AEAD_AES_128_GCM')))).toBe(false);
  });

  it('never prints itself', () => {
    const key = MasterKey.of(suite, octets())!;
    const texts = [
      String(key),
      JSON.stringify({ key }),
      inspect({ key }, { showHidden: true, depth: 9 }),
      JSON.stringify(Object.entries(key)),
    ];
    for (const text of texts) {
      expect(text).not.toContain('101');
      expect(text).not.toContain(Buffer.from(octets()).toString('base64').slice(0, 8));
    }
    expect(String(key)).toBe('[redacted]');
  });

  it('is zeros after it was wiped', () => {
    const own = octets();
    const key = MasterKey.of(suite, own)!;
    key.wipe();
    expect(own.every((octet) => octet === 0)).toBe(true);
  });
});
