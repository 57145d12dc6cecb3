import { describe, expect, it } from 'vitest';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import type { SecurePolicy } from '../../../src/negotiation/policy.js';
import {
  ANSWERER,
  audio,
  context,
  cryptoLines,
  KEY_A,
  KEY_B,
  linesOf,
  parsed,
  policy,
  previousOf,
  round,
  value,
  type OptionChanges,
} from './support.js';

const LINE = `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`;
const opportunistic = audio({ crypto: [LINE] });
const accept = { osrtp: { offer: false, accept: true } };
const offer = { osrtp: { offer: true, accept: false } };

describe('an RTP/AVP offer with a=crypto (RFC 8643)', () => {
  it.each<[string, OptionChanges, SecurePolicy, boolean]>([
    ['is plain without OSRTP', {}, 'as-signalled', false],
    ['is secured with OSRTP-accept', accept, 'as-signalled', true],
    ['is secured with SDES-prefer', { sdes: { prefer: true } }, 'as-signalled', true],
    ['is secured by policy preferred', {}, 'preferred', true],
    ['is secured by policy required', {}, 'required', true],
    ['stays plain by policy off', accept, 'off', false],
  ])('%s', (_, options, secure, secured) => {
    const call = round(
      opportunistic,
      audio({ address: ANSWERER }),
      context({ transportProtocol: 'RTP/AVP', ...options }, { offererPolicy: policy({ secure }) }),
    );
    expect(linesOf(call.answerSdp, 'm=')).toEqual(['m=audio 32000 RTP/AVP 0 8 101']);
    expect(cryptoLines(call.answerSdp)).toHaveLength(secured ? 1 : 0);
    expect(call.offer.media[0]?.offerer.inbound?.suite ?? null).toBe(secured ? 'AES_CM_128_HMAC_SHA1_80' : null);
    expect(cryptoLines(call.offerSdp)).toEqual([]);
    expect(call.offer.notes).toContainEqual(
      secured
        ? { kind: 'osrtp_used', media: 0, leg: 'offerer' }
        : { kind: 'lines_ignored', media: 0, leg: 'offerer', reason: 'plain_transport', count: 1 },
    );
  });

  it('falls back to plain RTP when no line can be used', () => {
    const call = round(
      audio({ crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:AAAA`] }),
      audio({ address: ANSWERER }),
      context(accept),
    );
    expect(call.offer.media[0]?.offerer.outbound).toBeNull();
    expect(call.offer.notes).toEqual([
      { kind: 'lines_ignored', media: 0, leg: 'offerer', reason: 'key_length', count: 1 },
    ]);
    expect(cryptoLines(call.answerSdp)).toEqual([]);
  });

  it('once secured stays so in a re-offer, though the proxy does not repeat itself', () => {
    const before = round(opportunistic, audio({ address: ANSWERER }), context(accept));
    const after = round(opportunistic, audio({ address: ANSWERER }), context({}, { previous: previousOf(before) }));
    expect(after.answer.media[0]?.offerer.outbound).toBe(before.answer.media[0]?.offerer.outbound);
  });
});

describe('an opportunistic offer of ours', () => {
  it('is RTP/AVP with our lines', () => {
    const call = round(audio(), audio({ address: ANSWERER }), context(offer));
    expect(linesOf(call.offerSdp, 'm=')).toEqual(['m=audio 30000 RTP/AVP 0 8 101']);
    expect(cryptoLines(call.offerSdp)).toHaveLength(2);
  });

  it('answered without a=crypto leaves plain RTP', () => {
    const call = round(audio(), audio({ address: ANSWERER }), context(offer));
    expect(call.answer.media[0]?.answerer).toMatchObject({ inbound: null, outbound: null });
  });

  it('answered with a=crypto is secure, in RTP/AVP or RTP/SAVP', () => {
    for (const protocol of ['RTP/AVP', 'RTP/SAVP']) {
      const call = round(
        audio(),
        audio({ address: ANSWERER, protocol, crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`] }),
        context(offer),
      );
      expect(call.answer.media[0]?.answerer.inbound?.suite).toBe('AES_CM_128_HMAC_SHA1_80');
      expect(call.answer.notes.some(({ kind }) => kind === 'osrtp_used')).toBe(protocol === 'RTP/AVP');
      expect(linesOf(call.answerSdp, 'm=')).toEqual(['m=audio 32000 RTP/AVP 0 8 101']);
    }
  });

  it('is what policy preferred makes of a plain call, unless the proxy names a profile', () => {
    const answererPolicy = policy({ secure: 'preferred' });
    const answer = audio({ address: ANSWERER });
    expect(cryptoLines(round(audio(), answer, context({}, { answererPolicy })).offerSdp)).toHaveLength(2);
    expect(
      cryptoLines(round(audio(), answer, context({ transportProtocol: 'RTP/AVP' }, { answererPolicy })).offerSdp),
    ).toEqual([]);
  });

  it('is not made where SDES or the policy is off', () => {
    const answer = audio({ address: ANSWERER });
    expect(cryptoLines(round(audio(), answer, context({ ...offer, sdes: { off: true } })).offerSdp)).toEqual([]);
    expect(
      cryptoLines(round(audio(), answer, context(offer, { answererPolicy: policy({ secure: 'off' }) })).offerSdp),
    ).toEqual([]);
  });

  it('that was accepted is made again when the other party offers', () => {
    const secured = audio({ address: ANSWERER, crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`] });
    const before = round(audio(), secured, context(offer));
    const after = round(audio(), secured, context({}, { previous: previousOf(before) }));
    expect(after.answer.media[0]?.answerer.outbound).toBe(before.answer.media[0]?.answerer.outbound);
  });
});

describe('two m= lines for one stream', () => {
  const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n';
  const plain = 'm=audio 4000 RTP/AVP 0\r\n';
  const secure = `m=audio 4002 RTP/SAVP 0\r\na=crypto:${LINE}\r\n`;
  const outcome = (text: string, options: OptionChanges = {}, secureWord: SecurePolicy = 'as-signalled') =>
    value(negotiateOffer(parsed(text), context(options, { offererPolicy: policy({ secure: secureWord }) })));
  const kinds = (text: string, ...rest: [OptionChanges?, SecurePolicy?]) =>
    outcome(text, ...rest).media.map(({ kind }) => kind);

  it.each([
    ['plain first', plain + secure, ['rejected', 'rtp']],
    ['secure first', secure + plain, ['rtp', 'rejected']],
  ])('are taken for one, secure, %s', (_, sections, expected) => {
    expect(kinds(head + sections)).toEqual(expected);
    expect(outcome(head + sections).notes).toContainEqual({
      kind: 'best_effort_pair',
      media: expected.indexOf('rtp'),
      dropped: expected.indexOf('rejected'),
    });
  });

  it('are taken plain when the secure one cannot be used, or may not', () => {
    expect(kinds(`${head}${plain}m=audio 4002 RTP/SAVP 0\r\na=crypto:1 x\r\n`)).toEqual(['rtp', 'rejected']);
    expect(kinds(head + plain + secure, {}, 'off')).toEqual(['rtp', 'rejected']);
  });

  it('are refused when the policy requires what neither gives', () => {
    const text = `${head}${plain}m=audio 4002 RTP/SAVP 0\r\na=crypto:1 x\r\n`;
    expect(negotiateOffer(parsed(text), context({}, { offererPolicy: policy({ secure: 'required' }) })).ok).toBe(false);
  });

  it.each([
    ['told apart by mid', plain + 'a=mid:1\r\n' + secure + 'a=mid:2\r\n'],
    ['told apart by content', plain + 'a=content:main\r\n' + secure],
    ['told apart by label', plain + secure + 'a=label:2\r\n'],
    ['of different types', plain + secure.replace('m=audio', 'm=video')],
    ['both secure', secure + secure],
    ['of which one is not RTP', `m=audio 4000 udptl t38\r\n${secure}`],
  ])('%s are two streams', (_, sections) => {
    expect(kinds(head + sections)).not.toContain('rejected');
  });

  it('go on with one m= line in use, the other refused, in both directions', () => {
    const answer = `${head}m=audio 0 RTP/AVP 0\r\nm=audio 5000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}\r\n`;
    const call = round(head + plain + secure, answer);
    expect(linesOf(call.offerSdp, 'm=')).toEqual(['m=audio 0 RTP/AVP 0', 'm=audio 30002 RTP/SAVP 0']);
    expect(linesOf(call.answerSdp, 'm=')).toEqual(['m=audio 0 RTP/AVP 0', 'm=audio 32002 RTP/SAVP 0']);
  });

  it('that were settled leave the line after them alone, also when they come again', () => {
    const settled = plain.replace('4000', '0') + secure + plain;
    expect(kinds(head + settled)).toEqual(['rejected', 'rtp', 'rtp']);
  });

  it('three in a row are a pair and one more', () => {
    expect(kinds(head + plain + secure + plain)).toEqual(['rejected', 'rtp', 'rtp']);
  });
});
