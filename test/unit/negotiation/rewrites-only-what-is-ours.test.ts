import { describe, expect, it } from 'vitest';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import type { LocalMedia } from '../../../src/negotiation/negotiated-media.js';
import { initialOrigin } from '../../../src/negotiation/origin-state.js';
import { writeOffer } from '../../../src/negotiation/write-offer.js';
import {
  audio,
  context,
  KEY_A,
  linesOf,
  localsFor,
  OUTSIDE,
  parsed,
  value,
  written,
  type OptionChanges,
} from './support.js';

function out(text: string, options: OptionChanges = {}, local: LocalMedia = OUTSIDE): string {
  const under = context(options);
  return written(parsed(text), value(negotiateOffer(parsed(text), under)), local, under.options, 'offer').sdp;
}

const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n';

describe('a body on its way', () => {
  it('keeps every line that is not ours, in order', () => {
    const text = [
      'v=0',
      'o=alice 2890844526 2890844527 IN IP4 192.0.2.10',
      's=A call',
      'i=about nothing',
      'u=http://example.com/',
      'e=alice@example.com',
      'c=IN IP4 192.0.2.10',
      'b=AS:128',
      't=0 0',
      'r=7d 1h 0 25h',
      'z=2882844526 -1h',
      'a=tool:phone 1.0',
      'a=3ge2ae:requested',
      'm=audio 49170 RTP/AVP 0 101',
      'i=the voice',
      'b=TIAS:64000',
      'a=rtpmap:0 PCMU/8000',
      'a=fmtp:101 0-16',
      'a=encryption:optional',
      'a=X-vendor:  spaces  kept ',
      'a=rtcp-fb:0 nack',
      'a=ssrc:1234 cname:x',
      'a=sendrecv',
      '',
    ].join('\r\n');
    const expected = text
      .replace('c=IN IP4 192.0.2.10', 'c=IN IP4 203.0.113.1')
      .replace('m=audio 49170', 'm=audio 30000');
    expect(out(text)).toBe(expected);
  });

  it.each([
    'candidate:1 1 UDP 2130706431 192.0.2.10 49170 typ host',
    'ice-ufrag:abcd',
    'ice-pwd:efgh',
    'ice-options:trickle',
    'end-of-candidates',
    'remote-candidates:1 192.0.2.10 5',
    'fingerprint:sha-256 AB:CD',
    'setup:actpass',
    'tls-id:1234',
    'tcap:1 RTP/SAVP',
    'pcfg:1 t=1',
    'acap:1 crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA',
    'csup:cap-v0',
    'key-mgmt:mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyO',
    'bundle-only',
    'extmap:4 urn:ietf:params:rtp-hdrext:encrypt urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    'cryptex',
    `crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`,
    `Crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`,
    ` crypto : 1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`,
    `crypto 1 AES_CM_128_HMAC_SHA1_80 INLINE:${KEY_A}`,
    `x-crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`,
    `crypto:${KEY_A}`,
    'crypto',
  ])('loses a=%s', (attribute) => {
    expect(out(audio({ attributes: [attribute] }))).toBe(out(audio()));
    expect(
      out(head.replace('t=0 0\r\n', `t=0 0\r\na=${attribute}\r\n`) + audio().slice(head.length - 2)),
    ).not.toContain(attribute);
  });

  it('loses k= at both levels: a key in clear', () => {
    const text = `${head}k=clear:secret\r\nm=audio 49170 RTP/AVP 0\r\nk=base64:c2VjcmV0\r\n`;
    expect(out(text)).toBe(`${head.replace('c=IN IP4 192.0.2.10', 'c=IN IP4 203.0.113.1')}m=audio 30000 RTP/AVP 0\r\n`);
    expect(value(negotiateOffer(parsed(text), context())).warnings).toEqual([
      'm-line 1 (audio): k= dropped: a key in clear',
    ]);
  });

  it('loses BUNDLE, since each m= line has a port of its own, and keeps other groups', () => {
    const text = `${head}a=group:BUNDLE 0 1\r\na=group:LS 0 1\r\nm=audio 49170 RTP/AVP 0\r\na=mid:0\r\n`;
    expect(linesOf(out(text), 'a=group')).toEqual(['a=group:LS 0 1']);
  });

  it('puts our crypto lines where the first of the others stood', () => {
    const text = audio({ protocol: 'RTP/SAVP', crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`, '2 x'] });
    const names = out(text)
      .split('\r\n')
      .slice(5, -1)
      .map((line) => line.split(/[: ]/)[0]);
    expect(names).toEqual(['m=audio', 'a=crypto', 'a=crypto', 'a=rtpmap']);
  });
});

describe('c=', () => {
  it('is rewritten where it stands, at each level', () => {
    const text = `${head}m=audio 49170 RTP/AVP 0\r\nc=IN IP4 192.0.2.11\r\nb=AS:1\r\nm=video 5000 RTP/AVP 31\r\n`;
    expect(
      out(text)
        .split('\r\n')
        .map((line) => line.slice(0, 2))
        .join(''),
    ).toBe('v=o=s=c=t=m=c=b=m=');
    expect(linesOf(out(text), 'c=')).toEqual(['c=IN IP4 203.0.113.1', 'c=IN IP4 203.0.113.1']);
  });

  it('is added to a section whose address is not that of the session', () => {
    const text = `${head}m=audio 49170 RTP/AVP 0\r\nm=video 5000 RTP/AVP 31\r\ni=title\r\nb=AS:1\r\n`;
    const outcome = value(negotiateOffer(parsed(text), context()));
    const [first, second] = localsFor(outcome.media, 'answerer', OUTSIDE);
    const local = [first!, { ...second!, family: 'IP6' as const, address: '2001:db8::1' }];
    const { sdp } = writeOffer(parsed(text), outcome, local, context().options, initialOrigin('x'));
    expect(sdp).toContain('m=video 30002 RTP/AVP 31\r\ni=title\r\nc=IN IP6 2001:db8::1\r\nb=AS:1\r\n');
    expect(sdp).toContain('m=audio 30000 RTP/AVP 0\r\nm=video');
  });

  it('is added where neither level has one', () => {
    const text = 'v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\n';
    expect(out(text)).toContain('m=audio 30000 RTP/AVP 0\r\nc=IN IP4 203.0.113.1\r\n');
  });

  it('keeps one line of several in a section: there is one address', () => {
    expect(
      linesOf(out(`${head}m=audio 49170 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\nc=IN IP4 224.2.1.2/127\r\n`), 'c='),
    ).toHaveLength(2);
  });

  it('follows the family of our address', () => {
    expect(linesOf(out(audio(), {}, { ...OUTSIDE, family: 'IP6', address: '2001:db8::1' }), 'c=')).toEqual([
      'c=IN IP6 2001:db8::1',
    ]);
  });
});

describe('a=rtcp', () => {
  const odd = { ...OUTSIDE, rtcpPort: 30_005 };
  const rtcp = (
    options: OptionChanges,
    local: LocalMedia | null,
    text = audio({ attributes: ['rtcp:49171', 'x:after'] }),
  ) => {
    const under = context(options);
    const outcome = value(negotiateOffer(parsed(text), under));
    return writeOffer(parsed(text), outcome, [local], under.options, initialOrigin('x')).sdp;
  };

  it.each<[string, OptionChanges, LocalMedia, readonly string[]]>([
    ['is not needed for the next port', {}, OUTSIDE, []],
    ['is written for another port', {}, odd, ['a=rtcp:30005']],
    ['is written in full when asked', { rtcpAttribute: 'full' }, OUTSIDE, ['a=rtcp:30001 IN IP4 203.0.113.1']],
    ['is never written when so asked', { rtcpAttribute: 'none' }, odd, []],
    ['is not needed when muxed', {}, { ...OUTSIDE, rtcpPort: null }, []],
    [
      'names the RTP port when muxed and asked in full',
      { rtcpAttribute: 'full' },
      { ...OUTSIDE, rtcpPort: null },
      ['a=rtcp:30000 IN IP4 203.0.113.1'],
    ],
  ])('%s', (_, options, local, expected) => {
    expect(linesOf(rtcp(options, local), 'a=rtcp:')).toEqual(expected);
  });

  it('stands where the other one stood', () => {
    expect(rtcp({}, odd)).toContain('a=rtcp:30005\r\na=x:after\r\n');
  });
});

describe('m=', () => {
  it('loses its port count, since one pair is relayed, and says so', () => {
    const text = `${head}m=audio 49170/2 RTP/AVP 0\r\n`;
    expect(linesOf(out(text), 'm=')).toEqual(['m=audio 30000 RTP/AVP 0']);
    expect(value(negotiateOffer(parsed(text), context())).warnings).toEqual([
      'm-line 1 (audio): only the first of 2 port pairs is relayed',
    ]);
  });

  it('with port 0 stays so, without the addresses and keys of the other side', () => {
    const text = `${audio()}m=video 0 RTP/SAVP 31\r\nc=IN IP4 192.0.2.55\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}\r\na=candidate:1 1 UDP 1 192.0.2.55 5 typ host\r\na=rtcp:5\r\na=inactive\r\n`;
    expect(out(text).split('m=video')[1]).toBe(' 0 RTP/SAVP 31\r\nc=IN IP4 203.0.113.1\r\na=inactive\r\n');
  });

  it('keeps its place among the others', () => {
    const text = `${head}m=audio 0 RTP/AVP 0\r\nm=audio 5000 RTP/AVP 8\r\nm=video 0 RTP/AVP 31\r\nm=image 6000 udptl t38\r\n`;
    expect(linesOf(out(text), 'm=')).toEqual([
      'm=audio 0 RTP/AVP 0',
      'm=audio 30002 RTP/AVP 8',
      'm=video 0 RTP/AVP 31',
      'm=image 30006 udptl t38',
    ]);
  });

  it('that is refused stays so, even where ports are still open for it', () => {
    const text = `${head}m=audio 0 RTP/AVP 0\r\n`;
    const outcome = value(negotiateOffer(parsed(text), context()));
    const { sdp } = writeOffer(parsed(text), outcome, [OUTSIDE], context().options, initialOrigin('x'));
    expect(linesOf(sdp, 'm=')).toEqual(['m=audio 0 RTP/AVP 0']);
  });

  it('that the session gave no port to is refused', () => {
    const outcome = value(negotiateOffer(parsed(audio()), context()));
    expect(
      linesOf(writeOffer(parsed(audio()), outcome, [null], context().options, initialOrigin('x')).sdp, 'm='),
    ).toEqual(['m=audio 0 RTP/AVP 0 8 101']);
  });
});

describe('a body without media', () => {
  it('passes as it is', () => {
    expect(out(head)).toBe(head);
  });
});

describe('generate-mid', () => {
  it('names the sections that have no name, each differently', () => {
    const text = `${head}m=audio 4000 RTP/AVP 0\r\nm=audio 4002 RTP/AVP 0\r\na=mid:1\r\nm=video 0 RTP/AVP 31\r\nm=video 4004 RTP/AVP 31\r\n`;
    expect(linesOf(out(text, { generateMid: true }), 'a=mid:')).toEqual(['a=mid:2', 'a=mid:1', 'a=mid:4']);
    expect(linesOf(out(text), 'a=mid:')).toEqual(['a=mid:1']);
  });
});

describe('ptime', () => {
  it('replaces the one that is there, or is added', () => {
    expect(linesOf(out(audio({ attributes: ['ptime:20', 'maxptime:40'] }), { packetTime: 30 }), 'a=ptime')).toEqual([
      'a=ptime:30',
    ]);
    expect(linesOf(out(audio(), { packetTime: 30 }), 'a=ptime')).toEqual(['a=ptime:30']);
  });
});
