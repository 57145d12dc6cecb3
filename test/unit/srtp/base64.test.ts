import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, decodedLength, encodeBase64 } from '../../../src/srtp/base64.js';

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];

describe('base64', () => {
  // RFC 4648 §10.
  it.each([
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('writes and reads %s as the RFC prints it, padded or not', (plain, text) => {
    const bare = text.replace(/=+$/, '');
    expect(encodeBase64(Uint8Array.from(octets(plain)), true)).toBe(text);
    expect(encodeBase64(Uint8Array.from(octets(plain)), false)).toBe(bare);
    expect([...decodeBase64(text)!]).toEqual(octets(plain));
    expect([...decodeBase64(bare)!]).toEqual(octets(plain));
    expect(decodedLength(text)).toBe(plain.length);
  });

  it('takes one sign of padding where two belong, since some senders cut it', () => {
    expect([...decodeBase64('Zg=')!]).toEqual(octets('f'));
  });

  it.each(['Z', 'Zm9vY', 'Zg===', '=Zg', 'Z=g=', 'Zm 9v', 'Zm9v\n', 'Zm-v', 'Zm_v', 'Zmü8'])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeNull();
  });

  it('agrees with Node on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = encodeBase64(bytes, true);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
  });
});
