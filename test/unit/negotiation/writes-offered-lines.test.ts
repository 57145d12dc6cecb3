import { describe, expect, it } from 'vitest';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import type { CryptoSuiteName } from '../../../src/srtp/crypto-suite.js';
import {
  audio,
  context,
  cryptoLines,
  KEY_46,
  KEY_A,
  linesOf,
  OUTSIDE,
  parsed,
  policy,
  value,
  written,
  type OptionChanges,
} from './support.js';
import type { NegotiationContext } from '../../../src/negotiation/negotiation-context.js';

function offered(
  options: OptionChanges,
  changes: Partial<NegotiationContext> = {},
  offer = audio(),
): readonly string[] {
  const under = context({ transportProtocol: 'RTP/SAVP', ...options }, changes);
  const description = parsed(offer);
  return cryptoLines(
    written(description, value(negotiateOffer(description, under)), OUTSIDE, under.options, 'offer').sdp,
  );
}

const suitesOf = (lines: readonly string[]): readonly string[] => lines.map((line) => line.split(' ')[1]!);
const tagsOf = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.slice('a=crypto:'.length).split(' ')[0]!);
const set = (...names: CryptoSuiteName[]): ReadonlySet<CryptoSuiteName> => new Set(names);

describe('the lines of our own offer', () => {
  it('are both 128-bit suites, _80 first, tags from 1, no MKI, no lifetime', () => {
    const lines = offered({});
    expect(suitesOf(lines)).toEqual(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32']);
    expect(tagsOf(lines)).toEqual(['1', '2']);
    for (const line of lines) expect(line).toMatch(/ inline:[A-Za-z0-9+/]{40}$/);
  });

  it('follow the policy: its suites, its order, its first tag', () => {
    const lines = offered(
      {},
      { answererPolicy: policy({ offeredSuites: ['AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_32'], firstTag: 0 }) },
    );
    expect(suitesOf(lines)).toEqual(['AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_32']);
    expect(tagsOf(lines)).toEqual(['0', '1']);
  });

  it('have a key each', () => {
    expect(new Set(offered({}).map((line) => line.split('inline:')[1])).size).toBe(2);
  });

  it.each<[string, OptionChanges['sdes'], readonly CryptoSuiteName[]]>([
    ['no-SUITE', { excluded: set('AES_CM_128_HMAC_SHA1_80') }, ['AES_CM_128_HMAC_SHA1_32']],
    ['only-SUITE', { only: set('AES_CM_128_HMAC_SHA1_32') }, ['AES_CM_128_HMAC_SHA1_32']],
    ['only-SUITE of one that is not offered by default', { only: set('AEAD_AES_256_GCM') }, ['AEAD_AES_256_GCM']],
    [
      'order',
      { order: ['AES_CM_128_HMAC_SHA1_32', 'AES_CM_128_HMAC_SHA1_80'] },
      ['AES_CM_128_HMAC_SHA1_32', 'AES_CM_128_HMAC_SHA1_80'],
    ],
    [
      'order with a suite that only the option names',
      { order: ['AES_256_CM_HMAC_SHA1_80'] },
      ['AES_256_CM_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'],
    ],
    [
      'order and only together',
      { order: ['AES_CM_128_HMAC_SHA1_32'], only: set('AES_CM_128_HMAC_SHA1_80') },
      ['AES_CM_128_HMAC_SHA1_80'],
    ],
    ['nonew from a plain offerer', { noNew: true }, ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32']],
  ])('obey %s', (_, sdes, suites) => {
    expect(suitesOf(offered({ sdes: sdes! }))).toEqual(suites);
  });

  it('are those the offerer has, with nonew', () => {
    const crypto = [`1 AES_CM_256_HMAC_SHA1_80 inline:${KEY_46}`, `2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_A}`];
    const lines = offered({ sdes: { noNew: true } }, {}, audio({ protocol: 'RTP/SAVP', crypto }));
    expect(suitesOf(lines)).toEqual(['AES_256_CM_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32']);
  });

  it('never name a suite that the policy does not accept, whoever asks for it', () => {
    const answererPolicy = policy({
      acceptedSuites: ['AES_CM_128_HMAC_SHA1_80'],
      offeredSuites: ['AES_CM_128_HMAC_SHA1_80'],
    });
    expect(suitesOf(offered({ sdes: { order: ['AEAD_AES_256_GCM'] } }, { answererPolicy }))).toEqual([
      'AES_CM_128_HMAC_SHA1_80',
    ]);
  });

  it('never name a suite that the build cannot do', () => {
    expect(suitesOf(offered({}, { usableSuites: set('AES_CM_128_HMAC_SHA1_32') }))).toEqual([
      'AES_CM_128_HMAC_SHA1_32',
    ]);
  });

  it('carry a lifetime when the option or the policy says so', () => {
    for (const line of [
      ...offered({ sdes: { lifetime: true } }),
      ...offered({}, { answererPolicy: policy({ writeLifetime: true }) }),
    ]) {
      expect(line).toMatch(/\|2\^31$/);
    }
  });

  it('keep the base64 padding, or not, as policy and option say', () => {
    const only = { only: set('AES_256_CM_HMAC_SHA1_80') };
    const bare = policy({ writePadding: false });
    expect(offered({ sdes: only })[0]).toMatch(/[^=]==$/);
    expect(offered({ sdes: only }, { answererPolicy: bare })[0]).toMatch(/[^=]$/);
    expect(offered({ sdes: { ...only, pad: true } }, { answererPolicy: bare })[0]).toMatch(/[^=]==$/);
  });

  it('leave protection out only where option and policy both say so', () => {
    const sdes = { unencryptedSrtp: true, unencryptedSrtcp: true, unauthenticatedSrtp: true };
    const loose = policy({ allowUnencryptedSrtp: true, allowUnencryptedSrtcp: true, allowUnauthenticatedSrtp: true });
    expect(offered({ sdes }).join()).not.toContain('UN');
    expect(offered({}, { answererPolicy: loose }).join()).not.toContain('UN');
    expect(offered({ sdes }, { answererPolicy: loose })[0]).toMatch(
      / UNENCRYPTED_SRTP UNENCRYPTED_SRTCP UNAUTHENTICATED_SRTP$/,
    );
  });
});

describe('the profile toward the answerer', () => {
  const crypto = [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`];
  const mLine = (offer: string, options: OptionChanges, changes: Partial<NegotiationContext> = {}): string => {
    const under = context(options, changes);
    const description = parsed(offer);
    return linesOf(
      written(description, value(negotiateOffer(description, under)), OUTSIDE, under.options, 'offer').sdp,
      'm=',
    )[0]!.split(' ')[2]!;
  };
  const plain = audio();
  const secure = audio({ protocol: 'RTP/SAVP', crypto });
  const feedback = audio({ protocol: 'RTP/SAVPF', crypto });

  it.each([
    ['as offered', plain, {}, 'as-signalled', 'RTP/AVP'],
    ['as offered', secure, {}, 'as-signalled', 'RTP/SAVP'],
    ['as offered', feedback, {}, 'as-signalled', 'RTP/SAVPF'],
    ['as the proxy says', plain, { transportProtocol: 'RTP/SAVPF' }, 'as-signalled', 'RTP/SAVPF'],
    ['as the proxy says', secure, { transportProtocol: 'RTP/AVPF' }, 'as-signalled', 'RTP/AVPF'],
    ['plain by policy off', secure, {}, 'off', 'RTP/AVP'],
    ['plain by policy off, feedback kept', feedback, {}, 'off', 'RTP/AVPF'],
    ['secure by policy required', plain, {}, 'required', 'RTP/SAVP'],
    ['secure by policy required against the proxy', plain, { transportProtocol: 'RTP/AVP' }, 'required', 'RTP/SAVP'],
    ['plain with keys by policy preferred', plain, {}, 'preferred', 'RTP/AVP'],
    ['secure by policy preferred when the offerer is', secure, {}, 'preferred', 'RTP/SAVP'],
  ] as const)('%s: %#', (_, offer, options, secureWord, expected) => {
    expect(mLine(offer, options, { answererPolicy: policy({ secure: secureWord }) })).toBe(expected);
  });

  it('says so when the policy overrides the proxy', () => {
    const under = context({ transportProtocol: 'RTP/AVP' }, { answererPolicy: policy({ secure: 'required' }) });
    expect(value(negotiateOffer(parsed(plain), under)).warnings).toEqual([
      "m-line 1 (audio): transport-protocol RTP/AVP overridden: the answerer's policy is required",
    ]);
  });

  it('reads the profile in any case', () => {
    expect(mLine(plain.replace('RTP/AVP', 'rtp/avp'), { transportProtocol: 'RTP/SAVP' })).toBe('RTP/SAVP');
  });
});
