import { describe, expect, it } from 'vitest';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import { errorText } from '../../../src/shared/errors.js';
import {
  ANSWERER,
  audio,
  context,
  cryptoLines,
  KEY_A,
  linesOf,
  offerError,
  parsed,
  previousOf,
  round,
  value,
} from './support.js';

const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n';
const fax = `${head}m=image 4000 udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n`;

describe('T.38 over udptl', () => {
  it('goes through with its protocol and attributes untouched, whatever the profile asked for', () => {
    const call = round(fax, fax.replaceAll('192.0.2.10', ANSWERER), context({ transportProtocol: 'RTP/SAVP' }));
    expect(call.offerSdp).toBe(fax.replace('c=IN IP4 192.0.2.10', 'c=IN IP4 203.0.113.1').replace('4000', '30000'));
    expect(linesOf(call.answerSdp, 'm=')).toEqual(['m=image 32000 udptl t38']);
  });

  it('has one port, no keys and no RTCP', () => {
    const call = round(fax, fax.replaceAll('192.0.2.10', ANSWERER));
    for (const leg of [call.answer.media[0]!.offerer, call.answer.media[0]!.answerer]) {
      expect(leg).toMatchObject({ inbound: null, outbound: null, offered: [], rtcpMux: false, remoteRtcp: null });
    }
    expect(call.answer.media[0]).toMatchObject({
      kind: 'raw',
      dtmfPayloadTypes: [],
      answerer: { remoteRtp: { address: ANSWERER, port: 4_000 } },
    });
  });

  it('may follow audio on the same m= line, and audio may follow it', () => {
    const talk = round(
      audio({ protocol: 'RTP/SAVP', crypto: [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}`] }),
      audio({ address: ANSWERER }),
      context({ transportProtocol: 'RTP/AVP' }),
    );
    const faxed = round(fax, fax, context({}, { previous: previousOf(talk) }));
    expect(faxed.answer.media[0]).toMatchObject({ kind: 'raw', offerer: { inbound: null } });
    const back = round(audio(), audio({ address: ANSWERER }), context({}, { previous: previousOf(faxed) }));
    expect(linesOf(back.offerSdp, 'm=')).toEqual(['m=audio 30000 RTP/AVP 0 8 101']);
  });

  it('keeps where the answerer was in a re-offer, until it answers', () => {
    const before = round(fax, fax.replaceAll('192.0.2.10', ANSWERER));
    const { media } = value(negotiateOffer(parsed(fax), context({}, { previous: previousOf(before) })));
    expect(media[0]?.answerer.remoteRtp).toMatchObject({ address: ANSWERER });
  });

  it('may have the port refused by the answerer', () => {
    const call = round(
      `${audio()}m=image 4000 udptl t38\r\n`,
      `${audio({ address: ANSWERER })}m=image 0 udptl t38\r\n`,
    );
    expect(linesOf(call.answerSdp, 'm=image')).toEqual(['m=image 0 udptl t38']);
  });
});

describe('other UDP', () => {
  it.each(['UDPTL', 'udp', 'UDP/BFCP', 'UDP/TLS/BFCP', 'UDP/TLS/UDPTL', 'UDP/DTLS/SCTP', 'RTP/XYZ'])(
    '%s goes through raw',
    (protocol) => {
      const text = `${head}m=application 4000 ${protocol} *\r\n`;
      const { media } = value(negotiateOffer(parsed(text), context()));
      expect(media[0]).toMatchObject({ kind: 'raw', offerer: { protocol }, answerer: { protocol } });
    },
  );

  it('keeps the fingerprint of DTLS that is between the two ends, at both levels', () => {
    const text = `${head}a=fingerprint:sha-256 AA\r\na=setup:actpass\r\nm=application 4000 UDP/TLS/BFCP *\r\na=fingerprint:sha-256 BB\r\na=setup:active\r\na=candidate:1 1 UDP 1 192.0.2.10 5 typ host\r\n`;
    const { offerSdp } = round(text, text);
    expect(linesOf(offerSdp, 'a=')).toEqual([
      'a=fingerprint:sha-256 AA',
      'a=setup:actpass',
      'a=fingerprint:sha-256 BB',
      'a=setup:active',
    ]);
  });

  it('lets no a=crypto through', () => {
    const text = `${head}m=application 4000 udp *\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_A}\r\n`;
    expect(cryptoLines(round(text, text).offerSdp)).toEqual([]);
  });
});

describe('what a relay of UDP cannot carry', () => {
  it.each([
    ['TCP/MSRP', 'only UDP is relayed'],
    ['TCP/TLS/MSRP', 'only UDP is relayed'],
    ['TCP/BFCP', 'only UDP is relayed'],
    ['TCP/RTP/AVP', 'only UDP is relayed'],
    ['SCTP', 'only UDP is relayed'],
    ['UDP/TLS/RTP/SAVPF', 'DTLS-SRTP is not done here; RTP/SAVP with a=crypto is'],
    ['UDP/TLS/RTP/SAVP', 'DTLS-SRTP is not done here; RTP/SAVP with a=crypto is'],
  ])('%s is refused by itself, with a warning, beside a line that works', (protocol, why) => {
    const text = `${audio()}m=message 7000 ${protocol} 0\r\n`;
    const call = round(text, `${audio({ address: ANSWERER })}m=message 0 ${protocol} 0\r\n`);
    expect(linesOf(call.offerSdp, 'm=message')).toEqual([`m=message 0 ${protocol} 0`]);
    expect(call.offer.warnings).toEqual([`m-line 2 (message): ${protocol} refused, ${why}`]);
    expect(call.offer.notes).toContainEqual({ kind: 'media_refused', media: 1, protocol });
    expect(linesOf(call.answerSdp, 'm=message')).toEqual([`m=message 0 ${protocol} 0`]);
  });

  it('refuses the offer when nothing else is in it', () => {
    expect(errorText(offerError(`${head}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=fingerprint:sha-256 AA\r\n`))).toBe(
      'Unsupported media transport: m-line 1 (audio): UDP/TLS/RTP/SAVPF refused, DTLS-SRTP is not done here; RTP/SAVP with a=crypto is',
    );
  });

  it('does not refuse an offer whose lines are all disabled by the offerer', () => {
    expect(value(negotiateOffer(parsed(`${head}m=audio 0 RTP/AVP 0\r\n`), context())).media[0]?.kind).toBe('rejected');
  });
});
