import { describe, expect, it } from 'vitest';
import { negotiateAnswer } from '../../../src/negotiation/negotiate-answer.js';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import {
  ANSWERER,
  audio,
  context,
  cryptoLines,
  KEY_A,
  KEY_B,
  KEY_C,
  linesOf,
  parsed,
  policy,
  previousOf,
  round,
  value,
} from './support.js';

const toSecure = context({ transportProtocol: 'RTP/SAVP' });
const secure = (crypto: readonly string[]) => audio({ address: ANSWERER, protocol: 'RTP/SAVP', crypto });
const answered = (crypto: readonly string[], under = toSecure) => round(audio(), secure(crypto), under, context());

describe('an answer with one line', () => {
  it('picks our line by its tag', () => {
    const { answer } = answered([`2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_B}`]);
    expect(answer.media[0]?.answerer.outbound).toMatchObject({ tag: 2, suite: 'AES_CM_128_HMAC_SHA1_32' });
    expect(answer.notes).toEqual([
      { kind: 'suite_chosen', media: 0, leg: 'answerer', suite: 'AES_CM_128_HMAC_SHA1_32' },
    ]);
  });

  it('may say the lifetime that it wants for its own key', () => {
    expect(answered([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}|2^20`]).answer.media[0]?.answerer).toMatchObject({
      inbound: { lifetime: 2 ** 20 },
      outbound: { lifetime: null },
    });
  });

  it('may use an MKI; ours stays without', () => {
    const leg = answered([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}|2^31|1:1`]).answer.media[0]!.answerer;
    expect([...leg.inbound!.keys[0]!.mki]).toEqual([1]);
    expect(leg.outbound!.keys[0]!.mki).toHaveLength(0);
  });
});

describe('an answer that renumbers the tag', () => {
  it.each([
    ['a tag that we did not offer', `7 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`, { offered: 1, answered: 7 }],
    ['the tag of our other suite', `1 AES_CM_128_HMAC_SHA1_32 inline:${KEY_B}`, { offered: 2, answered: 1 }],
  ])('to %s is paired by suite and noted', (_, line, tags) => {
    const { answer } = answered([line]);
    expect(answer.notes).toContainEqual({ kind: 'tag_mismatch', media: 0, ...tags });
    expect(answer.media[0]?.answerer.outbound?.tag).toBe(tags.offered);
  });
});

describe('an answer with several lines', () => {
  const teams = [
    'a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:fBc61ikv1kMy0sF85DblNqTzVAbFa7hJQ9GKb6Yj|2^31|1:1',
    'a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:O1qT9tWbs/NwJVwhfrgF5tCrbNOxnVDqkIqTx4rz|2^31',
  ].map((line) => line.slice('a=crypto:'.length));

  it('as Teams sends is used by its first usable line, and counted', () => {
    const { answer } = answered(teams);
    const leg = answer.media[0]!.answerer;
    expect(leg.inbound).toMatchObject({ tag: 2, suite: 'AES_CM_128_HMAC_SHA1_80', lifetime: 2 ** 31 });
    expect(leg.outbound).toMatchObject({ tag: 1 });
    expect(answer.notes).toContainEqual({ kind: 'several_lines_answered', media: 0, count: 2 });
    expect(answer.notes).toContainEqual({ kind: 'tag_mismatch', media: 0, offered: 1, answered: 2 });
  });

  it('skips those that cannot be used', () => {
    const { answer } = answered([`1 AES_CM_128_HMAC_SHA1_80 inline:AAAA`, `2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_C}`]);
    expect(answer.media[0]?.answerer.inbound?.suite).toBe('AES_CM_128_HMAC_SHA1_32');
    expect(answer.notes).toContainEqual({
      kind: 'lines_ignored',
      media: 0,
      leg: 'answerer',
      reason: 'key_length',
      count: 1,
    });
  });
});

describe('an answer in another profile', () => {
  it('may differ in feedback from what was offered', () => {
    const call = round(
      audio(),
      secure([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`]).replace('RTP/SAVP', 'RTP/SAVPF'),
      toSecure,
      context(),
    );
    expect(call.answer.media[0]?.answerer.inbound?.suite).toBe('AES_CM_128_HMAC_SHA1_80');
    expect(linesOf(call.answerSdp, 'm=')).toEqual(['m=audio 32000 RTP/AVP 0 8 101']);
  });

  it('with a=crypto to a plain offer is plain, the lines counted and dropped', () => {
    const call = round(audio(), audio({ address: ANSWERER, crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`] }));
    expect(call.answer.media[0]?.answerer.inbound).toBeNull();
    expect(call.answer.notes).toEqual([
      { kind: 'lines_ignored', media: 0, leg: 'answerer', reason: 'plain_transport', count: 1 },
    ]);
    expect(cryptoLines(call.answerSdp)).toEqual([]);
  });
});

describe('a second answer to the same offer', () => {
  const offer = value(negotiateOffer(parsed(audio()), toSecure));
  const answerWith = (line: string, before?: ReturnType<typeof first>) =>
    value(
      negotiateAnswer(
        parsed(secure([line])),
        before?.media ?? offer.media,
        context({}, before === undefined ? {} : { previous: previousOf({ answer: before }) }),
      ),
    );
  const first = () =>
    value(negotiateAnswer(parsed(secure([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`])), offer.media, context()));

  it('that says the same changes nothing: the very same parameters', () => {
    const early = first();
    const final = answerWith(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`, early);
    expect(final.media[0]?.answerer.inbound).toBe(early.media[0]?.answerer.inbound);
    expect(final.media[0]?.answerer.outbound).toBe(early.media[0]?.answerer.outbound);
  });

  it('with another key changes the inbound side only', () => {
    const early = first();
    const final = answerWith(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_C}`, early);
    expect(final.media[0]?.answerer.inbound).not.toBe(early.media[0]?.answerer.inbound);
    expect(final.media[0]?.answerer.outbound).toBe(early.media[0]?.answerer.outbound);
  });

  it('that moves to our other line never comes back to a key that was used', () => {
    const early = first();
    const moved = answerWith(`2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_C}`, early);
    expect(moved.media[0]?.answerer.outbound?.tag).toBe(2);
    const back = negotiateAnswer(
      parsed(secure([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`])),
      moved.media,
      context({}, { previous: previousOf({ answer: moved }) }),
    );
    expect(back.ok).toBe(false);
  });
});

describe('the lines of an answer', () => {
  const two = `${audio()}m=video 5000 RTP/AVP 31\r\n`;

  it('that are fewer than offered leave the rest refused', () => {
    const call = round(two, audio({ address: ANSWERER }));
    expect(call.answer.media.map(({ kind }) => kind)).toEqual(['rtp', 'rejected']);
    expect(call.answer.warnings).toEqual(['m-line 2 (video): not in the answer']);
  });

  it('with port 0 are refused, and stay so toward the offerer', () => {
    const call = round(two, `${audio({ address: ANSWERER })}m=video 0 RTP/AVP 31\r\n`);
    expect(call.answer.media[1]?.kind).toBe('rejected');
    expect(linesOf(call.answerSdp, 'm=video')).toEqual(['m=video 0 RTP/AVP 31']);
  });

  it('that answer a refused line are refused all the same', () => {
    const call = round(
      `${audio()}m=video 0 RTP/AVP 31\r\n`,
      `${audio({ address: ANSWERER })}m=video 5000 RTP/AVP 31\r\n`,
    );
    expect(linesOf(call.answerSdp, 'm=video')).toEqual(['m=video 0 RTP/AVP 31']);
    expect(call.answer.warnings).toEqual(['m-line 2 (video): answered although it was refused']);
  });

  it('refused by the answerer show the offerer its own profile', () => {
    const offer = audio({ protocol: 'RTP/SAVP', crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`] });
    const call = round(offer, audio({ address: ANSWERER, port: 0 }), context({ transportProtocol: 'RTP/AVP' }));
    expect(linesOf(call.answerSdp, 'm=')).toEqual(['m=audio 0 RTP/SAVP 0 8 101']);
    expect(cryptoLines(call.answerSdp)).toEqual([]);
  });

  it('give the payload types of telephone events of both sides', () => {
    const call = round(audio(), audio({ address: ANSWERER, attributes: ['rtpmap:8 telephone-event/8000'] }));
    expect(call.answer.media[0]?.dtmfPayloadTypes).toEqual([101, 8]);
  });

  it('give each of them once, however often a body lists it: native code takes 128 at most', () => {
    const repeating = (body: string) => body.replace(' 0 8 101', ` 0 8${' 101'.repeat(200)}`);
    const call = round(repeating(audio()), repeating(audio({ address: ANSWERER })));
    expect(call.answer.media[0]?.dtmfPayloadTypes).toEqual([101]);
  });
});

describe('policy on the answering side', () => {
  it('announces a lifetime to the offerer when asked, with the offer or with the answer, under the same key', () => {
    const offer = audio({ protocol: 'RTP/SAVP', crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`] });
    const answer = audio({ address: ANSWERER });
    const [without, asked] = [
      context({ transportProtocol: 'RTP/AVP' }),
      context({ transportProtocol: 'RTP/AVP', sdes: { lifetime: true } }),
    ];
    expect(cryptoLines(round(offer, answer, without, without).answerSdp)[0]).not.toContain('|');
    expect(cryptoLines(round(offer, answer, asked, without).answerSdp)[0]).toMatch(/\|2\^31$/);
    const late = round(offer, answer, without, asked);
    expect(cryptoLines(late.answerSdp)[0]).toMatch(/\|2\^31$/);
    expect(late.answer.media[0]?.offerer.outbound?.keys).toBe(late.offer.media[0]?.offerer.outbound?.keys);
  });

  it('writes with the padding that the offerer wants', () => {
    const crypto = [`1 AES_256_CM_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ`];
    const offer = audio({ protocol: 'RTP/SAVP', crypto });
    const under = (writePadding: boolean) =>
      context({ transportProtocol: 'RTP/AVP' }, { offererPolicy: policy({ writePadding }) });
    expect(cryptoLines(round(offer, audio({ address: ANSWERER }), under(true)).answerSdp)[0]).toMatch(/==$/);
    expect(cryptoLines(round(offer, audio({ address: ANSWERER }), under(false)).answerSdp)[0]).not.toMatch(/=$/);
  });
});
