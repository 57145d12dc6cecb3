import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { negotiateAnswer } from '../../../src/negotiation/negotiate-answer.js';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import { errorText } from '../../../src/shared/errors.js';
import {
  ANSWERER,
  audio,
  context,
  failure,
  KEY_44,
  KEY_A,
  KEY_B,
  KEY_C,
  offerError,
  parsed,
  policy,
  value,
} from './support.js';

const savp = (crypto: readonly string[], attributes: readonly string[] = []): string =>
  audio({ protocol: 'RTP/SAVP', crypto, attributes });
const GOOD = `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`;

describe('an offer that cannot be answered securely', () => {
  it('is refused with every line, why it cannot be used, and what the policy allows', () => {
    const short = 'A'.repeat(38);
    const error = offerError(
      savp([`1 AEAD_AES_256_GCM_8 inline:${KEY_44}`, `2 AES_CM_128_HMAC_SHA1_80 inline:${short}`]),
      context(
        {},
        { offererPolicy: policy({ acceptedSuites: ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] }) },
      ),
    );
    expect(errorText(error)).toBe(
      'No usable a=crypto line: m-line 1 (audio): tag 1 AEAD_AES_256_GCM_8: suite not supported; tag 2 AES_CM_128_HMAC_SHA1_80: key is 28 octets, 30 needed; allowed: AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32',
    );
    expect(error.notes).toEqual([
      { kind: 'lines_ignored', media: 0, leg: 'offerer', reason: 'suite_not_supported', count: 1 },
      { kind: 'lines_ignored', media: 0, leg: 'offerer', reason: 'key_length', count: 1 },
    ]);
  });

  it('is refused when it has no line at all', () => {
    expect(errorText(offerError(savp([])))).toMatch(
      /^No usable a=crypto line: m-line 1 \(audio\): RTP\/SAVP without a=crypto; allowed: AES_CM/,
    );
  });

  it('says so when it wants DTLS', () => {
    expect(errorText(offerError(savp([], ['fingerprint:sha-256 AB:CD'])))).toContain(
      'without a=crypto but with a=fingerprint, and DTLS-SRTP is not done here',
    );
  });

  it('names the second m= line when that is the one', () => {
    const text = `${savp([GOOD])}m=video 5000 RTP/SAVP 31\r\n`;
    expect(offerError(text).detail).toMatch(/^m-line 2 \(video\): RTP\/SAVP without a=crypto/);
  });

  it('gives a text of bounded length, however many lines there are', () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `${index + 1} AEAD_AES_256_GCM_8 inline:${KEY_44}`);
    const { detail } = offerError(savp(lines));
    expect(detail?.length).toBeLessThan(2_500);
    expect(detail).toContain('and 4976 more lines');
  });

  it('names only suites that the build can do', () => {
    const error = offerError(savp([]), context({}, { usableSuites: new Set(['AES_CM_128_HMAC_SHA1_32']) }));
    expect(error.detail).toMatch(/allowed: AES_CM_128_HMAC_SHA1_32$/);
  });
});

describe('a policy that says no', () => {
  it.each([
    [
      'off',
      savp([GOOD]),
      'Secure media not allowed: m-line 1 (audio): RTP/SAVP offered, the policy of this side is off',
    ],
    [
      'required',
      audio(),
      'Secure media required: m-line 1 (audio): RTP/AVP offered, the policy of this side is required',
    ],
    [
      'required',
      audio({ crypto: ['1 X_Y inline:AAAA'] }),
      'No usable a=crypto line: m-line 1 (audio): tag 1 X_Y: suite unknown; allowed: ',
    ],
  ] as const)('secure %s refuses the offer with a reason', (secure, text, expected) => {
    expect(errorText(offerError(text, context({}, { offererPolicy: policy({ secure }) })))).toContain(expected);
  });

  it('toward the answerer, when the proxy asks for RTP/SAVP and the policy is off', () => {
    const error = offerError(
      audio(),
      context({ transportProtocol: 'RTP/SAVP' }, { answererPolicy: policy({ secure: 'off' }) }),
    );
    expect(errorText(error)).toBe(
      "Secure media not allowed: m-line 1 (audio): transport-protocol RTP/SAVP asked for, the answerer's policy is off",
    );
  });

  it('when SDES is off and there is no other way to key RTP/SAVP', () => {
    const error = offerError(audio(), context({ transportProtocol: 'RTP/SAVP', sdes: { off: true } }));
    expect(errorText(error)).toContain(
      'Secure media not allowed: m-line 1 (audio): SDES is off and DTLS-SRTP is not done here',
    );
  });

  it('when the options leave no suite to offer', () => {
    const error = offerError(
      audio(),
      context({
        transportProtocol: 'RTP/SAVP',
        sdes: { excluded: new Set(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32']) },
      }),
    );
    expect(errorText(error)).toBe(
      'No usable a=crypto line: m-line 1 (audio): policy and SDES options leave no suite to offer to the answerer',
    );
  });
});

describe('an answer that does not fit', () => {
  const under = context({ transportProtocol: 'RTP/SAVP' });
  const answerError = (answer: string, offer = audio(), offerContext = under, answerContext = offerContext) => {
    const { media } = value(negotiateOffer(parsed(offer), offerContext));
    return failure(negotiateAnswer(parsed(answer), media, answerContext));
  };
  const secure = (crypto: readonly string[], attributes: readonly string[] = []) =>
    audio({ address: ANSWERER, protocol: 'RTP/SAVP', crypto, attributes });

  it.each([
    [
      'plain to a secure offer',
      audio({ address: ANSWERER }),
      'Secure media required: m-line 1 (audio): offered RTP/SAVP, answered RTP/AVP',
    ],
    [
      'plain with a=crypto to a secure offer',
      audio({ address: ANSWERER, crypto: [GOOD] }),
      'Secure media required: m-line 1 (audio): offered RTP/SAVP, answered RTP/AVP',
    ],
    [
      'without a=crypto',
      secure([]),
      'No usable a=crypto line: m-line 1 (audio): answered without a=crypto; offered: 1 AES_CM_128_HMAC_SHA1_80, 2 AES_CM_128_HMAC_SHA1_32',
    ],
    [
      'with DTLS',
      secure([], ['fingerprint:sha-256 AB']),
      'answered without a=crypto but with a=fingerprint, and DTLS-SRTP is not done here',
    ],
    [
      'with a suite of its own',
      secure([`1 AES_256_CM_HMAC_SHA1_80 inline:${KEY_A}`]),
      'tag 1 AES_256_CM_HMAC_SHA1_80: suite was not offered; offered: 1 AES_CM_128_HMAC_SHA1_80',
    ],
    [
      'with a key that is too short',
      secure(['1 AES_CM_128_HMAC_SHA1_80 inline:AAAA']),
      'tag 1 AES_CM_128_HMAC_SHA1_80: key is 3 octets, 30 needed',
    ],
    [
      'without encryption',
      secure([`${GOOD} UNENCRYPTED_SRTP`]),
      'tag 1 AES_CM_128_HMAC_SHA1_80: UNENCRYPTED_SRTP is not allowed',
    ],
    [
      'with another media type',
      secure([GOOD]).replace('m=audio', 'm=video'),
      'Answer does not match the offer: m-line 1 (audio): answered as another media type',
    ],
    [
      'with DTLS-SRTP as protocol',
      secure([GOOD]).replace('RTP/SAVP', 'UDP/TLS/RTP/SAVP'),
      'answered with a protocol that is not done here',
    ],
    [
      'with more m= lines than offered',
      `${secure([GOOD])}m=video 5000 RTP/SAVP 31\r\n`,
      'Answer does not match the offer: 2 m= lines answer 1',
    ],
  ])('%s', (_, answer, expected) => {
    expect(errorText(answerError(answer))).toContain(expected);
  });

  it('secure to a plain offer', () => {
    expect(errorText(answerError(secure([GOOD]), audio(), context()))).toBe(
      'Answer does not match the offer: m-line 1 (audio): offered RTP/AVP, answered RTP/SAVP',
    );
  });

  it('with protection that was offered and is left out', () => {
    const loose = context(
      { transportProtocol: 'RTP/SAVP', sdes: { unencryptedSrtcp: true } },
      { answererPolicy: policy({ allowUnencryptedSrtcp: true }) },
    );
    const error = answerError(secure([GOOD]), audio(), loose);
    expect(error.detail).toContain('session parameters are not those offered');
    expect(error.notes).toContainEqual({
      kind: 'lines_ignored',
      media: 0,
      leg: 'answerer',
      reason: 'parameter_mismatch',
      count: 1,
    });
  });

  it('plain, where opportunistic security was offered and the policy requires it', () => {
    const offered = context({ osrtp: { offer: true, accept: false } });
    const strict = context({}, { answererPolicy: policy({ secure: 'required' }) });
    expect(errorText(answerError(audio({ address: ANSWERER }), audio(), offered, strict))).toContain(
      'answered RTP/AVP, the policy of this side is required',
    );
  });

  it('of another protocol for media that is not RTP', () => {
    const fax = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=image 4000 udptl t38\r\n';
    expect(answerError(fax.replace('udptl', 'RTP/AVP'), fax, context()).detail).toBe(
      'm-line 1 (image): the answer changes the protocol',
    );
  });
});

describe('no text of a refusal', () => {
  const keys = [KEY_A, KEY_B, KEY_C, KEY_44];
  const offers = [
    savp([`1 inline:${KEY_A}`]),
    savp([`1 ${KEY_A.replace(/\W/g, 'x')} inline:${KEY_B}`]),
    savp([`1 AES_CM_128_HMAC_SHA1_80 inline: ${KEY_A}`]),
    savp([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A} ${KEY_B}`]),
    savp([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}=${KEY_B}`]),
    savp([`${KEY_A} AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`]),
    savp([`1 AES_CM_128_HMAC_SHA1_80 uri:${KEY_A}`]),
    savp([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}|${KEY_B}`]),
    savp([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}|2^20|${KEY_C}:4`]),
    savp([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A} FEC_KEY=inline:${KEY_B}`]),
    savp([`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A} KDR=${KEY_B}`]),
  ];

  it.each(offers)('holds a key', (offer) => {
    const error = offerError(offer);
    const text = errorText(error) + JSON.stringify(error) + inspect(error, { depth: 9 });
    for (const key of keys) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(key.replace(/\W/g, 'x'));
      expect(text).not.toContain(key.slice(0, 20));
    }
  });
});
