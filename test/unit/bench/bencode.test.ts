import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBencode, encodeBencode, type Bencodable } from '../../../bench/bencode.js';

describe("the benchmark's bencode", () => {
  it('writes dictionaries with sorted keys, as the daemons expect them', () => {
    expect(encodeBencode({ b: ['x', 2], a: 'ü' })).toBe('d1:a2:ü1:bl1:xi2eee');
  });

  it('reads back whatever it writes', () => {
    const { value } = fc.letrec<{ value: Bencodable }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.string(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(
        value.filter((v) => !JSON.stringify(v).includes('__proto__')),
        (item) => {
          expect(decodeBencode(Buffer.from(encodeBencode(item)))).toEqual(item);
        },
      ),
    );
  });

  it.each(['d1:a', '5:abc', 'i1', 'i1.5e', 'l1:ae1:b', 'x', ''])('throws on malformed %j', (text) => {
    expect(() => decodeBencode(Buffer.from(text))).toThrow(SyntaxError);
  });
});
