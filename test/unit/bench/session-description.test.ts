import { expect, it } from 'vitest';
import { readRelayedParty, writeSessionDescription } from '../../../bench/session-description.js';

const media = { address: '127.0.0.1', rtp: 28_000, rtcp: 28_003 };

it('writes a plain offer without a=crypto and a secure one with it', () => {
  const plain = writeSessionDescription({ media, crypto: null }, 1);
  const secure = writeSessionDescription({ media, crypto: { suite: 'AES_CM_128_HMAC_SHA1_32', keySalt: 'AAAA' } }, 3);
  expect(plain).toContain('m=audio 28000 RTP/AVP 0\r\n');
  expect(plain).not.toContain('crypto');
  expect(secure).toContain('m=audio 28000 RTP/SAVP 0\r\n');
  expect(secure).toContain('a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:AAAA\r\n');
});

const relayed = [
  'v=0',
  'c=IN IP4 127.0.0.1',
  'm=audio 30000 RTP/SAVP 0',
  'a=crypto:1 AEAD_AES_256_GCM inline:QUFB',
  'a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:QkJC',
  '',
].join('\r\n');

it("picks the wanted suite among the relay's lines, with its tag", () => {
  expect(readRelayedParty(relayed, 'AES_CM_128_HMAC_SHA1_80')).toEqual({
    relay: { address: '127.0.0.1', rtp: 30_000, rtcp: 30_001 },
    crypto: { suite: 'AES_CM_128_HMAC_SHA1_80', keySalt: 'QkJC' },
    tag: 2,
  });
});

it('takes the RTCP port from a=rtcp when there is one', () => {
  expect(readRelayedParty(`${relayed}a=rtcp:31000\r\n`, null).relay.rtcp).toBe(31_000);
});

it('throws when the relay offers no line with the suite', () => {
  expect(() => readRelayedParty(relayed, 'AES_CM_128_HMAC_SHA1_32')).toThrow('no a=crypto');
});
