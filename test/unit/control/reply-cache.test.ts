import { describe, expect, it } from 'vitest';
import { encodeBencode } from '../../../src/control/bencode.js';
import { okReply, type NgReply } from '../../../src/control/ng-reply.js';
import { ReplyCache } from '../../../src/control/reply-cache.js';
import { dictionary, ManualClock, PROXY, readReply, rig, SDP } from './support.js';

function offer(callId: string, cookie: string): Buffer {
  const message = dictionary({ command: 'offer', 'call-id': callId, 'from-tag': 'a', sdp: SDP });
  return Buffer.concat([Buffer.from(`${cookie} `), encodeBencode(message)]);
}

const reply = (length: number) => Promise.resolve(Buffer.alloc(length));

describe('a repeated request', () => {
  it('gets the same reply and is carried out once', async () => {
    const { dispatcher, service, observer } = rig();
    let version = 0;
    service.rewrite = (sdp) => `${sdp}a=version:${++version}\r\n`;
    const first = await dispatcher.handle(offer('c', 'k'), PROXY);
    const second = await dispatcher.handle(offer('c', 'k'), PROXY);
    expect(second).toEqual(first);
    expect(service.offers).toHaveLength(1);
    expect(observer.retransmissions).toBe(1);
    expect(observer.finished).toHaveLength(1);
  });

  it('waits for the one that is still in work', async () => {
    let finish: (value: NgReply) => void = () => undefined;
    let asked = 0;
    const handler = () => {
      asked++;
      return new Promise<NgReply>((resolve) => (finish = resolve));
    };
    const { dispatcher } = rig({ handler });
    const first = dispatcher.handle(offer('c', 'k'), PROXY);
    const second = dispatcher.handle(offer('c', 'k'), PROXY);
    finish(okReply(['done']));
    expect(readReply(await first).reply).toEqual({ result: 'ok', warning: 'done' });
    expect(await second).toEqual(await first);
    expect(asked).toBe(1);
  });

  it('under the same cookie from another proxy, or another port, gets a reply of its own', async () => {
    const { dispatcher, service } = rig();
    let key = 0;
    service.rewrite = () => `inline:key-${++key}`;
    const replies = [
      await dispatcher.handle(offer('c', 'k'), PROXY),
      await dispatcher.handle(offer('c', 'k'), { ...PROXY, address: '192.0.2.99' }),
      await dispatcher.handle(offer('c', 'k'), { ...PROXY, port: 1 }),
    ];
    expect(new Set(replies.map((octets) => octets?.toString())).size).toBe(3);
  });

  it('with the same cookie and another message is another request', async () => {
    const { dispatcher, service } = rig();
    await dispatcher.handle(offer('c1', 'k'), PROXY);
    await dispatcher.handle(offer('c2', 'k'), PROXY);
    expect(service.offers.map((request) => request.callId)).toEqual(['c1', 'c2']);
  });

  it('after a minute is a new request', async () => {
    const { dispatcher, service, clock } = rig();
    await dispatcher.handle(offer('c', 'k'), PROXY);
    clock.now += 59_999;
    await dispatcher.handle(offer('c', 'k'), PROXY);
    expect(service.offers).toHaveLength(1);
    clock.now += 1;
    await dispatcher.handle(offer('c', 'k'), PROXY);
    expect(service.offers).toHaveLength(2);
  });

  it('of an error gets the same error', async () => {
    const { dispatcher, observer } = rig();
    const message = Buffer.from('k d7:command5:offere');
    expect(await dispatcher.handle(message, PROXY)).toEqual(await dispatcher.handle(message, PROXY));
    expect(observer.finished).toHaveLength(1);
  });
});

describe('the reply cache', () => {
  it('stays within its entries and its bytes with 50,000 cookies', async () => {
    const cache = new ReplyCache(new ManualClock(), { maxEntries: 1000, maxBytes: 1 << 20 });
    for (let cookie = 0; cookie < 50_000; cookie++) cache.store('a', String(cookie), reply(1200));
    await reply(0);
    expect(cache.size).toBeLessThanOrEqual(1000);
    expect(cache.bytes).toBeLessThanOrEqual(1 << 20);
    expect(cache.find('a', '49999')).toBeDefined();
    expect(cache.find('a', '0')).toBeUndefined();
  });

  it('takes room from the address that holds most, not from its neighbour', async () => {
    const cache = new ReplyCache(new ManualClock(), { maxEntries: 100 });
    cache.store('quiet', 'k', reply(100));
    for (let cookie = 0; cookie < 5000; cookie++) cache.store('loud', String(cookie), reply(10));
    await reply(0);
    expect(cache.find('quiet', 'k')).toBeDefined();
    expect(cache.size).toBeLessThanOrEqual(100);
  });

  it('forgets the address that was silent longest when there are too many', () => {
    const cache = new ReplyCache(new ManualClock(), { maxPeers: 3 });
    for (const address of ['a', 'b', 'c', 'a', 'd']) cache.store(address, 'k', reply(1));
    expect(cache.find('b', 'k')).toBeUndefined();
    expect(cache.find('a', 'k')).toBeDefined();
    expect(cache.size).toBe(3);
  });

  it('counts back to nothing when everything has expired', async () => {
    const clock = new ManualClock();
    const cache = new ReplyCache(clock);
    for (let cookie = 0; cookie < 100; cookie++) cache.store('a', String(cookie), reply(cookie));
    await reply(0);
    clock.now += 60_000;
    expect(cache.find('a', '99')).toBeUndefined();
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it('forgets a reply that failed', async () => {
    const cache = new ReplyCache(new ManualClock());
    const failing = Promise.reject(new Error('no'));
    cache.store('a', 'k', failing);
    await failing.catch(() => undefined);
    await reply(0);
    expect(cache.find('a', 'k')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });
});
