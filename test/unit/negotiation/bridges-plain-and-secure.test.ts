import { describe, expect, it } from 'vitest';
import { ANSWERER, audio, context, cryptoLines, KEY_A, KEY_B, KEY_C, linesOf, round } from './support.js';

const toSecure = context({ transportProtocol: 'RTP/SAVP' });
const toPlain = context({ transportProtocol: 'RTP/AVP' });

describe('a plain offer toward a secure answerer', () => {
  const secureAnswer = audio({
    address: ANSWERER,
    protocol: 'RTP/SAVP',
    crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`],
  });
  const call = round(audio(), secureAnswer, toSecure, context({ transportProtocol: 'RTP/AVP' }));

  it('becomes one RTP/SAVP line with our keys in the order of the policy', () => {
    expect(linesOf(call.offerSdp, 'm=')).toEqual(['m=audio 30000 RTP/SAVP 0 8 101']);
    expect(cryptoLines(call.offerSdp).map((line) => line.split(' inline:')[0])).toEqual([
      'a=crypto:1 AES_CM_128_HMAC_SHA1_80',
      'a=crypto:2 AES_CM_128_HMAC_SHA1_32',
    ]);
  });

  it('is answered as RTP/AVP without any a=crypto', () => {
    expect(linesOf(call.answerSdp, 'm=')).toEqual(['m=audio 32000 RTP/AVP 0 8 101']);
    expect(cryptoLines(call.answerSdp)).toEqual([]);
  });

  it('keys the secure leg and leaves the plain one without keys', () => {
    const [media] = call.answer.media;
    expect(media?.offerer).toMatchObject({ inbound: null, outbound: null, protocol: 'RTP/AVP' });
    expect(media?.answerer.inbound?.suite).toBe('AES_CM_128_HMAC_SHA1_80');
    expect(media?.answerer.outbound).toBe(media?.answerer.offered[0]);
  });

  it('learns where both parties want RTP and RTCP', () => {
    const [media] = call.answer.media;
    expect(media?.offerer.remoteRtp).toEqual({ family: 'IP4', address: '192.0.2.10', port: 49_170 });
    expect(media?.offerer.remoteRtcp).toEqual({ family: 'IP4', address: '192.0.2.10', port: 49_171 });
    expect(media?.answerer.remoteRtp).toEqual({ family: 'IP4', address: ANSWERER, port: 49_170 });
  });
});

describe('a secure offer toward a plain answerer', () => {
  const crypto = [`7 AES_CM_128_HMAC_SHA1_32 inline:${KEY_A}|2^31`, `9 aes_cm_128_hmac_sha1_80 inline:${KEY_B}|2^31`];
  const call = round(audio({ protocol: 'RTP/SAVP', crypto }), audio({ address: ANSWERER }), toPlain, toPlain);

  it('goes out as RTP/AVP without a key', () => {
    expect(linesOf(call.offerSdp, 'm=')).toEqual(['m=audio 30000 RTP/AVP 0 8 101']);
    expect(call.offerSdp).not.toContain('inline:');
  });

  it('is answered as RTP/SAVP with exactly one line: the tag and spelling offered, a key of our own', () => {
    expect(linesOf(call.answerSdp, 'm=')).toEqual(['m=audio 32000 RTP/SAVP 0 8 101']);
    const lines = cryptoLines(call.answerSdp);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^a=crypto:9 aes_cm_128_hmac_sha1_80 inline:[A-Za-z0-9+/]{40}$/);
    expect(call.answerSdp).not.toContain(KEY_B);
  });

  it('says that the proxy asked in vain for a plain answer', () => {
    expect(call.answer.warnings).toEqual([
      'm-line 1 (audio): transport-protocol RTP/AVP ignored: the offerer offered RTP/SAVP',
    ]);
  });
});

describe('SRTP on both sides', () => {
  it('gives each side keys of its own and lets none of the other through', () => {
    const offer = audio({ protocol: 'RTP/SAVP', crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`] });
    const answer = audio({
      address: ANSWERER,
      protocol: 'RTP/SAVP',
      crypto: [`2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_C}`],
    });
    const call = round(offer, answer);
    const texts = call.offerSdp + call.answerSdp;
    expect(texts).not.toContain(KEY_A);
    expect(texts).not.toContain(KEY_C);
    const keys = [...cryptoLines(call.offerSdp), ...cryptoLines(call.answerSdp)].map(
      (line) => line.split('inline:')[1],
    );
    expect(new Set(keys).size).toBe(3);
    expect(call.answer.media[0]?.answerer.outbound?.suite).toBe('AES_CM_128_HMAC_SHA1_32');
    expect(call.answer.media[0]?.offerer.outbound?.suite).toBe('AES_CM_128_HMAC_SHA1_80');
  });
});
