import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBencode } from '../../../src/control/bencode.js';
import { MAX_COOKIE } from '../../../src/control/ng-message.js';
import { dictionary, PROXY, readReply, rig, SDP } from './support.js';

const OFFER = encodeBencode(
  dictionary({ command: 'offer', 'call-id': 'c', 'from-tag': 'a', sdp: SDP, flags: ['trust-address'], TOS: 184 }),
);

function framed(payload: Buffer | string, cookie = 'k'): Buffer {
  return Buffer.concat([Buffer.from(`${cookie} `), Buffer.from(payload)]);
}

describe('a hostile message', () => {
  it('cut at any octet is answered: as an error, or as the request that it still is', async () => {
    const { dispatcher } = rig();
    for (let length = 0; length < OFFER.length; length++) {
      const { reply } = readReply(await dispatcher.handle(framed(OFFER.subarray(0, length)), PROXY));
      expect(reply['result'], `cut at ${length}`).toBe(length === OFFER.length - 1 ? 'ok' : 'error');
    }
  });

  it('with any one octet changed is answered', async () => {
    const { dispatcher } = rig();
    for (let at = 0; at < OFFER.length; at++) {
      for (const octet of [0x00, 0x20, 0x2d, 0x39, 0x3a, 0x64, 0x65, 0x69, 0x6c, 0xff]) {
        const changed = Buffer.from(OFFER);
        changed[at] = octet;
        const { reply } = readReply(await dispatcher.handle(framed(changed), PROXY));
        expect(['ok', 'error']).toContain(reply['result']);
      }
    }
  });

  it.each([
    ['nothing', '', 'Invalid data (no payload)'],
    ['another format', 'hello', 'Invalid NG data format'],
    ['an integer', 'i5e', 'Invalid NG data format'],
    ['a second space', ' d7:command4:pinge', 'Invalid NG data format'],
    ['a length of ten digits', 'd7:command10000000000:pinge', 'Could not decode bencode dictionary'],
    ['a negative length', 'd-7:command4:pinge', 'Could not decode bencode dictionary'],
    ['depth 10,000', `d1:x${'l'.repeat(10_000)}`, 'Could not decode bencode dictionary'],
    ['depth 10,000 in JSON', `{"x":${'['.repeat(10_000)}`, 'Failed to parse JSON document'],
    ['half of JSON', '{"command":"ping"', 'Failed to parse JSON document'],
    ['no command', 'd1:xi1ee', 'Dictionary contains no key "command"'],
    ['a command that is a list', 'd7:commandl4:pingee', 'Dictionary contains no key "command"'],
  ])('of %s is answered with a reason', async (_what, payload, reason) => {
    const { dispatcher } = rig();
    const octets = await dispatcher.handle(framed(payload), PROXY);
    expect(octets?.toString()).toContain(reason);
    expect(octets?.toString()).toMatch(/^k (d|\{)/);
  });

  it('with a __proto__ or twofold key harms nobody', async () => {
    const { dispatcher } = rig();
    const twofold = 'd7:command4:ping7:command5:offer9:__proto__d7:command5:offeree';
    expect(readReply(await dispatcher.handle(framed(twofold), PROXY)).reply).toEqual({ result: 'pong' });
    const json = '{"command":"ping","__proto__":{"result":"x"},"constructor":{"prototype":{"y":1}}}';
    expect((await dispatcher.handle(framed(json), PROXY))?.toString()).toBe('k {"result":"pong"}');
    expect(Object.prototype).not.toHaveProperty('result');
    expect(Object.prototype).not.toHaveProperty('y');
  });

  it('with a cookie of 0 octets or too many is dropped, of 1 and 10,000 answered', async () => {
    const { dispatcher, observer } = rig();
    const ping = 'd7:command4:pinge';
    expect(await dispatcher.handle(framed(ping, ''), PROXY)).toBeNull();
    expect(await dispatcher.handle(Buffer.from(ping), PROXY)).toBeNull();
    expect(await dispatcher.handle(Buffer.alloc(0), PROXY)).toBeNull();
    expect(await dispatcher.handle(framed(ping, 'x'.repeat(MAX_COOKIE + 1)), PROXY)).toBeNull();
    expect(observer.malformedKinds).toEqual(['unframed', 'unframed', 'unframed', 'unframed']);
    for (const cookie of ['x', 'y'.repeat(10_000), 'z'.repeat(MAX_COOKIE)]) {
      expect(readReply(await dispatcher.handle(framed(ping, cookie), PROXY)).cookie).toBe(cookie);
    }
  });

  it('of any octets is answered or dropped, and never throws', async () => {
    const { dispatcher } = rig();
    const pieces = fc.constantFrom(
      'd',
      'l',
      'e',
      'i1e',
      '4:',
      '7:command',
      '5:offer',
      '4:ping',
      '{',
      '"',
      ':',
      ',',
      '\0',
    );
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.array(pieces, { maxLength: 40 }).map((all) => Buffer.from(all.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(noise, fc.boolean(), async (bytes, withCookie) => {
        const reply = await dispatcher.handle(withCookie ? framed(bytes) : bytes, PROXY);
        if (withCookie) expect(reply?.subarray(0, 2).toString()).toBe('k ');
      }),
      { numRuns: 5000 },
    );
  });

  it('of a megabyte, or of 15,000 flags, is answered within 50 ms', async () => {
    const { dispatcher } = rig();
    const wide = { ...PROXY, room: 4 << 20 };
    const big = dictionary({ command: 'offer', 'call-id': 'c', 'from-tag': 'a', sdp: 'v=0\r\n'.repeat(200_000) });
    const flags = Array.from({ length: 15_000 }, (_, index) => `an-unknown-flag-with-quite-a-long-name-${index}`);
    const many = dictionary({ command: 'offer', 'call-id': 'c', 'from-tag': 'a', sdp: SDP, flags });
    for (const message of [big, many]) {
      const payload = encodeBencode(message);
      const times: number[] = [];
      for (const cookie of ['k1', 'k2', 'k3']) {
        const startedAt = performance.now();
        const { reply } = readReply(await dispatcher.handle(framed(payload, cookie), wide));
        times.push(performance.now() - startedAt);
        expect(reply['result']).toBe('ok');
      }
      expect(Math.min(...times)).toBeLessThan(50);
    }
  });

  it('in a flood costs a bounded number of log lines, which say how many were left out', async () => {
    const { dispatcher, log, clock } = rig();
    for (let count = 0; count < 20_000; count++) await dispatcher.handle(Buffer.from('garbage'), PROXY);
    expect(log.length).toBe(5);
    clock.now += 1000;
    await dispatcher.handle(Buffer.from('garbage'), PROXY);
    expect(log.at(-1)?.fields['suppressed']).toBe(19_995);
  });

  it('in a flood leaves no memory behind', async () => {
    const { dispatcher } = rig();
    const payload = Buffer.from('d1:x');
    for (let count = 0; count < 50_000; count++) await dispatcher.handle(framed(payload, `warm-${count}`), PROXY);
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 100_000; count++) await dispatcher.handle(framed(payload, `cookie-${count}`), PROXY);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 << 20);
  });
});
