import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isAddressOf, isIp4, isIp6, isZeroAddress, zeroAddress } from '../../../src/sdp/address.js';

describe('address literals', () => {
  it.each(['0.0.0.0', '192.0.2.1', '255.255.255.255'])('takes %s for IPv4', (text) => {
    expect(isIp4(text)).toBe(true);
    expect(isAddressOf('IP4', text)).toBe(true);
    expect(isAddressOf('IP6', text)).toBe(false);
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', 'a.b.c.d', '1..2.3', '192.0.2.1/127'])(
    'refuses %j as IPv4',
    (text) => {
      expect(isIp4(text)).toBe(false);
    },
  );

  it.each(['::', '::1', '2001:db8::1', '2001:DB8:0:0:0:0:0:1', '::ffff:192.0.2.1', '1:2:3:4:5:6:192.0.2.1', '1::'])(
    'takes %s for IPv6',
    (text) => {
      expect(isIp6(text)).toBe(true);
    },
  );

  it.each([
    '',
    ':',
    ':::',
    '1:2',
    '1::2::3',
    '12345::',
    '::1%eth0',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:192.0.2.1',
    '192.0.2.1::',
    'g::',
    '[::1]',
  ])('refuses %j as IPv6', (text) => {
    expect(isIp6(text)).toBe(false);
  });

  it('agrees with Node on every generated address, and on what is nearly one', () => {
    const mutilated = fc
      .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(50), fc.constantFrom('', ':', '.', '0', 'f', '::'))
      .map(([address, at, piece]) => address.slice(0, at) + piece + address.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), mutilated), (text) => {
        expect(isIp4(text)).toBe(isIPv4(text));
        expect(isIp6(text)).toBe(isIPv6(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('knows "do not send to me" in every spelling', () => {
    for (const text of [
      '0.0.0.0',
      '::',
      '0::0',
      '0:0:0:0:0:0:0:0',
      '::0.0.0.0',
      zeroAddress('IP4'),
      zeroAddress('IP6'),
    ])
      expect(isZeroAddress(text)).toBe(true);
    for (const text of ['0.0.0.1', '::1', '', 'zero', '0']) expect(isZeroAddress(text)).toBe(false);
  });
});
