import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import type { RtpTransport } from '../../../src/negotiation/media-options.js';
import { medianMilliseconds } from '../sdp/support.js';
import { context, INSIDE, KEY_A, KEY_B, OUTSIDE, parsed, value, written } from './support.js';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/);
const free = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replace(/[\r\n\0]/g, '').replace(/inline:/gi, ''));
/** Lines that are none of our business: everything that no table of ours names. */
const OURS =
  /^(?:crypto|rtcp|rtcp-mux|rtcp-mux-only|candidate|altc|group|extmap|setup|connection|fingerprint|tls-id|dtls-id|cryptex|key-mgmt|bundle-only|ice-.*|end-of-candidates|remote-candidates|srtp-anchor|.?.?cap|.?.?cfg|creq|csup|sescap|mid|content|label)$/;
const foreignLine = fc.oneof(
  fc.tuple(word, free).map(([name, text]) => (OURS.test(name) ? 'a=x-foreign' : `a=${name}:${text}`)),
  fc.constantFrom(
    'a=sendrecv',
    'a=inactive',
    'b=AS:64',
    'i=title',
    'a=encryption:optional',
    'a=rtpmap:0 PCMU/8000',
    'a=ptime:20',
    'a=rtcp-fb:* nack',
  ),
);
const ourLine = fc.constantFrom(
  `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`,
  `a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_B}|2^31`,
  'a=crypto:broken',
  'a=rtcp:5005',
  'a=rtcp-mux',
  'a=candidate:1 1 UDP 1 192.0.2.10 5 typ host',
  'a=setup:actpass',
  'k=clear:secret',
  'c=IN IP4 192.0.2.11',
  'c=IN IP6 2001:db8::1',
);
const protocol = fc.constantFrom(
  'RTP/AVP',
  'RTP/AVPF',
  'RTP/SAVP',
  'RTP/SAVPF',
  'udptl',
  'UDP/BFCP',
  'TCP/MSRP',
  'UDP/TLS/RTP/SAVPF',
);
const section = fc
  .tuple(
    fc.constantFrom('audio', 'video', 'image', 'application'),
    fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 65_535 })),
    protocol,
    fc.array(fc.oneof(foreignLine, ourLine), { maxLength: 10 }),
  )
  .map(([type, port, profile, lines]) => [`m=${type} ${port} ${profile} 0 8`, ...lines]);
const body = fc
  .tuple(fc.array(fc.oneof(foreignLine), { maxLength: 6 }), fc.array(section, { maxLength: 5 }))
  .map(([session, sections]) =>
    [
      'v=0',
      'o=- 1 1 IN IP4 192.0.2.10',
      's=-',
      'c=IN IP4 192.0.2.10',
      't=0 0',
      ...session,
      ...sections.flat(),
      '',
    ].join('\r\n'),
  );
const transport = fc.constantFrom<RtpTransport | null>(null, 'RTP/AVP', 'RTP/SAVP', 'RTP/SAVPF');

const isOurs = (line: string): boolean => /^(?:c=|m=|k=|a=(?:crypto|rtcp:|rtcp-mux|candidate|setup))/.test(line);
const foreign = (text: string): readonly string[] => text.split('\r\n').filter((line) => !isOurs(line));
const neutral = (text: string): string =>
  text
    .replace(/inline:\S+/g, 'inline:KEY')
    .replaceAll(OUTSIDE.address, 'US')
    .replaceAll(INSIDE.address, 'US')
    .replace(/^(m=\S+) [1-9][0-9]*/gm, '$1 PORT');

/** The body through one relay; null when it is refused. */
function relay(text: string, transportProtocol: RtpTransport | null, local = OUTSIDE): string | null {
  const description = parsed(text);
  const under = context({ transportProtocol });
  const outcome = negotiateOffer(description, under);
  if (!outcome.ok) {
    expect(outcome.error.detail).not.toMatch(new RegExp(`${KEY_A.slice(0, 12)}|${KEY_B.slice(0, 12)}`));
    return null;
  }
  return written(description, outcome.value, local, under.options, 'offer').sdp;
}

const RUNS = Number(process.env['SRTP_ANCHOR_PROPERTY_RUNS'] ?? 1_500);

describe('any body', () => {
  it('leaves with every foreign line identical and in order, and without a key of the sender', () => {
    fc.assert(
      fc.property(body, transport, (text, transportProtocol) => {
        const sdp = relay(text, transportProtocol);
        if (sdp === null) return;
        expect(foreign(sdp)).toEqual(foreign(text));
        expect(sdp).not.toContain(KEY_A);
        expect(sdp).not.toContain(KEY_B);
        expect(sdp).not.toContain('k=');
        expect(sdp.match(/^m=/gm)?.length).toBe(text.match(/^m=/gm)?.length);
      }),
      { numRuns: RUNS },
    );
  });

  it('goes through a second relay with nothing changed but addresses, ports and keys', () => {
    fc.assert(
      fc.property(body, transport, (text, transportProtocol) => {
        const first = relay(text, transportProtocol);
        if (first === null) return;
        const second = relay(first, null, INSIDE);
        expect(second).not.toBeNull();
        expect(neutral(second!)).toBe(neutral(first));
      }),
      { numRuns: RUNS },
    );
  });

  it('has a=crypto on every secure line that is in use, and on no other', () => {
    fc.assert(
      fc.property(body, transport, (text, transportProtocol) => {
        const sdp = relay(text, transportProtocol);
        for (const { media, lines } of sdp === null ? [] : parsed(sdp).media) {
          const count = lines.filter(({ attribute }) => attribute === 'crypto').length;
          expect(count > 0).toBe(media.port !== 0 && /^RTP\/SAVPF?$/.test(media.protocol));
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a large body', () => {
  const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n';
  const repeat = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => `${line(index)}\r\n`).join('');

  it.each([
    [
      '10,000 a=crypto lines',
      `${head}m=audio 4000 RTP/SAVP 0\r\n${repeat(5_000, (index) => `a=crypto:${index} AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`)}`,
    ],
    ['10,000 lines that cannot be used', `${head}m=audio 4000 RTP/SAVP 0\r\n${repeat(10_000, () => 'a=crypto:1 x')}`],
    ['10,000 attributes', `${head}m=audio 4000 RTP/AVP 0\r\n${repeat(10_000, (index) => `a=x-${index}:value`)}`],
    [
      '10,000 rtpmaps',
      `${head}m=audio 4000 RTP/AVP ${Array.from({ length: 128 }, (_, index) => index).join(' ')}\r\n${repeat(10_000, (index) => `a=rtpmap:${index % 128} opus/48000/2`)}`,
    ],
    ['200 m= lines', head + repeat(200, (index) => `m=audio ${4_000 + 2 * index} RTP/AVP 0`)],
    [
      'an MKI of thousands of digits',
      `${head}m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}|${'9'.repeat(16_000)}:128\r\n`,
    ],
    [
      'thousands of keys in one line',
      `${head}m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 ${'inline:A;'.repeat(1_700)}\r\n`,
    ],
  ])('of %s is answered or refused within 50 ms', (_, text) => {
    const work = (): void => {
      relay(text, 'RTP/SAVP');
    };
    work();
    expect(medianMilliseconds(work)).toBeLessThan(50);
  });

  it('of 200 m= lines goes out whole', () => {
    const text = head + repeat(200, (index) => `m=audio ${4_000 + 2 * index} RTP/AVP 0`);
    expect(value(negotiateOffer(parsed(text), context())).media).toHaveLength(200);
  });
});
