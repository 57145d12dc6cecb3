import { describe, expect, it } from 'vitest';
import { Admission } from '../../../src/control/admission.js';
import { FairQueue } from '../../../src/control/fair-queue.js';
import { AllowList, plainAddress } from '../../../src/control/peer-address.js';
import { ManualClock } from './support.js';

describe('the allow-list', () => {
  it.each([
    [['10.0.0.0/8', '2001:db8::/32'], '10.255.0.1', true],
    [['10.0.0.0/8', '2001:db8::/32'], '11.0.0.1', false],
    [['10.0.0.0/8', '2001:db8::/32'], '2001:db8::7', true],
    [['10.0.0.0/8', '2001:db8::/32'], '2001:db9::7', false],
    [['127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.2', false],
    [['0.0.0.0/0'], '8.8.8.8', true],
    [['0.0.0.0/0'], '::1', false],
    [[], '8.8.8.8', true],
    [['127.0.0.1'], 'nonsense', false],
  ])('%j and %s: %s', (networks, address, allowed) => {
    const list = new AllowList(networks);
    expect(list.allows(address)).toBe(allowed);
    expect(list.allows(address)).toBe(allowed);
  });

  it.each(['localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '::/129', ''])(
    'does not take %j for a network',
    (text) => {
      expect(() => new AllowList([text])).toThrow(RangeError);
    },
  );

  it('reads addresses as sockets write them', () => {
    expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(plainAddress('fe80::1%eth0')).toBe('fe80::1');
    expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
  });
});

describe('a stranger', () => {
  it('is turned away before it costs anything, and welcome when the networks change', () => {
    const admission = new Admission({ allowedPeers: ['192.0.2.0/24'], burst: 1, clock: new ManualClock() });
    expect(admission.admit('198.51.100.1')).toBe('peer-not-allowed');
    expect(admission.admit('192.0.2.1')).toBeNull();
    admission.update({ allowedPeers: ['198.51.100.0/24'], messagesPerSecond: 1, burst: 1 });
    expect(admission.admit('198.51.100.1')).toBeNull();
    expect(admission.admit('192.0.2.1')).toBe('peer-not-allowed');
  });
});

describe('the rate of a proxy', () => {
  it('is bounded by its burst, and fills up again with time', () => {
    const clock = new ManualClock();
    const admission = new Admission({ messagesPerSecond: 100, burst: 3, clock });
    const admitted = (address: string) => admission.admit(address) === null;
    expect([1, 2, 3, 4].map(() => admitted('a'))).toEqual([true, true, true, false]);
    expect(admitted('b')).toBe(true);
    clock.now += 10;
    expect([1, 2].map(() => admitted('a'))).toEqual([true, false]);
    clock.now += 3_600_000;
    expect([1, 2, 3, 4].map(() => admitted('a'))).toEqual([true, true, true, false]);
  });

  it('is kept for a bounded number of addresses', () => {
    const admission = new Admission({ messagesPerSecond: 1, burst: 1, clock: new ManualClock() });
    for (let index = 0; index < 10_000; index++) expect(admission.admit(`address-${index}`)).toBeNull();
    expect(admission.admit('address-9999')).toBe('rate-limit');
  });
});

describe('the queue', () => {
  it('keeps the order of each sender and serves the senders in turn', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.push(item.charAt(0), item, 10);
    const served = Array.from({ length: 7 }, () => queue.shift());
    expect(served).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', undefined]);
    expect(queue.isEmpty).toBe(true);
  });

  it('refuses what one sender, or all together, have too much of, and takes it again later', () => {
    const queue = new FairQueue<number>({ perSender: 1000, total: 1500 });
    expect([1, 2, 3].map((item) => queue.push('a', item, 200))).toEqual([true, true, false]);
    expect(queue.push('b', 4, 200)).toBe(true);
    expect(queue.push('c', 5, 200)).toBe(false);
    expect(queue.shift()).toBe(1);
    expect(queue.push('a', 6, 200)).toBe(true);
  });

  it('lets go of what was taken', () => {
    const queue = new FairQueue<number>();
    const taken: (number | undefined)[] = [];
    for (let index = 0; index < 100_000; index++) {
      queue.push('a', index, 100);
      if (index >= 10) taken.push(queue.shift());
    }
    expect(taken.every((item, index) => item === index)).toBe(true);
  });
});
