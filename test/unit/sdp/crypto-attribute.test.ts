import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  parseCrypto,
  printCrypto,
  type CryptoAttribute,
  type SessionParam,
} from '../../../src/sdp/attributes/crypto.js';
import { sdpLine } from '../../../src/sdp/session-description.js';
import { KeySalt, type KeyParam } from '../../../src/srtp/key-params.js';

const KEY = 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';
const read = (text: string) => parseCrypto(sdpLine('a', text, 1));

function attribute(text: string): CryptoAttribute {
  const result = read(text);
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
}

/** The examples of RFC 4568 §4, §5.1.1, §5.1.2 and §6.1, folded lines joined. */
const RFC_4568 = [
  'crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32',
  'crypto:1 AES_CM_128_HMAC_SHA1_32 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32',
  'crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 FEC_ORDER=FEC_SRTP',
  'crypto:2 F8_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4;inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5|2^20|2:4 FEC_ORDER=FEC_SRTP',
  'crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:4',
  'crypto:1 AES_CM_128_HMAC_SHA1_80 inline:YUJDZGVmZ2hpSktMbW9QUXJzVHVWd3l6MTIzNDU2|1066:4',
];

describe('the examples of RFC 4568', () => {
  it.each(RFC_4568)('read and print alike: %s', (text) => {
    expect(printCrypto(attribute(text), true).value).toBe(text);
  });

  it('decode to the key and salt they stand for (RFC 4568 §6.1)', () => {
    const [param] = attribute(RFC_4568[0]!).keyParams;
    expect(Buffer.from(param!.keySalt.expose()).toString('hex')).toBe(
      '774466766726542b29784737406662356a552c5261417d5c7c7030252a23',
    );
    expect(param).toMatchObject({ lifetime: { packets: 2 ** 20, written: 'power' } });
    expect(param!.mki).toEqual(Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? 1 : 0)));
  });

  it('tell an MKI without a lifetime by its colon', () => {
    const [param] = attribute(RFC_4568[5]!).keyParams;
    expect(param!.lifetime).toBeNull();
    expect(param!.mki).toEqual(Uint8Array.from([0, 0, 4, 42]));
  });

  it('hold two keys where two are written', () => {
    expect(attribute(RFC_4568[3]!).keyParams.map(({ mki }) => mki?.[3])).toEqual([1, 2]);
  });
});

describe('what the grammar of RFC 4568 §9.1 tolerates', () => {
  it.each([
    ['tag 0', `crypto:0 S inline:${KEY}`, { tag: 0 }],
    ['the largest tag', `crypto:999999999 S inline:${KEY}`, { tag: 999_999_999 }],
    ['leading zeros', `crypto:0000000000007 S inline:${KEY}`, { tag: 7 }],
    ['any case of inline', `crypto:1 S InLiNe:${KEY}`, { tag: 1 }],
    ['tabs and several spaces', `crypto: 1 \t S\t\tinline:${KEY} \t`, { suiteName: 'S' }],
    [
      'WSH and a harmless extension',
      `crypto:1 S inline:${KEY} WSH=64 -OPT -X=1`,
      {
        sessionParams: [
          { name: 'WSH', value: 64 },
          { name: 'extension', text: '-OPT' },
          { name: 'extension', text: '-X=1' },
        ],
      },
    ],
    [
      'session parameters in any case',
      `crypto:1 S inline:${KEY} kdr=0 unencrypted_srtp`,
      { sessionParams: [{ name: 'KDR', value: 0 }, { name: 'UNENCRYPTED_SRTP' }] },
    ],
    ['an attribute name in capitals', `CRYPTO:1 S inline:${KEY}`, { tag: 1 }],
  ])('%s', (_, text, expected) => {
    expect(attribute(text)).toMatchObject(expected);
  });

  it.each([
    ['1048576', { packets: 1_048_576, written: 'decimal' }],
    ['2^0', { packets: 1, written: 'power' }],
    ['2^31', { packets: 2 ** 31, written: 'power' }],
    ['2^48', { packets: 2 ** 48, written: 'power' }],
    ['281474976710656', { packets: 2 ** 48, written: 'decimal' }],
    ['0001', { packets: 1, written: 'decimal' }],
  ])('a lifetime of %s', (text, lifetime) => {
    expect(attribute(`crypto:1 S inline:${KEY}|${text}`).keyParams[0]?.lifetime).toEqual(lifetime);
  });

  it.each([
    ['0:1', [0]],
    ['255:1', [255]],
    ['1:4', [0, 0, 0, 1]],
    ['000001:2', [0, 1]],
    [`${2n ** 1024n - 1n}:128`, Array.from({ length: 128 }, () => 255)],
  ])('an MKI of %s', (text, octets) => {
    expect([...attribute(`crypto:1 S inline:${KEY}|2^20|${text}`).keyParams[0]!.mki!]).toEqual(octets);
  });
});

describe('what the grammar of RFC 4568 §9.1 refuses', () => {
  it.each([
    ['tag', 'crypto'],
    ['tag', 'crypto:'],
    ['tag', `crypto:x S inline:${KEY}`],
    ['tag', `crypto:-1 S inline:${KEY}`],
    ['tag', `crypto:1000000000 S inline:${KEY}`],
    ['tag', `crypto:4294967297 S inline:${KEY}`],
    ['tag', `crypto:1.0 S inline:${KEY}`],
    ['suite_name', 'crypto:1'],
    ['suite_name', `crypto:1 inline:${KEY}`],
    ['suite_name', `crypto:1 S/1 inline:${KEY}`],
    ['syntax', 'crypto:1 S'],
    ['syntax', `crypto:1 S ${KEY}`],
    ['syntax', `crypto:1 S inline:${KEY}|2^20|1:4|x`],
    ['syntax', `crypto:1 S inline:${KEY};`],
    ['key_method', `crypto:1 S uri:${KEY}`],
    ['key_method', `crypto:1 S inline:${KEY}|2^20|1:4;uri:x|2^20|2:4`],
    ['key_base64', 'crypto:1 S inline:'],
    ['key_base64', 'crypto:1 S inline: ' + KEY],
    ['key_base64', 'crypto:1 S inline:|2^20'],
    ['key_base64', `crypto:1 S inline:${KEY.slice(1)}=x`],
    ['key_base64', `crypto:1 S inline:${KEY.slice(3)}`],
    ['key_base64', `crypto:1 S inline:${KEY}===`],
    ['key_base64', `crypto:1 S inline:-${KEY}`],
    ['key_base64', `crypto:1 S inline:\u00fc${KEY}`],
    ['lifetime', `crypto:1 S inline:${KEY}|`],
    ['lifetime', `crypto:1 S inline:${KEY}|0`],
    ['lifetime', `crypto:1 S inline:${KEY}|2^49`],
    ['lifetime', `crypto:1 S inline:${KEY}|2^`],
    ['lifetime', `crypto:1 S inline:${KEY}|281474976710657`],
    ['lifetime', `crypto:1 S inline:${KEY}|9999999999999999999999`],
    ['lifetime', `crypto:1 S inline:${KEY}|2^-1`],
    ['lifetime', `crypto:1 S inline:${KEY}|3^20`],
    ['mki', `crypto:1 S inline:${KEY}|2^20|`],
    ['mki', `crypto:1 S inline:${KEY}|2^20|1`],
    ['mki', `crypto:1 S inline:${KEY}|1:0`],
    ['mki', `crypto:1 S inline:${KEY}|1:129`],
    ['mki', `crypto:1 S inline:${KEY}|256:1`],
    ['mki', `crypto:1 S inline:${KEY}|x:1`],
    ['mki', `crypto:1 S inline:${KEY}|:4`],
    ['mki', `crypto:1 S inline:${KEY}|${'9'.repeat(310)}:128`],
    ['mki', `crypto:1 S inline:${KEY}|1:1:1`],
    ['mki', `crypto:1 S inline:${KEY};inline:${KEY}`],
    ['mki', `crypto:1 S inline:${KEY}|1:4;inline:${KEY}`],
    ['mki', `crypto:1 S inline:${KEY}|1:4;inline:${KEY}|2:2`],
    ['mki', `crypto:1 S inline:${KEY}|1:4;inline:${KEY}|1:4`],
    ['key_count', `crypto:1 S ${Array.from({ length: 17 }, (_, index) => `inline:${KEY}|${index}:1`).join(';')}`],
    ['session_parameter', `crypto:1 S inline:${KEY} KDR`],
    ['session_parameter', `crypto:1 S inline:${KEY} KDR=25`],
    ['session_parameter', `crypto:1 S inline:${KEY} KDR=x`],
    ['session_parameter', `crypto:1 S inline:${KEY} WSH=63`],
    ['session_parameter', `crypto:1 S inline:${KEY} WSH=9`],
    ['session_parameter', `crypto:1 S inline:${KEY} WSH=`],
    ['session_parameter', `crypto:1 S inline:${KEY} FEC_ORDER=NONE`],
    ['session_parameter', `crypto:1 S inline:${KEY} FEC_KEY=inline`],
    ['session_parameter', `crypto:1 S inline:${KEY} UNENCRYPTED_SRTP=1`],
    ['session_parameter', `crypto:1 S inline:${KEY}${' -X'.repeat(33)}`],
  ])('%s: %s', (reason, text) => {
    const result = read(text);
    expect(result.ok ? null : result.error.reason).toBe(reason);
  });

  it('without repeating anything that may be a key', () => {
    const texts = [
      `crypto:1 inline:${KEY}`,
      `crypto:1 ${KEY.replace(/\W/g, 'x')}`,
      `crypto:${KEY} S inline:${KEY}`,
      `crypto:1 S inline:${KEY}!`,
      `crypto:1 S inline: ${KEY}`,
      `crypto:1 S inline:${KEY} FEC_KEY=${KEY}`,
    ];
    for (const text of texts) {
      const result = read(text);
      const words = JSON.stringify(result);
      for (const secret of [KEY, KEY.replace(/\W/g, 'x')]) expect(words).not.toContain(secret);
    }
  });
});

describe('a key inside the attribute', () => {
  it('does not show itself when the attribute is printed for people', () => {
    const parsed = attribute(`crypto:1 S inline:${KEY}`);
    const hex = Buffer.from(KEY, 'base64').toString('hex');
    for (const text of [
      inspect(parsed, { depth: 9, showHidden: true }),
      JSON.stringify(parsed),
      String(parsed.keyParams[0]!.keySalt),
    ]) {
      expect(text).not.toContain(KEY);
      expect(text).not.toContain(hex);
      expect(text).not.toContain('119, 68');
    }
  });

  it('can be wiped', () => {
    const { keySalt } = attribute(`crypto:1 S inline:${KEY}`).keyParams[0]!;
    keySalt.wipe();
    expect([...keySalt.expose()]).toEqual(Array.from({ length: 30 }, () => 0));
  });
});

describe('printing and reading an attribute', () => {
  const keySalt = fc.uint8Array({ minLength: 1, maxLength: 64 });
  const lifetime = fc.option(
    fc.oneof(
      fc.integer({ min: 0, max: 48 }).map((power) => ({ packets: 2 ** power, written: 'power' as const })),
      fc.integer({ min: 1, max: 2 ** 48 }).map((packets) => ({ packets, written: 'decimal' as const })),
    ),
    { nil: null },
  );
  const single: fc.Arbitrary<KeyParam[]> = fc
    .tuple(keySalt, lifetime, fc.option(fc.uint8Array({ minLength: 1, maxLength: 128 }), { nil: null }))
    .map(([octets, packets, mki]) => [{ keySalt: new KeySalt(octets), lifetime: packets, mki }]);
  const several: fc.Arbitrary<KeyParam[]> = fc
    .tuple(
      fc.uniqueArray(fc.nat(255), { minLength: 2, maxLength: 16 }),
      fc.integer({ min: 1, max: 128 }),
      keySalt,
      lifetime,
    )
    .map(([values, length, octets, packets]) =>
      values.map((value) => ({
        keySalt: new KeySalt(octets),
        lifetime: packets,
        mki: new Uint8Array(length).fill(value, -1),
      })),
    );
  const param: fc.Arbitrary<SessionParam> = fc.oneof(
    fc.integer({ min: 0, max: 24 }).map((value) => ({ name: 'KDR' as const, value })),
    fc
      .constantFrom('UNENCRYPTED_SRTP' as const, 'UNENCRYPTED_SRTCP' as const, 'UNAUTHENTICATED_SRTP' as const)
      .map((name) => ({ name })),
    fc.constantFrom('FEC_SRTP' as const, 'SRTP_FEC' as const).map((value) => ({ name: 'FEC_ORDER' as const, value })),
    single.map((keys) => ({ name: 'FEC_KEY' as const, keys })),
    fc.integer({ min: 64, max: 999_999_999 }).map((value) => ({ name: 'WSH' as const, value })),
    fc.stringMatching(/^-[A-Z]{1,8}(=[a-z0-9]{1,4})?$/).map((text) => ({ name: 'extension' as const, text })),
  );
  const attributes: fc.Arbitrary<CryptoAttribute> = fc.record({
    tag: fc.integer({ min: 0, max: 999_999_999 }),
    suiteName: fc.stringMatching(/^[A-Za-z0-9_]{1,64}$/),
    keyParams: fc.oneof(single, several),
    sessionParams: fc.array(param, { maxLength: 8 }),
  });
  /** Plain data, since two key holders are never equal to a comparison that must not look inside. */
  const open = ({ tag, suiteName, keyParams, sessionParams }: CryptoAttribute): unknown => ({
    tag,
    suiteName,
    keys: keyParams.map(openKey),
    params: sessionParams.map((one) =>
      one.name === 'FEC_KEY' ? { name: one.name, keys: one.keys.map(openKey) } : one,
    ),
  });
  const openKey = (key: KeyParam): unknown => ({
    octets: [...key.keySalt.expose()],
    lifetime: key.lifetime,
    mki: key.mki === null ? null : [...key.mki],
  });

  it('gives the same attribute, with and without padding', () => {
    fc.assert(
      fc.property(attributes, fc.boolean(), (original, padding) => {
        const again = parseCrypto(printCrypto(original, padding));
        expect(again.ok && open(again.value)).toEqual(open(original));
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever the line holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, valid) => {
        const result = read(valid ? `crypto:1 S inline:${KEY}${text}` : `crypto:${text}`);
        expect(typeof result.ok).toBe('boolean');
      }),
      { numRuns: 1_000 },
    );
  });
});
