import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBencode } from '../../../src/control/bencode.js';
import { MessageFramer } from '../../../src/control/message-framer.js';
import { dictionary, fastestOf, SDP } from './support.js';

const LIMIT = 1 << 20;

function framesOf(framer: MessageFramer): string[] {
  const frames: string[] = [];
  for (let next = framer.next(); next !== null; next = framer.next()) {
    if (!Buffer.isBuffer(next)) throw new Error(`${next.error.code}: ${next.error.detail ?? ''}`);
    frames.push(next.toString('latin1'));
  }
  return frames;
}

function firstError(text: string, limit = LIMIT) {
  const framer = new MessageFramer(limit);
  framer.push(Buffer.from(text, 'latin1'));
  const next = framer.next();
  if (next === null || Buffer.isBuffer(next)) return next;
  return { cookie: next.cookie, encoding: next.encoding, code: next.error.code };
}

const MESSAGES = [
  'k1 d7:command4:pinge',
  `k2 ${encodeBencode(dictionary({ command: 'offer', 'call-id': 'c', sdp: SDP, flags: ['a', 'b'], TOS: 4 })).toString()}`,
  'k3 de',
  'k4 d1:ali1ei-2el0:eee',
];

describe('a stream of messages', () => {
  it('is cut the same however its octets arrive', () => {
    const stream = Buffer.from(MESSAGES.join(''));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        const framer = new MessageFramer(LIMIT);
        const frames: string[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          framer.push(stream.subarray(at, at + size));
          frames.push(...framesOf(framer));
          at += size;
        }
        expect(frames).toEqual(MESSAGES);
        expect(framer.pending).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('may have white space between the messages', () => {
    const framer = new MessageFramer(LIMIT);
    framer.push(Buffer.from(`\r\n ${MESSAGES.join('\r\n')}\n`));
    expect(framesOf(framer)).toEqual(MESSAGES);
    expect(framer.pending).toBe(0);
  });

  it.each([
    ['JSON', 'k {"command":"ping"}', 'json', 'bad-format'],
    ['another format', 'k hello', 'bencode', 'bad-format'],
    ['a negative length', 'k d-1:xe', 'bencode', 'bad-bencode'],
    ['a length of eleven digits', 'k d99999999999:x', 'bencode', 'bad-bencode'],
    ['a length beyond the limit', 'k d7:command999999999:x', 'bencode', 'bad-bencode'],
    ['an endless integer', 'k di1234567890123456789012', 'bencode', 'bad-bencode'],
    ['depth 10,000', `k d1:x${'l'.repeat(10_000)}`, 'bencode', 'bad-bencode'],
  ])('ends at %s with an error under the cookie', (_what, text, encoding, code) => {
    expect(firstError(text)).toEqual({ cookie: 'k', encoding, code });
  });

  it('without a cookie ends when no cookie could be so long', () => {
    expect(firstError('x'.repeat(10_000))).toBeNull();
    expect(firstError('x'.repeat(20_000))).toEqual({ cookie: '', encoding: 'bencode', code: 'bad-format' });
  });

  it('holds no more than the limit of a message', () => {
    expect(firstError(`k d3:sdp2000:${'x'.repeat(1500)}`, 1000)).toMatchObject({ code: 'bad-bencode' });
    expect(firstError(`k d1:al${'i1e'.repeat(500)}`, 1000)).toMatchObject({ code: 'bad-format' });
  });

  it('that drips octet by octet costs no more than it is long', () => {
    const message = Buffer.from(`k d${'1:a1:b'.repeat(50_000)}e`);
    const milliseconds = fastestOf(2, () => {
      const framer = new MessageFramer(LIMIT);
      for (const octet of message) {
        framer.push(Buffer.of(octet));
        framer.next();
      }
      expect(framer.pending).toBe(0);
    });
    expect(milliseconds).toBeLessThan(1500);
  });
});
