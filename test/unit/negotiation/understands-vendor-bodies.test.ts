import sdpTransform from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { negotiateAnswer } from '../../../src/negotiation/negotiate-answer.js';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import { initialOrigin } from '../../../src/negotiation/origin-state.js';
import { writeAnswer } from '../../../src/negotiation/write-answer.js';
import type { RtpTransport } from '../../../src/negotiation/media-options.js';
import { parseSessionDescription } from '../../../src/sdp/parse.js';
import { errorText } from '../../../src/shared/errors.js';
import { findCryptoSuite } from '../../../src/srtp/crypto-suite.js';
import { parse, rewrite } from '../sdp/support.js';
import { VENDOR_BODIES } from '../sdp/vendor-bodies.js';
import { context, cryptoLines, INSIDE, linesOf, localsFor, OUTSIDE, value, written } from './support.js';

/** What each m= line of the body becomes when it is offered, by name; a text in quotes is the refusal. */
const EXPECTED: Readonly<Record<string, readonly string[] | string>> = {
  'alcatel-openscape-two-keys': ['1 AES_CM_128_HMAC_SHA1_80'],
  'asterisk-chan-sip-32': ['1 AES_CM_128_HMAC_SHA1_32'],
  'asterisk-offer': ['1 AES_CM_128_HMAC_SHA1_80'],
  'audiocodes-sbc': ['1 AES_CM_128_HMAC_SHA1_80'],
  avaya: ['plain'],
  'baresip-srtp-mand': ['2 AES_CM_128_HMAC_SHA1_80'],
  'baresip-srtp-optional': ['plain'],
  'bria-256-padded': ['2 AES_256_CM_HMAC_SHA1_80'],
  'bria-offer': ['1 AES_CM_128_HMAC_SHA1_80'],
  'broadworks-best-effort': ['rejected', '1 AES_CM_128_HMAC_SHA1_80'],
  'broadworks-plain': ['plain'],
  'capneg-acap-crypto': ['plain'],
  'capneg-avp-savp': ['plain'],
  'chime-voice-connector': ['1 AES_CM_128_HMAC_SHA1_80'],
  'cisco-ios-gateway': ['1 AES_CM_128_HMAC_SHA1_32'],
  'cisco-mpp-phone': ['3 AES_CM_128_HMAC_SHA1_80', '1 AES_CM_128_HMAC_SHA1_80', 'raw'],
  'cisco-spa': ['2 AES_CM_128_HMAC_SHA1_80'],
  'crypto-tag-overflow': ['1 AES_CM_128_HMAC_SHA1_32'],
  'crypto-unparsable-avp': ['plain'],
  'cucm-hold': ['plain'],
  'cucm-offer': ['3 AES_CM_128_HMAC_SHA1_80'],
  'freeswitch-offer-eight-lines': ['7 AES_CM_128_HMAC_SHA1_80'],
  'freeswitch-plain': ['plain'],
  'freeswitch-t38-reinvite': ['raw'],
  'genesys-hold-zero': ['plain'],
  'genesys-resume': ['plain'],
  'google-telephony': ['1 AES_CM_128_HMAC_SHA1_80'],
  grandstream: ['1 AES_CM_128_HMAC_SHA1_80'],
  'host-name-in-c': ['plain'],
  'ipv4-session-ipv6-media': ['plain', 'plain'],
  'ipv6-only': ['plain'],
  'key-in-clear-k-line': ['plain'],
  'lf-only': ['1 AES_CM_128_HMAC_SHA1_80'],
  'linphone-ms-name-only': ['2 MS_AES_128_SHA1_80'],
  'linphone-new': ['1 AES_CM_128_HMAC_SHA1_80'],
  'linphone-old-ms-names': ['1 AES_CM_128_HMAC_SHA1_80'],
  'long-tail-of-attributes': ['plain'],
  'mitel-lifetime-mki': ['1 AES_CM_128_HMAC_SHA1_80'],
  'multicast-ttl': ['plain'],
  'no-final-line-end': ['plain'],
  'no-media-level-attributes': ['plain'],
  'oracle-sbc-two-lines': ['1 AES_CM_128_HMAC_SHA1_80'],
  'pjsip-optional-avp-crypto': ['plain'],
  'polycom-best-effort-savp-first': ['1 AES_CM_128_HMAC_SHA1_80', 'rejected'],
  'polycom-eight-combinations': ['1 AES_CM_128_HMAC_SHA1_80'],
  'polycom-only-weak':
    'tag 2 AES_CM_128_HMAC_SHA1_80: UNENCRYPTED_SRTP is not allowed; tag 3 AES_CM_128_HMAC_SHA1_80: UNENCRYPTED_SRTCP is not allowed',
  'port-count': ['plain'],
  'rfc4568-section-4': ['1 AES_CM_128_HMAC_SHA1_80', '1 AES_CM_128_HMAC_SHA1_32', 'raw'],
  'rfc4568-section-5-1-1':
    'tag 1 AES_CM_128_HMAC_SHA1_80: FEC_ORDER is not supported; tag 2 F8_128_HMAC_SHA1_80: suite not supported',
  'rfc4568-section-5-1-2': ['1 AES_CM_128_HMAC_SHA1_80'],
  'ribbon-t38-and-audio': ['rejected', 'raw'],
  'savp-dtls-fingerprint-only': 'RTP/SAVPF without a=crypto but with a=fingerprint, and DTLS-SRTP is not done here',
  'savp-sdes-and-dtls': ['1 AES_CM_128_HMAC_SHA1_80'],
  'session-parameters-wsh-kdr': ['2 AES_CM_128_HMAC_SHA1_80'],
  'several-streams': ['1 AES_CM_128_HMAC_SHA1_80', 'plain', 'plain', 'plain', 'rejected', 'rejected'],
  'signalwire-gcm8-only': 'tag 1 AEAD_AES_256_GCM_8: suite not supported',
  'signalwire-offer': ['4 AES_CM_128_HMAC_SHA1_80'],
  'snom-offer': ['1 AES_CM_128_HMAC_SHA1_32'],
  'sonus-username-with-space': ['plain'],
  'teams-answer': ['2 AES_CM_128_HMAC_SHA1_80'],
  'teams-hold-inactive': ['1 AES_CM_128_HMAC_SHA1_80'],
  'teams-media-bypass-ice': ['1 AES_CM_128_HMAC_SHA1_80'],
  'teams-offer': ['1 AES_CM_128_HMAC_SHA1_80'],
  'twilio-offer': ['1 AES_CM_128_HMAC_SHA1_80'],
  'twilio-plain': ['plain'],
  'webex-answer-tag-one': ['1 AES_CM_128_HMAC_SHA1_80'],
  'webex-offer': ['1 AES_CM_128_HMAC_SHA1_80'],
  'webrtc-chrome-dtls': 'Unsupported media transport: m-line 1 (audio): UDP/TLS/RTP/SAVPF refused',
  'webrtc-sdes-old-chrome': ['1 AES_CM_128_HMAC_SHA1_80'],
  'yealink-compulsory': ['1 AES_CM_128_HMAC_SHA1_80'],
  'yealink-optional': ['plain'],
  'zoiper-256-only': ['9 AES_CM_256_HMAC_SHA1_80'],
  'zoiper-offer': ['3 AES_CM_128_HMAC_SHA1_80'],
  'zrtp-phone': ['plain'],
};

/** Every key in the body, as written and without padding. */
const keysIn = (text: string): readonly string[] =>
  [...text.matchAll(/inline:([A-Za-z0-9+/]+)/g)].map((match) => match[1]!);
const accepted = VENDOR_BODIES.filter(({ name }) => Array.isArray(EXPECTED[name]));
const lineEnds = (text: string): string => text.replace(/\r?\n/g, '\r\n').replace(/(?<!\r\n)$/, '\r\n');

it('has a verdict for every vendor body, and at least sixty of them', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual(VENDOR_BODIES.map(({ name }) => name));
  expect(VENDOR_BODIES.length).toBeGreaterThanOrEqual(60);
});

describe.each(VENDOR_BODIES)('the body $name', ({ name, text }) => {
  it('is read and printed line for line', () => {
    expect(rewrite(text)).toBe(lineEnds(text));
  });

  it('gets the verdict it deserves', () => {
    const outcome = negotiateOffer(parse(text), context());
    const expected = EXPECTED[name]!;
    if (typeof expected === 'string') {
      expect(outcome.ok).toBe(false);
      if (!outcome.ok) expect(errorText(outcome.error)).toContain(expected);
      for (const key of keysIn(text)) expect(JSON.stringify(outcome)).not.toContain(key);
      return;
    }
    const lines = value(outcome).media.map(({ kind, offerer: { inbound } }) => {
      if (kind !== 'rtp') return kind;
      return inbound === null ? 'plain' : `${inbound.tag} ${inbound.wireName}`;
    });
    expect(lines).toEqual(expected);
  });
});

describe.each(accepted)('what goes out for $name', ({ text }) => {
  const description = parse(text);

  it.each<RtpTransport | null>([null, 'RTP/AVP', 'RTP/SAVP'])(
    'toward %s holds no key, address or port of the sender, and reads as ours',
    (transportProtocol) => {
      const under = context({ transportProtocol });
      const outcome = value(negotiateOffer(description, under));
      const { sdp } = written(description, outcome, OUTSIDE, under.options, 'offer');
      for (const key of keysIn(text)) expect(sdp).not.toContain(key);
      expect(linesOf(sdp, 'k=')).toEqual([]);
      const heldByZero = linesOf(text.replaceAll('\r', '').replaceAll('\n', '\r\n'), 'c=').some((line) =>
        line.endsWith('0.0.0.0'),
      );
      for (const line of linesOf(sdp, 'c='))
        expect(line).toMatch(heldByZero ? /203\.0\.113\.1$|0\.0\.0\.0$/ : /203\.0\.113\.1$/);
      secondReader(
        sdp,
        outcome.media.map(({ kind }, index) => (kind === 'rejected' ? 0 : OUTSIDE.rtpPort + 2 * index)),
      );
      if (transportProtocol === 'RTP/AVP') expect(cryptoLines(sdp)).toEqual([]);
    },
  );

  it('goes through a second relay with nothing changed but addresses, ports and keys', () => {
    const under = context();
    const first = written(description, value(negotiateOffer(description, under)), OUTSIDE, under.options, 'offer').sdp;
    const again = parse(first);
    const second = written(again, value(negotiateOffer(again, context())), INSIDE, under.options, 'offer').sdp;
    expect(neutral(second)).toBe(neutral(first));
  });

  it('is answered in its own profile with at most one a=crypto a line', () => {
    const outcome = value(negotiateOffer(description, context({ transportProtocol: 'RTP/AVP' })));
    const offered = parse(written(description, outcome, OUTSIDE, context().options, 'offer').sdp);
    const answered = value(negotiateAnswer(offered, outcome.media, context()));
    const { sdp } = writeAnswer(
      offered,
      answered,
      localsFor(answered.media, 'offerer', INSIDE),
      context().options,
      initialOrigin('x'),
    );
    const answer = parse(sdp);
    for (const [index, section] of description.media.entries()) {
      expect(answer.media[index]?.media.protocol).toBe(section.media.protocol);
      const lines = answer.media[index]!.lines.filter(({ attribute }) => attribute === 'crypto');
      const { kind, offerer } = outcome.media[index]!;
      expect(lines).toHaveLength(kind === 'rtp' && offerer.inbound !== null ? 1 : 0);
      if (lines[0] !== undefined)
        expect(lines[0].value).toMatch(
          new RegExp(`^crypto:${offerer.inbound!.tag} ${offerer.inbound!.wireName} inline:`),
        );
    }
  });
});

/** What another parser makes of our text: the ports, and keys of the right length. */
function secondReader(sdp: string, ports: readonly number[]): void {
  const read = sdpTransform.parse(sdp);
  expect(read.media.map(({ port }) => port)).toEqual(ports);
  for (const media of read.media) {
    for (const crypto of media.crypto ?? []) {
      expect(findCryptoSuite(crypto.suite)).toBeDefined();
      const key = Buffer.from(crypto.config.replace('inline:', ''), 'base64');
      expect(key.length).toBe(crypto.suite.includes('256') ? 46 : 30);
      expect(crypto.sessionConfig).toBeUndefined();
    }
  }
}

function neutral(sdp: string): string {
  return sdp
    .replace(/inline:\S+/g, 'inline:KEY')
    .replaceAll(OUTSIDE.address, 'US')
    .replaceAll(INSIDE.address, 'US')
    .replace(/^(m=\S+) [1-9][0-9]*/gm, '$1 PORT');
}

it('can be parsed for all, so that none is silently left out', () => {
  for (const { text } of VENDOR_BODIES) expect(parseSessionDescription(text).ok).toBe(true);
});
