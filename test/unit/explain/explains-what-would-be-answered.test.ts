import { describe, expect, it } from 'vitest';
import { explainSessionDescription } from '../../../src/explain/explain-session-description.js';
import { judgeSessionDescription } from '../../../src/explain/explanation.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/negotiation/policy.js';
import { ALL_SUITES, audio, KEY_44, KEY_A, KEY_B } from '../negotiation/support.js';
import { VENDOR_BODIES } from '../sdp/vendor-bodies.js';

const explain = (text: string, policy: Policy = DEFAULT_POLICY): string =>
  explainSessionDescription(text, policy, ALL_SUITES);

describe('srtp-anchor explain', () => {
  it('judges every line, marks the choice, and says what would be answered and why', () => {
    const crypto = [
      `1 AEAD_AES_256_GCM_8 inline:${KEY_44}`,
      `2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_A}|2^31`,
      `3 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}|1:4;inline:${KEY_B}|2:4`,
      `3 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`,
      'x',
    ];
    expect(explain(audio({ protocol: 'RTP/SAVP', crypto })).split('\n')).toEqual([
      'm-line 1 (audio): RTP/SAVP, port 49170',
      '  line 7, tag 1, AEAD_AES_256_GCM_8: not used: suite not supported [suite_not_supported]',
      '  line 8, tag 2, AES_CM_128_HMAC_SHA1_32: usable, lifetime 2147483648 packets',
      '  line 9, tag 3, AES_CM_128_HMAC_SHA1_80: usable, 2 keys, MKI of 4 octets <- chosen',
      '  line 10, tag 3, AES_CM_128_HMAC_SHA1_80: not used: an earlier line has the same tag [duplicate_tag]',
      '  line 11, no tag, no suite: not used: the tag is not a number of 1 to 9 digits [tag]',
      '  answer: RTP/SAVP with a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:[our own key]',
      `  why: first of our order among the usable lines: ${DEFAULT_POLICY.acceptedSuites.join(', ')}`,
      '',
      'result: the offer would be accepted',
      '',
    ]);
  });

  it('names the order that decides', () => {
    const crypto = [`1 AES_CM_128_HMAC_SHA1_32 inline:${KEY_A}`, `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_B}`];
    const text = explain(audio({ protocol: 'RTP/SAVP', crypto }), { ...DEFAULT_POLICY, followOffererOrder: true });
    expect(text).toContain('tag 1, AES_CM_128_HMAC_SHA1_32: usable <- chosen');
    expect(text).toContain("why: the offerer's first usable line");
  });

  it('shows the error reply when the offer would be refused', () => {
    const text = explain(audio({ protocol: 'RTP/SAVP', crypto: ['1 AES_CM_128_HMAC_SHA1_80 inline:AAAA'] }));
    expect(text).toContain('answer: an error; the proxy sends 488');
    expect(text).toContain(
      'result: the offer would be refused: No usable a=crypto line: m-line 1 (audio): tag 1 AES_CM_128_HMAC_SHA1_80: key is 3 octets, 30 needed',
    );
  });

  it.each([
    ['required', audio(), 'result: the offer would be refused: Secure media required'],
    [
      'off',
      audio({ protocol: 'RTP/SAVP', crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`] }),
      'result: the offer would be refused: Secure media not allowed',
    ],
    ['preferred', audio({ crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`] }), 'answer: RTP/AVP with a=crypto:1'],
    [
      'as-signalled',
      audio({ crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`] }),
      'why: a=crypto on a plain profile is used only with OSRTP (RFC 8643), or by policy preferred or required',
    ],
    ['as-signalled', audio(), 'why: the offer is plain'],
  ] as const)('under policy %s', (secure, body, expected) => {
    expect(explain(body, { ...DEFAULT_POLICY, secure })).toContain(expected);
  });

  it('says what becomes of media that SDES does not key', () => {
    const head = audio();
    const text = explain(
      `${head}m=image 4000 udptl t38\r\nm=message 5 TCP/MSRP *\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\nm=video 0 RTP/AVP 31\r\n`,
    );
    expect(text).toContain(
      'm-line 2 (image): udptl, port 4000\n  no a=crypto line\n  answer: udptl\n  why: not RTP: relayed as it is',
    );
    expect(text).toContain(
      'm-line 3 (message): TCP/MSRP, port 5\n  no a=crypto line\n  answer: port 0\n  why: only UDP is relayed',
    );
    expect(text).toContain('answer: port 0\n  why: DTLS-SRTP is not done here');
    expect(text).toContain('answer: port 0\n  why: the line is disabled');
    expect(text).toContain('warning: m-line 3 (message): TCP/MSRP refused, only UDP is relayed');
  });

  it('warns of a=crypto at session level', () => {
    const text = audio().replace('t=0 0\r\n', `t=0 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}\r\n`);
    expect(explain(text)).toContain('warning: line 6: a=crypto at session level is not used (RFC 4568 §4)');
  });

  it('tells what is wrong with a body that is no SDP', () => {
    expect(explain('hello')).toBe(
      'result: the offer would be refused: Failed to parse SDP: line 1: not a line of SDP; expected <one lower-case letter>=<value>, no space before =\n',
    );
  });

  it('gives the same as plain data for --json', () => {
    const crypto = [`2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_A}|2^31`];
    const explanation = judgeSessionDescription(audio({ protocol: 'RTP/SAVP', crypto }), DEFAULT_POLICY, ALL_SUITES);
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
    expect(explanation).toMatchObject({
      accepted: true,
      error: null,
      media: [
        {
          port: 49_170,
          lines: [{ number: 7, tag: 2, usable: true, chosen: true, keys: 1, lifetime: 2 ** 31, reason: null }],
        },
      ],
    });
  });

  it.each(VENDOR_BODIES)('shows no key of $name', ({ text }) => {
    const shown = explain(text) + JSON.stringify(judgeSessionDescription(text, DEFAULT_POLICY, ALL_SUITES));
    for (const [, key] of text.matchAll(/inline:([A-Za-z0-9+/]+)/g)) {
      expect(shown).not.toContain(key!);
      expect(shown).not.toContain(key!.slice(0, 12));
    }
  });
});
