import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNgClient, type Anchor } from '../support/anchor.js';
import type { BencodeValue } from '../support/bencode.js';
import { TestHost } from '../support/host.js';
import type { NgClient } from '../support/ng-client.js';
import { RelayProcess } from '../support/relay-process.js';
import { RtpengineProcess } from '../support/rtpengine-process.js';
import { normaliseSdp } from '../support/sdp-normalise.js';

/*
 * The same offers and answers to us and to Debian's rtpengine-daemon: the SDP that comes back must be the same but for
 * ports, addresses, keys and the numbers in o= (normalised), and but for the differences that we choose, listed here.
 * A difference that is not in the table fails, and so does a row that no scenario needs any more.
 */
const ANCHOR = '127.0.0.1';

interface ChosenDifference {
  readonly name: string;
  readonly reason: string;
  /** Changes their lines into ours, or returns them as they are. */
  readonly apply: (theirs: readonly string[], ours: readonly string[]) => readonly string[];
}

/** The title of the scenario that runs. */
let scenarioNow = '';

const withoutLines =
  (pattern: RegExp) =>
  (theirs: readonly string[]): readonly string[] =>
    theirs.filter((line) => !pattern.test(line));

const CHOSEN: readonly ChosenDifference[] = [
  {
    name: 'fewer suites offered',
    reason:
      'Twelve lines, two of them NULL ciphers, make phones and Teams choke; we offer what the policy says: _80, then _32.',
    apply: (theirs, ours) => {
      const first = theirs.findIndex((line) => line.startsWith('a=crypto:'));
      const offered = theirs.filter((line) => line.startsWith('a=crypto:')).length > 1;
      if (!offered) return theirs;
      const rest = theirs.filter((line) => !line.startsWith('a=crypto:'));
      return [...rest.slice(0, first), ...ours.filter((line) => line.startsWith('a=crypto:')), ...rest.slice(first)];
    },
  },
  {
    name: 'no a=rtcp when RTCP is on the next port',
    reason:
      'RFC 3605 §2.1: the attribute is for when it is not; writing it always confuses some devices. `full-rtcp-attribute` still asks for it.',
    apply: (theirs, ours) =>
      ours.some((line) => line.startsWith('a=rtcp:')) ? theirs : withoutLines(/^a=rtcp:/)(theirs),
  },
  {
    name: 'no DTLS attributes',
    reason:
      'We do not terminate DTLS; an offer of SDES with a fingerprint beside it makes some ends choose what is not there.',
    apply: withoutLines(/^a=(setup|fingerprint):/),
  },
  {
    name: 'no rtpmap of our own',
    reason: 'Static payload types need none (RFC 3551 §6); what an end did not write we do not write for it.',
    apply: (theirs, ours) => (ours.includes('a=rtpmap:0 PCMU/8000') ? theirs : withoutLines(/^a=rtpmap:0 /)(theirs)),
  },
  {
    name: 'no ptime of our own',
    reason:
      'The packet time is between the two ends (RFC 8866 §6.4); the one of the offer is not put into an answer that has none.',
    apply: (theirs, ours) => (ours.includes('a=ptime:20') ? theirs : withoutLines(/^a=ptime:/)(theirs)),
  },
  {
    name: 'no direction of our own',
    reason:
      'No direction means sendrecv (RFC 8866 §6.7), and T.38 has none at all; what an end wrote stays, also beside 0.0.0.0.',
    apply: (theirs, ours) => {
      const direction = /^a=(sendrecv|sendonly|recvonly|inactive)$/;
      if (
        sameLines(
          ours.filter((line) => direction.test(line)),
          theirs.filter((line) => direction.test(line)),
        )
      )
        return theirs;
      return [...withoutLines(direction)(theirs), ...ours.filter((line) => direction.test(line))];
    },
  },
  {
    name: 'the c= of the session, too',
    reason:
      'An address of the far end that stays in the session part tells this side where the other one is, and an end that reads only that one sends past us.',
    apply: (theirs, ours) => {
      const media = theirs.findIndex((line) => line.startsWith('m='));
      if (!theirs.slice(media).includes('c=IN IP4 ANCHOR') || !ours.slice(0, media).includes('c=IN IP4 ANCHOR'))
        return theirs;
      return theirs.map((line, at) => (at < media && line.startsWith('c=') ? 'c=IN IP4 ANCHOR' : line));
    },
  },
  {
    name: 'origin-full is known',
    reason: "Debian's 10.5.3 is older than this item and passes over it.",
    apply: (theirs, ours) => {
      const origin = ours.find((line) => line.startsWith('o='));
      if (origin !== 'o=jane ID VERSION IN IP4 ANCHOR' || !scenarioNow.includes('origin-full')) return theirs;
      return theirs.map((line) => (line.startsWith('o=') ? origin : line));
    },
  },
  {
    name: 'an m= line keeps a format',
    reason:
      'Stripping the last voice codec takes the events with it there and leaves no format at all, which RFC 8866 §5.14 has no words for.',
    apply: (theirs, ours) =>
      theirs.map((line) =>
        /^m=.* RTP\/\S+ $/.test(line) ? (ours.find((other) => other.startsWith(line)) ?? line) : line,
      ),
  },
  {
    name: 'no mid of our own in an answer',
    reason: 'An end that answers without mid does not group (RFC 5888 §9.1); that is its answer.',
    apply: (theirs, ours) =>
      ours.some((line) => line.startsWith('a=mid:')) ? theirs : withoutLines(/^a=mid:/)(theirs),
  },
  {
    name: 'attributes stay in the order in which they came',
    reason: 'Lines that are not ours pass verbatim and in order; the incumbent gathers those it understands.',
    apply: (theirs, ours) => (sameLines(theirs, ours) ? ours : theirs),
  },
];

function sameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join('\n') === other.toSorted().join('\n');
}

/** One exchange: an offer, then an answer to what came out. */
interface Scenario {
  readonly title: string;
  readonly offer: string;
  readonly answer: string;
  readonly offerOptions?: Readonly<Record<string, BencodeValue>>;
  readonly answerOptions?: Readonly<Record<string, BencodeValue>>;
}

const KEY = 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';

function sdp(...media: readonly string[]): string {
  return [
    'v=0',
    'o=jane 2890844526 2890842807 IN IP4 198.51.100.1',
    's=call',
    'c=IN IP4 198.51.100.1',
    't=0 0',
    ...media,
    '',
  ].join('\r\n');
}

const PLAIN = sdp(
  'm=audio 6000 RTP/AVP 0 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=sendrecv',
);
const SECURE = sdp(
  'm=audio 6000 RTP/SAVP 0 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
  'a=sendrecv',
);
const HELD = PLAIN.replace('c=IN IP4 198.51.100.1', 'c=IN IP4 0.0.0.0');
const MUXED = PLAIN.replace('a=sendrecv', 'a=rtcp-mux\r\na=sendrecv');
const TO_SECURE = { 'transport-protocol': 'RTP/SAVP' };
const TO_PLAIN = { 'transport-protocol': 'RTP/AVP' };
const ORIGIN = { replace: ['origin', 'session-connection'] };

const SCENARIOS: readonly Scenario[] = [
  { title: 'plain to plain', offer: PLAIN, answer: PLAIN },
  {
    title: 'plain to plain with replace origin',
    offer: PLAIN,
    answer: PLAIN,
    offerOptions: ORIGIN,
    answerOptions: ORIGIN,
  },
  {
    title: 'plain to secure',
    offer: PLAIN,
    answer: SECURE,
    offerOptions: { ...ORIGIN, ...TO_SECURE },
    answerOptions: ORIGIN,
  },
  {
    title: 'secure to plain',
    offer: SECURE,
    answer: PLAIN,
    offerOptions: { ...ORIGIN, ...TO_PLAIN },
    answerOptions: ORIGIN,
  },
  { title: 'secure to secure', offer: SECURE, answer: SECURE, offerOptions: TO_SECURE },
  {
    title: 'hold by direction',
    offer: PLAIN.replace('sendrecv', 'sendonly'),
    answer: PLAIN.replace('sendrecv', 'recvonly'),
  },
  {
    title: 'hold by inactive',
    offer: PLAIN.replace('sendrecv', 'inactive'),
    answer: PLAIN.replace('sendrecv', 'inactive'),
  },
  { title: 'hold by 0.0.0.0', offer: PLAIN.replace('c=IN IP4 198.51.100.1', 'c=IN IP4 0.0.0.0'), answer: PLAIN },
  {
    title: 'c= at the media level',
    offer: sdp('m=audio 6000 RTP/AVP 0', 'c=IN IP4 198.51.100.9', 'a=sendrecv'),
    answer: sdp('m=audio 6000 RTP/AVP 0', 'c=IN IP4 198.51.100.10', 'a=sendrecv'),
  },
  {
    title: 'two streams',
    offer: sdp(
      'm=audio 6000 RTP/AVP 0',
      'a=sendrecv',
      'm=video 6002 RTP/AVP 99',
      'a=rtpmap:99 H264/90000',
      'a=sendrecv',
    ),
    answer: sdp(
      'm=audio 7000 RTP/AVP 0',
      'a=sendrecv',
      'm=video 7002 RTP/AVP 99',
      'a=rtpmap:99 H264/90000',
      'a=sendrecv',
    ),
  },
  {
    title: 'a second stream that is refused',
    offer: sdp(
      'm=audio 6000 RTP/AVP 0',
      'a=sendrecv',
      'm=video 6002 RTP/AVP 99',
      'a=rtpmap:99 H264/90000',
      'a=sendrecv',
    ),
    answer: sdp('m=audio 7000 RTP/AVP 0', 'a=sendrecv', 'm=video 0 RTP/AVP 99'),
  },
  {
    title: 'b= lines and unknown attributes',
    offer: sdp(
      'b=AS:64',
      'm=audio 6000 RTP/AVP 0',
      'b=TIAS:64000',
      'a=x-unknown:1',
      'a=label:main',
      'a=sendrecv',
    ).replace('t=0 0\r\nb=AS:64', 'b=AS:64\r\nt=0 0'),
    answer: sdp('m=audio 6000 RTP/AVP 0', 'a=x-other', 'a=sendrecv'),
  },
  {
    title: 'rtcp-mux offered and taken',
    offer: sdp('m=audio 6000 RTP/AVP 0', 'a=rtcp-mux', 'a=sendrecv'),
    answer: sdp('m=audio 7000 RTP/AVP 0', 'a=rtcp-mux', 'a=sendrecv'),
  },
  {
    title: 'rtcp-mux offered and not taken',
    offer: sdp('m=audio 6000 RTP/AVP 0', 'a=rtcp-mux', 'a=sendrecv'),
    answer: sdp('m=audio 7000 RTP/AVP 0', 'a=sendrecv'),
  },
  {
    title: 'rtcp-mux taken away',
    offer: sdp('m=audio 6000 RTP/AVP 0', 'a=rtcp-mux', 'a=sendrecv'),
    answer: sdp('m=audio 7000 RTP/AVP 0', 'a=sendrecv'),
    offerOptions: { 'rtcp-mux': ['demux'] },
  },
  ...['origin-full', 'username', 'session-name', 'SDP-version', 'force-increment-sdp-ver', 'zero-address'].map(
    (item) => ({
      title: `replace ${item}`,
      offer: HELD,
      answer: PLAIN,
      offerOptions: { replace: ['origin', item] },
      answerOptions: { replace: [item] },
    }),
  ),
  ...[
    'full-rtcp-attribute',
    'no-rtcp-attribute',
    'original-sendrecv',
    'generate-mid',
    'trust-address',
    'SIP-source-address',
    'asymmetric',
    'strict-source',
    'media-handover',
    'loop-protect-not',
    'symmetric',
  ].map((flag) => ({
    title: `flag ${flag}`,
    offer: PLAIN,
    answer: PLAIN,
    offerOptions: { flags: [flag] },
    answerOptions: { flags: [flag] },
  })),
  ...['offer', 'require', 'demux', 'accept', 'reject'].flatMap((mode) => [
    {
      title: `rtcp-mux ${mode}, not offered, not taken`,
      offer: PLAIN,
      answer: PLAIN,
      offerOptions: { 'rtcp-mux': [mode] },
    },
    { title: `rtcp-mux ${mode}, offered and taken`, offer: MUXED, answer: MUXED, offerOptions: { 'rtcp-mux': [mode] } },
  ]),
  ...[
    { strip: ['telephone-event'] },
    { strip: ['PCMU'] },
    { strip: ['all'], offer: ['PCMU'] },
    { except: ['PCMU'] },
  ].map((codec) => ({
    title: `codec ${JSON.stringify(codec)}`,
    offer: PLAIN,
    answer: sdp('m=audio 7000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=sendrecv'),
    offerOptions: { codec },
  })),
  { title: 'AVPF to AVP', offer: PLAIN.replace('RTP/AVP', 'RTP/AVPF'), answer: PLAIN, offerOptions: TO_PLAIN },
  {
    title: 'AVP to AVPF',
    offer: PLAIN,
    answer: PLAIN.replace('RTP/AVP', 'RTP/AVPF'),
    offerOptions: { 'transport-protocol': 'RTP/AVPF' },
  },
  { title: 'SAVPF to AVP', offer: SECURE.replace('RTP/SAVP', 'RTP/SAVPF'), answer: PLAIN, offerOptions: TO_PLAIN },
  { title: 'a=rtcp of the offerer', offer: `${PLAIN}a=rtcp:6077\r\n`, answer: PLAIN },
  {
    title: 'a=mid and a=group',
    offer: PLAIN.replace('m=audio', 'a=group:BUNDLE 0\r\nm=audio').replace('a=sendrecv', 'a=mid:0\r\na=sendrecv'),
    answer: PLAIN,
  },
  {
    title: 'T.38',
    offer: sdp('m=image 6000 udptl t38', 'a=T38FaxVersion:0', 'a=T38FaxUdpEC:t38UDPRedundancy'),
    answer: sdp('m=image 7000 udptl t38', 'a=T38FaxVersion:0', 'a=T38FaxUdpEC:t38UDPRedundancy'),
  },
  {
    title: 'a media address said by the proxy',
    offer: PLAIN,
    answer: PLAIN,
    offerOptions: { 'media-address': '203.0.113.77' },
    answerOptions: { 'media-address': '203.0.113.77' },
  },
  {
    title: 'ICE taken away',
    offer: sdp(
      'a=ice-ufrag:abcd',
      'a=ice-pwd:0123456789012345678901',
      'm=audio 6000 RTP/AVP 0',
      'a=candidate:1 1 UDP 2130706431 198.51.100.1 6000 typ host',
      'a=sendrecv',
    ),
    answer: sdp('m=audio 7000 RTP/AVP 0', 'a=sendrecv'),
    offerOptions: { ICE: 'remove' },
    answerOptions: { ICE: 'remove' },
  },
];

describe('beside rtpengine-daemon', () => {
  let host: TestHost;
  const clients: { ours?: NgClient; theirs?: NgClient } = {};
  const used = new Set<string>();

  beforeAll(async () => {
    host = await TestHost.open();
    const ours: Anchor = await RelayProcess.start(host, { portMin: 23_000, portMax: 26_999 });
    const theirs: Anchor = await RtpengineProcess.start(host, { portMin: 27_000, portMax: 31_999 });
    clients.ours = await openNgClient(ours);
    clients.theirs = await openNgClient(theirs);
  });
  afterAll(async () => {
    await host.close();
  });

  async function ask(client: NgClient, scenario: Scenario, step: 'offer' | 'answer'): Promise<string[]> {
    const ids = { 'call-id': scenario.title, 'from-tag': 'caller', 'received-from': ['IP4', '198.51.100.1'] };
    const reply =
      step === 'offer'
        ? await client.ok({ ...ids, ...scenario.offerOptions, sdp: scenario.offer, command: 'offer' })
        : await client.ok({
            ...ids,
            ...scenario.answerOptions,
            'to-tag': 'callee',
            sdp: scenario.answer,
            command: 'answer',
          });
    return normaliseSdp(reply.sdp ?? '', ANCHOR);
  }

  function expectSame(theirs: readonly string[], ours: readonly string[]): void {
    let explained = theirs;
    for (const { name, apply } of CHOSEN) {
      const next = apply(explained, ours);
      if (next.join('\n') !== explained.join('\n')) used.add(name);
      explained = next;
    }
    expect(ours).toEqual(explained);
  }

  describe.each(SCENARIOS)('$title', (scenario) => {
    it.each(['offer', 'answer'] as const)('the SDP of the %s is the same but for what we choose', async (step) => {
      scenarioNow = scenario.title;
      const [theirs, ours] = [await ask(clients.theirs!, scenario, step), await ask(clients.ours!, scenario, step)];
      expectSame(theirs, ours);
    });
  });

  it('every chosen difference is one that shows', () => {
    expect([...used].toSorted()).toEqual(CHOSEN.map(({ name }) => name).toSorted());
  });
});
