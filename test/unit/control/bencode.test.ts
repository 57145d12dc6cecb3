import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBencode, encodeBencode } from '../../../src/control/bencode.js';
import type { NgValue } from '../../../src/control/ng-value.js';
import { fastestOf, plain } from './support.js';

const octets = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

const anyValue: fc.Arbitrary<NgValue> = fc.letrec<{ value: NgValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    octets,
    fc.maxSafeInteger(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(octets, tie('value')), { maxLength: 5, selector: ([key]) => key })
      .map((entries) => new Map(entries)),
  ),
})).value;

function decode(text: string, options = {}) {
  const decoded = decodeBencode(Buffer.from(text, 'latin1'), options);
  return decoded.ok ? plain(decoded.value.value) : decoded.error;
}

/** Maps compare in any order. */
function sorted(value: NgValue): unknown {
  return JSON.parse(JSON.stringify(plain(value)));
}

describe('bencode', () => {
  it('decodes what it encoded, and takes exactly the octets that it made', () => {
    fc.assert(
      fc.property(anyValue, fc.uint8Array({ maxLength: 5 }), (value, rest) => {
        const encoded = encodeBencode(value);
        const decoded = decodeBencode(Buffer.concat([encoded, rest]), { missingEnd: false });
        if (!decoded.ok) throw new Error(decoded.error.reason);
        expect(decoded.value.length).toBe(encoded.length);
        expect(sorted(decoded.value.value)).toEqual(sorted(value));
        expect(encodeBencode(decoded.value.value)).toEqual(encoded);
      }),
      { numRuns: 2000 },
    );
  });

  it('says malformed at every cut of a message, and never more than was there', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const encoded = encodeBencode(value);
        for (let length = 0; length < encoded.length; length++) {
          const outcome = decodeBencode(encoded.subarray(0, length), { missingEnd: false });
          if (outcome.ok) throw new Error(`a value from ${length} of ${encoded.length} octets`);
          expect(outcome.error.offset).toBeLessThanOrEqual(length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever the octets', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.constantFrom('d', 'l', 'e', 'i', '1', '0', '9', ':', '-', 'x', ' ', '\0'), { maxLength: 80 })
        .map((all) => Buffer.from(all.join(''))),
    );
    fc.assert(
      fc.property(noise, (bytes) => {
        const outcome = decodeBencode(bytes);
        if (outcome.ok) expect(outcome.value.length).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 20_000 },
    );
  });

  it('sorts keys as raw octets', () => {
    const value = new Map<string, NgValue>([
      ['b', 1],
      ['\xff', 2],
      ['B', 3],
      ['', 4],
    ]);
    expect(encodeBencode(value).toString('latin1')).toBe('d0:i4e1:Bi3e1:bi1e1:\xffi2ee');
  });

  it('writes text that is more than octets as UTF-8', () => {
    expect(encodeBencode('→').toString()).toBe('3:→');
    expect(encodeBencode('é')).toEqual(Buffer.from([0x31, 0x3a, 0xe9]));
  });

  it('writes minus zero as zero, and refuses what is not an integer', () => {
    expect(encodeBencode(-0).toString()).toBe('i0e');
    expect(() => encodeBencode(1.5)).toThrow(RangeError);
    expect(() => encodeBencode(Number.NaN)).toThrow(RangeError);
  });

  it('accepts a missing final e of the outermost dictionary, and only that', () => {
    expect(decode('d1:ai1e')).toEqual({ a: 1 });
    expect(decode('d')).toEqual({});
    expect(decode('d1:ai1e', { missingEnd: false })).toMatchObject({ reason: 'the message ends early' });
    for (const cut of ['d1:al', 'd1:ad', 'd1:a', 'l', 'i1', 'd1:ai1', 'd1:a5:abc']) {
      expect(decode(cut), cut).toHaveProperty('reason');
    }
  });

  it('takes the first of two entries with one key', () => {
    expect(decode('d1:ai1e1:ai2ee')).toEqual({ a: 1 });
  });

  it('holds __proto__ as a key like any other', () => {
    const decoded = decodeBencode(Buffer.from('d9:__proto__d8:pollutedi1ee11:constructori2ee'));
    if (!decoded.ok || !(decoded.value.value instanceof Map)) throw new Error('not a dictionary');
    expect([...decoded.value.value.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('keeps an integer beyond 2^53 as its digits', () => {
    expect(decode('i9007199254740991e')).toBe(Number.MAX_SAFE_INTEGER);
    expect(decode('i9007199254740993e')).toBe('9007199254740993');
    expect(decode('i-9223372036854775808e')).toBe('-9223372036854775808');
  });

  it.each([
    ['', 'the message ends early', 0],
    ['x', 'not a string length', 0],
    ['d-1:xe', 'not a string length', 1],
    ['d07:command4:pinge', 'not a string length', 1],
    ['d7:command9999999999:pinge', 'not a string length', 10],
    ['d7:command999999999:pinge', 'a length beyond the end of the message', 10],
    ['i03e', 'not an integer', 0],
    ['i-0e', 'not an integer', 0],
    ['ie', 'not an integer', 0],
    ['i--1e', 'not an integer', 0],
    ['i123456789012345678901e', 'not an integer', 0],
    ['i1', 'not an integer', 0],
    ['e', 'an end without a beginning', 0],
    ['di1e1:ae', 'a dictionary key that is not a string', 1],
    ['dlee', 'a dictionary key that is not a string', 1],
    ['d1:ae', 'a dictionary key without a value', 4],
    ['l5:abce', 'a length beyond the end of the message', 1],
  ])('refuses %j: %s at octet %i', (text, reason, offset) => {
    expect(decode(text)).toEqual({ reason, offset });
  });

  it.each(['l', 'd1:a'])('refuses ten thousand %j inside each other at once, without a stack', (opening) => {
    const deep = decodeBencode(Buffer.from(opening.repeat(10_000)));
    expect(deep.ok ? null : deep.error.reason).toBe('deeper than 32 levels');
    const allowed = `${'l'.repeat(32)}${'e'.repeat(32)}`;
    expect(decodeBencode(Buffer.from(allowed)).ok).toBe(true);
  });

  it('refuses more elements than any request has', () => {
    const many = decodeBencode(Buffer.from(`l${'0:'.repeat(20_000)}e`));
    expect(many.ok ? null : many.error.reason).toBe('too many elements');
  });

  it('decodes a megabyte within 50 ms', () => {
    const body = 'x'.repeat(1 << 20);
    const message = Buffer.from(`d3:sdp${body.length}:${body}e`);
    const many = Buffer.from(`l${'le'.repeat(500_000)}e`);
    const milliseconds = fastestOf(3, () => {
      expect(decodeBencode(message).ok).toBe(true);
      expect(decodeBencode(many).ok).toBe(false);
    });
    expect(milliseconds).toBeLessThan(50);
  });
});
