import { describe, expect, it } from 'vitest';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import type { NegotiationContext } from '../../../src/negotiation/negotiation-context.js';
import { sameKeys } from '../../../src/negotiation/srtp-parameters.js';
import {
  ANSWERER,
  audio,
  context,
  countingKeys,
  cryptoLines,
  KEY_46,
  KEY_A,
  KEY_B,
  KEY_C,
  linesOf,
  OUTSIDE,
  parsed,
  policy,
  previousOf,
  round,
  value,
  written,
  type OptionChanges,
  type Round,
} from './support.js';

const SUITE_80 = 'AES_CM_128_HMAC_SHA1_80';
const SUITE_32 = 'AES_CM_128_HMAC_SHA1_32';
const secureOffer = (...crypto: string[]) => audio({ protocol: 'RTP/SAVP', crypto });
const secureAnswer = (...crypto: string[]) => audio({ address: ANSWERER, protocol: 'RTP/SAVP', crypto });
const A = `1 ${SUITE_80} inline:${KEY_A}`;
const B = `1 ${SUITE_80} inline:${KEY_B}`;

/** Keys never repeat between rounds. */
const makeKey = countingKeys();
const under = (options: OptionChanges = {}, changes: Partial<NegotiationContext> = {}) =>
  context(options, { makeKey, ...changes });
const first = (): Round => round(secureOffer(A), secureAnswer(B), under());
const again = (before: Round, offer: string, answer: string, options: OptionChanges = {}, swapped = false): Round =>
  round(offer, answer, under(options, { previous: previousOf(before, swapped) }));

describe('a re-offer of the same party', () => {
  it('with the same keys on both sides keeps all four parameters, by identity', () => {
    const before = first();
    const after = again(before, secureOffer(A), secureAnswer(B));
    for (const leg of ['offerer', 'answerer'] as const) {
      expect(after.answer.media[0]![leg].inbound).toBe(before.answer.media[0]![leg].inbound);
      expect(after.answer.media[0]![leg].outbound).toBe(before.answer.media[0]![leg].outbound);
    }
  });

  it('writes the same a=crypto lines again, the unused ones too', () => {
    const before = first();
    const after = again(before, secureOffer(A), secureAnswer(B));
    expect(cryptoLines(after.offerSdp)).toEqual(cryptoLines(before.offerSdp));
    expect(cryptoLines(after.answerSdp)).toEqual(cryptoLines(before.answerSdp));
  });

  it('with a new key gets a new key of ours on that leg, and none on the other', () => {
    const before = first();
    const after = again(before, secureOffer(`1 ${SUITE_80} inline:${KEY_C}`), secureAnswer(B));
    const [was, is] = [before.answer.media[0]!, after.answer.media[0]!];
    expect(sameKeys(is.offerer.inbound, was.offerer.inbound)).toBe(false);
    expect(sameKeys(is.offerer.outbound, was.offerer.outbound)).toBe(false);
    expect(is.answerer.outbound).toBe(was.answerer.outbound);
  });

  it('with another suite gets a new key of ours', () => {
    const before = first();
    const after = again(before, secureOffer(`1 ${SUITE_32} inline:${KEY_A}`), secureAnswer(B));
    expect(after.answer.media[0]?.offerer.outbound).toMatchObject({ suite: SUITE_32 });
    expect(sameKeys(after.answer.media[0]!.offerer.outbound, before.answer.media[0]!.offerer.outbound)).toBe(false);
  });

  it('that only renumbers its line keeps the keys and echoes the new tag', () => {
    const before = first();
    const after = again(before, secureOffer(`9 ${SUITE_80} inline:${KEY_A}`), secureAnswer(B));
    const [was, is] = [before.answer.media[0]!.offerer, after.answer.media[0]!.offerer];
    expect(is.inbound?.keys).toBe(was.inbound?.keys);
    expect(is.outbound?.keys).toBe(was.outbound?.keys);
    expect(cryptoLines(after.answerSdp)[0]).toMatch(/^a=crypto:9 /);
  });

  it('that still lists the key in use keeps it, though another line would be preferred', () => {
    const before = round(secureOffer(`2 ${SUITE_32} inline:${KEY_A}`), secureAnswer(B), under());
    const after = again(
      before,
      secureOffer(`1 ${SUITE_80} inline:${KEY_C}`, `2 ${SUITE_32} inline:${KEY_A}`),
      secureAnswer(B),
    );
    expect(after.answer.media[0]?.offerer.inbound).toBe(before.answer.media[0]?.offerer.inbound);
  });

  it('keeps the suite, if not the key, with SDES-static', () => {
    const before = round(
      secureOffer(`2 ${SUITE_32} inline:${KEY_A}`),
      secureAnswer(`2 ${SUITE_32} inline:${KEY_B}`),
      under(),
    );
    const offer = secureOffer(`1 ${SUITE_80} inline:${KEY_C}`, `2 ${SUITE_32} inline:${KEY_C}`);
    const after = again(before, offer, secureAnswer(`1 ${SUITE_32} inline:${KEY_B}`), { sdes: { static: true } });
    expect(after.answer.media[0]?.offerer.inbound?.suite).toBe(SUITE_32);
    expect(cryptoLines(after.offerSdp)).toHaveLength(1);
    expect(after.answer.media[0]?.answerer.outbound?.keys).toBe(before.answer.media[0]?.answerer.outbound?.keys);
    expect(again(before, offer, secureAnswer(B)).answer.media[0]?.offerer.inbound?.suite).toBe(SUITE_80);
  });

  it('that gives up protection under its old key gets a new key of ours', () => {
    const loose = { offererPolicy: policy({ allowUnencryptedSrtp: true }) };
    const before = round(secureOffer(A), secureAnswer(B), under({}, loose));
    const weaker = secureOffer(`${A} UNENCRYPTED_SRTP`);
    const after = round(weaker, secureAnswer(B), under({}, { ...loose, previous: previousOf(before) }));
    expect(after.answer.media[0]?.offerer.outbound).toMatchObject({ unencryptedSrtp: true });
    expect(sameKeys(after.answer.media[0]!.offerer.outbound, before.answer.media[0]!.offerer.outbound)).toBe(false);
  });

  it('keeps an MKI that was agreed', () => {
    const before = round(secureOffer(`${A}|1:4`), secureAnswer(B), under());
    const after = again(before, secureOffer(`${A}|1:4`), secureAnswer(B));
    expect(after.answer.media[0]?.offerer.outbound).toBe(before.answer.media[0]?.offerer.outbound);
    expect(again(before, secureOffer(A), secureAnswer(B)).answer.media[0]?.offerer.outbound?.keys[0]?.mki).toHaveLength(
      0,
    );
  });
});

describe('a re-offer of the other party', () => {
  it('lists the suite in use first where that party had brought one that we do not offer', () => {
    const brought = `3 AES_256_CM_HMAC_SHA1_80 inline:${KEY_46}`;
    const before = round(secureOffer(brought), audio({ address: ANSWERER }), under({ transportProtocol: 'RTP/AVP' }));
    const { offerSdp } = round(
      audio({ address: ANSWERER }),
      secureAnswer(`1 AES_256_CM_HMAC_SHA1_80 inline:${KEY_46}`),
      under({ transportProtocol: 'RTP/SAVP' }, { previous: previousOf(before, true) }),
    );
    const suites = cryptoLines(offerSdp).map((line) => line.split(' ')[1]);
    expect(suites).toEqual(['AES_256_CM_HMAC_SHA1_80', SUITE_80, SUITE_32]);
  });

  it('with its key unchanged keeps ours to it', () => {
    const before = first();
    const after = again(before, secureAnswer(B), secureOffer(A), {}, true);
    expect(after.answer.media[0]?.offerer.inbound).toBe(before.answer.media[0]?.answerer.inbound);
    expect(after.answer.media[0]?.offerer.outbound).toBe(before.answer.media[0]?.answerer.outbound);
    expect(after.answer.media[0]?.answerer.inbound).toBe(before.answer.media[0]?.offerer.inbound);
    expect(after.answer.media[0]?.answerer.outbound?.keys).toBe(before.answer.media[0]?.offerer.outbound?.keys);
  });

  it('offers the key in use to the first party, in its spelling', () => {
    const before = round(secureOffer(`5 aes_cm_128_hmac_sha1_80 inline:${KEY_A}`), secureAnswer(B), under());
    const after = again(before, secureAnswer(B), secureOffer(A), {}, true);
    const key = cryptoLines(before.answerSdp)[0]!.split('inline:')[1]!;
    expect(cryptoLines(after.offerSdp)[0]).toBe(`a=crypto:1 aes_cm_128_hmac_sha1_80 inline:${key}`);
  });

  it('is written in the profile that the first party speaks, though nothing says so', () => {
    const before = round(audio(), secureAnswer(B), under({ transportProtocol: 'RTP/SAVP' }), under());
    const after = again(before, secureAnswer(B), audio(), {}, true);
    expect(linesOf(after.offerSdp, 'm=')).toEqual(['m=audio 30000 RTP/AVP 0 8 101']);
    expect(linesOf(after.answerSdp, 'm=')).toEqual(['m=audio 32000 RTP/SAVP 0 8 101']);
    expect(after.answer.media[0]?.offerer.outbound).toBe(before.answer.media[0]?.answerer.outbound);
  });
});

describe('a key that was used and given up', () => {
  it('is not offered again when the suites come back', () => {
    const used = new Set<string>();
    const keyOf = (line: string): string => line.split('inline:')[1]!;
    let call = round(secureOffer(A), secureAnswer(B), under());
    const outbound = (): string =>
      keyOf(
        cryptoLines(call.offerSdp).find((line) =>
          line.startsWith(`a=crypto:${call.answer.media[0]!.answerer.outbound!.tag} `),
        )!,
      );
    for (let turn = 0; turn < 6; turn++) {
      const key = outbound();
      expect(used.has(key)).toBe(false);
      used.add(key);
      const tag = turn % 2 === 0 ? `2 ${SUITE_32}` : `1 ${SUITE_80}`;
      call = again(call, secureOffer(A), secureAnswer(`${tag} inline:${KEY_B}`));
    }
  });

  it('is not offered again after its party moved to another suite by an offer of its own', () => {
    const before = first();
    const given = before.answer.media[0]!.answerer.outbound!;
    const moved = again(before, secureAnswer(`1 ${SUITE_32} inline:${KEY_C}`), secureOffer(A), {}, true);
    expect(moved.answer.media[0]?.offerer.outbound).toMatchObject({ suite: SUITE_32 });
    const after = again(moved, secureOffer(A), secureAnswer(B), {}, true);
    expect(after.answer.media[0]?.answerer.outbound?.suite).toBe(SUITE_80);
    expect(sameKeys(after.answer.media[0]!.answerer.outbound, given)).toBe(false);
  });

  it('is not offered again after a stretch of plain RTP, or of a refused line', () => {
    const before = first();
    for (const interlude of [audio({ address: ANSWERER }), audio({ address: ANSWERER, port: 0 })]) {
      const plain = again(before, secureOffer(A), interlude, { transportProtocol: 'RTP/AVP' });
      const after = again(plain, secureOffer(A), secureAnswer(B), { transportProtocol: 'RTP/SAVP' });
      expect(sameKeys(after.answer.media[0]!.answerer.outbound, before.answer.media[0]!.answerer.outbound)).toBe(false);
    }
  });
});

describe('an offer that was not answered yet', () => {
  it('is repeated with the same lines', () => {
    const description = parsed(secureOffer(A));
    const pending = value(negotiateOffer(description, under()));
    const previous = pending.media.map(({ offerer, answerer }) => ({ offerer, answerer }));
    const repeated = value(negotiateOffer(description, under({}, { previous })));
    expect(repeated.media[0]?.answerer.offered).toEqual(pending.media[0]?.answerer.offered);
    const sdp = (outcome: typeof pending): string =>
      written(description, outcome, OUTSIDE, under().options, 'offer').sdp;
    expect(sdp(repeated)).toBe(sdp(pending));
  });

  it('leaves what is agreed with the answerer in force', () => {
    const before = first();
    const pending = value(
      negotiateOffer(parsed(secureOffer(A)), under({ transportProtocol: 'RTP/AVP' }, { previous: previousOf(before) })),
    );
    expect(pending.media[0]?.answerer.outbound).toBe(before.answer.media[0]?.answerer.outbound);
    expect(pending.media[0]?.answerer.remoteRtp).toEqual(before.answer.media[0]?.answerer.remoteRtp);
  });
});
