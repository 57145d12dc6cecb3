import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson, encodeJson } from '../../../src/control/ng-json.js';
import { plain } from './support.js';

function decode(octets: Buffer | string) {
  const decoded = decodeJson(Buffer.isBuffer(octets) ? octets : Buffer.from(octets));
  return decoded.ok ? plain(decoded.value) : decoded.error;
}

describe('JSON messages', () => {
  it('carry octets unchanged both ways, valid UTF-8 or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        const encoded = encodeJson(new Map([['sdp', text]]));
        expect(decode(encoded)).toEqual({ sdp: text });
      }),
      { numRuns: 3000 },
    );
  });

  it('mean the same characters raw and escaped', () => {
    const escaped = String.raw`{"a":"\u00e9\u2192\ud83d\ude00\u0041\n\\u00e9"}`;
    const utf8 = Buffer.from('é→😀A\n\\u00e9').toString('latin1');
    expect(decode(escaped)).toEqual({ a: utf8 });
    expect(decode(JSON.stringify({ a: 'é→😀A\n\\u00e9' }))).toEqual({ a: utf8 });
  });

  it('agree with the built-in parser on whatever text it writes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), (object) => {
        const asOctets = Object.fromEntries(
          Object.entries(object).map(([key, value]) => [octetsOf(key), octetsOf(value)]),
        );
        expect(decode(JSON.stringify(object))).toEqual(asOctets);
      }),
      { numRuns: 1000 },
    );
  });

  it('count booleans as integers and null as absent', () => {
    expect(decode('{"a":true,"b":false,"c":null,"d":[1,null,2]}')).toEqual({ a: 1, b: 0, d: [1, 2] });
  });

  it('take the last of two entries with one key', () => {
    expect(decode('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('hold __proto__ as a key like any other', () => {
    const decoded = decodeJson(Buffer.from('{"__proto__":{"polluted":1}}'));
    if (!decoded.ok) throw new Error(decoded.error);
    expect([...decoded.value.keys()]).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['{"a":1', 'not JSON'],
    ['{"a":1} x', 'not JSON'],
    ['[1]', 'not an object'],
    ['"text"', 'not an object'],
    ['null', 'not an object'],
    [`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'too deep'],
    [`{"a":[${'0,'.repeat(20_000)}0]}`, 'too many elements'],
  ])('are refused when they are none: %.20s', (text, reason) => {
    expect(decode(text)).toBe(reason);
  });

  it('never quote the input in an error', () => {
    expect(decode('{"sdp":"a=crypto:1 inline:SECRET')).toBe('not JSON');
  });
});

function octetsOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
