import { describe, expect, it } from 'vitest';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import type { NegotiationContext } from '../../../src/negotiation/negotiation-context.js';
import {
  ANSWERER,
  audio,
  context,
  cryptoLines,
  KEY_44,
  KEY_46,
  KEY_A,
  KEY_B,
  offerError,
  parsed,
  policy,
  round,
  value,
} from './support.js';

const savp = (crypto: readonly string[]): string => audio({ protocol: 'RTP/SAVP', crypto });
const negotiated = (crypto: readonly string[], under: NegotiationContext = context()) =>
  value(negotiateOffer(parsed(savp(crypto)), under));
const chosen = (crypto: readonly string[], under?: NegotiationContext) =>
  negotiated(crypto, under).media[0]!.offerer.inbound!;
const reasons = (crypto: readonly string[], under?: NegotiationContext) =>
  negotiated(crypto, under).notes.flatMap((note) => (note.kind === 'lines_ignored' ? [[note.reason, note.count]] : []));

const GOOD = `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`;

describe('the choice among the lines of an offer', () => {
  const both = [`1 AES_CM_128_HMAC_SHA1_32 inline:${KEY_A}`, `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`];

  it('follows the order of the policy', () => {
    expect(chosen(both).tag).toBe(2);
    expect(
      chosen(
        both,
        context(
          {},
          { offererPolicy: policy({ acceptedSuites: ['AES_CM_128_HMAC_SHA1_32', 'AES_CM_128_HMAC_SHA1_80'] }) },
        ),
      ).tag,
    ).toBe(1);
  });

  it("follows the offerer's order when so configured", () => {
    expect(chosen(both, context({}, { offererPolicy: policy({ followOffererOrder: true }) })).tag).toBe(1);
  });

  it('follows offerer_pref before both, as far as it goes', () => {
    const preference = context({ sdes: { offererPreference: ['AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_32'] } });
    expect(chosen(both, preference).tag).toBe(1);
    expect(chosen([both[1]!], preference).tag).toBe(2);
  });

  it('leaves out what SDES-no names, and takes what SDES-only names first', () => {
    const no = context({ sdes: { excluded: new Set(['AES_CM_128_HMAC_SHA1_80'] as const) } });
    expect(chosen(both, no).tag).toBe(1);
    expect(JSON.stringify(offerError(savp([both[1]!]), no))).toContain('allowed: AES_CM_128_HMAC_SHA1_32');
    const only = context({ sdes: { only: new Set(['AES_CM_128_HMAC_SHA1_32'] as const) } });
    expect(chosen(both, only).tag).toBe(1);
    expect(chosen([both[1]!], only).tag).toBe(2);
  });

  it('takes the first of two lines of one suite', () => {
    expect(chosen([`3 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`, GOOD]).tag).toBe(3);
  });

  it('is said in a note, with the suite and the leg', () => {
    expect(negotiated(both).notes).toContainEqual({
      kind: 'suite_chosen',
      media: 0,
      leg: 'offerer',
      suite: 'AES_CM_128_HMAC_SHA1_80',
    });
  });

  it.each([
    ['AES_256_CM_HMAC_SHA1_80', KEY_46],
    ['AES_CM_256_HMAC_SHA1_32', KEY_46],
    ['AEAD_AES_256_GCM', KEY_44],
    ['AEAD_AES_128_GCM', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw=='],
    ['AES_192_CM_HMAC_SHA1_80', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCU='],
    ['Aes_Cm_128_Hmac_Sha1_80', KEY_A],
  ])('accepts %s and echoes the spelling', (suite, key) => {
    const call = round(
      savp([`5 ${suite} inline:${key}`]),
      audio({ address: ANSWERER }),
      context({ transportProtocol: 'RTP/AVP' }),
    );
    expect(cryptoLines(call.answerSdp)).toHaveLength(1);
    expect(cryptoLines(call.answerSdp)[0]).toMatch(new RegExp(`^a=crypto:5 ${suite} inline:`));
  });
});

describe('a line that cannot be used', () => {
  it.each([
    ['syntax', '2 AES_CM_128_HMAC_SHA1_80'],
    ['tag', `x AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`],
    ['duplicate_tag', `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`],
    ['suite_name', `2 inline:${KEY_B}`],
    ['suite_unknown', `2 AES_512_XTS inline:${KEY_B}`],
    ['suite_not_supported', `2 AEAD_AES_256_GCM_8 inline:${KEY_44}`],
    ['suite_not_supported', `2 F8_128_HMAC_SHA1_80 inline:${KEY_B}`],
    ['suite_not_supported', `2 NULL_HMAC_SHA1_80 inline:${KEY_B}`],
    ['suite_not_supported', `2 AES_CM_128_NULL_AUTH inline:${KEY_B}`],
    ['key_method', `2 AES_CM_128_HMAC_SHA1_80 uri:${KEY_B}`],
    ['key_base64', '2 AES_CM_128_HMAC_SHA1_80 inline:!'],
    ['key_length', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B.slice(0, 38)}`],
    ['key_length', `2 AES_256_CM_HMAC_SHA1_80 inline:${KEY_B}`],
    ['key_length', `2 AEAD_AES_128_GCM inline:${KEY_B}`],
    ['lifetime', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}|2^49`],
    ['mki', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}|1:129`],
    ['kdr', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B} KDR=4`],
    ['fec', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B} FEC_ORDER=FEC_SRTP`],
    ['fec', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B} FEC_KEY=inline:${KEY_B}`],
    ['session_parameter', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B} WSH=63`],
    ['unknown_parameter', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B} OPT`],
    ['unencrypted_srtp', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B} UNENCRYPTED_SRTP`],
    ['unencrypted_srtcp', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B} UNENCRYPTED_SRTCP`],
    ['unauthenticated_srtp', `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B} UNAUTHENTICATED_SRTP`],
  ])('is counted as %s and leaves the others in force', (reason, line) => {
    expect(chosen([GOOD, line]).tag).toBe(1);
    expect(reasons([GOOD, line])).toEqual([[reason, 1]]);
  });

  it('by policy is counted as not allowed, and by the build as not usable', () => {
    const line = `2 AES_256_CM_HMAC_SHA1_80 inline:${KEY_46}`;
    expect(
      reasons([GOOD, line], context({}, { offererPolicy: policy({ acceptedSuites: ['AES_CM_128_HMAC_SHA1_80'] }) })),
    ).toEqual([['suite_not_allowed', 1]]);
    expect(reasons([GOOD, line], context({}, { usableSuites: new Set(['AES_CM_128_HMAC_SHA1_80']) }))).toEqual([
      ['suite_not_usable', 1],
    ]);
  });

  it('is counted once a reason, with how many', () => {
    expect(reasons([GOOD, 'x', 'y', `2 AEAD_AES_256_GCM_8 inline:${KEY_44}`])).toEqual([
      ['tag', 2],
      ['suite_not_supported', 1],
    ]);
  });

  it('beyond the sixty-fourth is not looked at', () => {
    const many = Array.from({ length: 64 }, (_, index) => `${index + 1} AEAD_AES_256_GCM_8 inline:${KEY_44}`);
    const late = `99 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`;
    expect(chosen([...many.slice(1), late]).tag).toBe(99);
    expect(offerError(savp([...many, late])).notes).toContainEqual({
      kind: 'lines_ignored',
      media: 0,
      leg: 'offerer',
      reason: 'line_count',
      count: 1,
    });
  });

  it('keeps its tag from later lines even though it is unusable', () => {
    const detail = offerError(savp([`1 AEAD_AES_256_GCM_8 inline:${KEY_44}`, GOOD])).detail;
    expect(detail).toContain('tag 1 AES_CM_128_HMAC_SHA1_80: an earlier line has the same tag');
  });
});

describe('session parameters that do no harm', () => {
  it('are read: window size hint, lifetime, KDR=0, extensions with a dash', () => {
    const parameters = chosen([`${GOOD}|2^20 WSH=1024 KDR=0 -OPT`]);
    expect(parameters).toMatchObject({ lifetime: 2 ** 20, windowSizeHint: 1_024 });
  });

  it('do not ask for more memory than there is', () => {
    expect(chosen([`${GOOD} WSH=999999999`]).windowSizeHint).toBe(32_768);
  });

  it('count the shortest lifetime of several keys', () => {
    expect(chosen([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}|2^30|1:4;inline:${KEY_B}|2^20|2:4`])).toMatchObject({
      lifetime: 2 ** 20,
    });
  });

  it('that weaken protection are used where the policy says so, and echoed (RFC 4568 §6.3)', () => {
    const loose = policy({ allowUnencryptedSrtp: true, allowUnencryptedSrtcp: true, allowUnauthenticatedSrtp: true });
    const line = `${GOOD} UNENCRYPTED_SRTP UNENCRYPTED_SRTCP UNAUTHENTICATED_SRTP`;
    const call = round(
      savp([line]),
      audio({ address: ANSWERER }),
      context({ transportProtocol: 'RTP/AVP' }, { offererPolicy: loose }),
    );
    expect(cryptoLines(call.answerSdp)[0]).toMatch(
      /inline:\S+ UNENCRYPTED_SRTP UNENCRYPTED_SRTCP UNAUTHENTICATED_SRTP$/,
    );
    expect(call.offer.media[0]?.offerer.outbound).toMatchObject({
      unencryptedSrtp: true,
      unencryptedSrtcp: true,
      unauthenticatedSrtp: true,
    });
  });
});

describe('the master key identifier', () => {
  const withMki = savp([`${GOOD}|2^20|7:4`]);

  it('is used toward a peer that uses one, in its length', () => {
    const call = round(withMki, audio({ address: ANSWERER }), context({ transportProtocol: 'RTP/AVP' }));
    expect(cryptoLines(call.answerSdp)[0]).toMatch(/inline:[A-Za-z0-9+/]{40}\|7:4$/);
    expect(call.offer.media[0]?.offerer.inbound?.keys[0]?.mki).toEqual(Uint8Array.from([0, 0, 0, 7]));
  });

  it('does not cross over to the other side', () => {
    const { media } = value(negotiateOffer(parsed(withMki), context()));
    expect(media[0]?.answerer.offered.every(({ keys }) => keys[0]?.mki.length === 0)).toBe(true);
  });

  it('is not written toward a peer that uses none', () => {
    const call = round(savp([GOOD]), audio({ address: ANSWERER }), context({ transportProtocol: 'RTP/AVP' }));
    expect(cryptoLines(call.answerSdp)[0]).not.toContain('|');
  });

  it('names each of several keys', () => {
    const keys = chosen([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}|1:1;inline:${KEY_B}|2:1`]).keys;
    expect(keys.map(({ mki }) => [...mki])).toEqual([[1], [2]]);
  });
});
