import { randomBytes } from 'node:crypto';
import { openNgClient, type Anchor } from '../../support/anchor.js';
import { AnchoredCall } from '../../support/anchored-call.js';
import { encodeBencode } from '../../support/bencode.js';
import type { NgClient } from '../../support/ng-client.js';
import { buildSenderReport } from '../../support/rtp.js';
import { buildSdp, cryptoAttribute, readOnlyMedia } from '../../support/sdp.js';
import { randomMasterKey, SrtpSession } from '../../support/srtp.js';
import { SUITES, type SuiteName } from '../../support/srtp-keys.js';
import { RtpStream, sendInStep } from '../../support/stream.js';
import { readCommandReplies } from './command-replies.js';
import { EventReader } from './event-reader.js';
import { readHttpResources } from './http-resources.js';
import { endNeedles, masterKeyNeedles, type Needle } from './key-search.js';

/** The SDP for one party, and the keys that are not for it. */
export interface HandedSdp {
  readonly sdp: string;
  readonly foreign: readonly Needle[];
}

/** What the scenario used and what the process answered to those who need no key. */
export interface Busy {
  readonly needles: readonly Needle[];
  readonly replies: Buffer;
  /** All that a reader of the event stream got meanwhile. */
  readonly events: Buffer;
  /** Of offers and answers. */
  readonly handed: readonly HandedSdp[];
  readonly calls: readonly AnchoredCall[];
  readonly client: NgClient;
}

const PAIRS: readonly ['plain' | SuiteName, 'plain' | SuiteName][] = [
  ...(Object.keys(SUITES) as SuiteName[]).map((suite): [SuiteName, 'plain'] => [suite, 'plain']),
  ['plain', 'AES_CM_128_HMAC_SHA1_80'],
  ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'],
];

/** Calls of every suite with media, failures and a re-key, refusals that carry keys; the calls are left up, but for those that were ended to read the reply. */
export async function runBusyScenario(anchor: Anchor): Promise<Busy> {
  const client = await openNgClient(anchor);
  const reader = await EventReader.open(anchor);
  const needles: Needle[] = [];
  const handed: HandedSdp[] = [];
  const calls: AnchoredCall[] = [];
  for (const [from, to] of PAIRS) {
    const call = await AnchoredCall.open(anchor, { from, to });
    calls.push(call);
    const streams: Streams = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2 })];
    await talk(call, streams);
    needles.push(...ends(call));
    rekey(call);
    const renewed = await renegotiate(call);
    handed.push(...renewed.handed);
    needles.push(...renewed.needles, ...ends(call));
    await talk(call, streams);
    await misuse(call);
  }
  const refused = await refusals(client);
  const callIds = calls.map(({ callId }) => callId);
  const events = await reader.closeAfter(callIds);
  const replies = [...refused.replies, ...(await readCommandReplies(anchor, callIds))];
  replies.push(...(await readHttpResources(anchor, [...callIds, ...refused.callIds])));
  return { needles: [...needles, ...refused.needles], replies: Buffer.concat(replies), events, handed, calls, client };
}

function ends(call: AnchoredCall): Needle[] {
  return [...endNeedles('offerer', call.from), ...endNeedles('answerer', call.to)];
}

function rekey({ from }: AnchoredCall): void {
  if (from.key === null) return;
  from.key = randomMasterKey(from.key.suite);
  from.sender = new SrtpSession(from.key);
}

/** Offer and answer again; the keys that the relay hands to each end, and only to that end. */
async function renegotiate(call: AnchoredCall): Promise<{ needles: Needle[]; handed: HandedSdp[] }> {
  const { from, to } = call;
  const { sdp: offered = '' } = await call.offer(from, to);
  const { sdp: answered = '' } = await call.answer(from, to, readOnlyMedia(offered));
  const [forAnswerer, forOfferer] = [relayKeys(offered), relayKeys(answered)];
  return {
    needles: [...forAnswerer, ...forOfferer],
    handed: [
      { sdp: offered, foreign: [...ends(call), ...forOfferer] },
      { sdp: answered, foreign: [...ends(call), ...forAnswerer] },
    ],
  };
}

function relayKeys(sdp: string): Needle[] {
  return readOnlyMedia(sdp).cryptos.flatMap(({ params }) =>
    params === undefined ? [] : masterKeyNeedles('relay', params),
  );
}

type Streams = readonly [RtpStream, RtpStream];

async function talk(call: AnchoredCall, [from, to]: Streams): Promise<void> {
  await sendInStep(call, call.from, from.packets(10));
  await sendInStep(call, call.to, to.packets(10));
  for (const end of [call.from, call.to]) await call.sendRtcp(end, buildSenderReport(3, 4, 5));
}

/** A flood of packets under no key, so that failing authentication is logged. */
async function misuse({ from }: AnchoredCall): Promise<void> {
  for (let i = 0; i < 100; i++) await from.rtp.send(randomBytes(180).fill(0x80, 0, 1), from.anchorRtp);
}

interface Refused {
  readonly callIds: readonly string[];
  readonly needles: readonly Needle[];
  readonly replies: readonly Buffer[];
}

/** Offers that are refused or only half understood, each with a key in it. */
async function refusals(client: NgClient): Promise<Refused> {
  const callIds: string[] = [];
  const needles: Needle[] = [];
  const replies: Buffer[] = [];
  const lines = [
    (line: string): string => line.replace('AES_CM_128_HMAC_SHA1_80', 'F8_128_HMAC_SHA1_80'),
    (line: string): string => `${line}|2^99`,
    (line: string): string => `${line}|1:200`,
    (line: string): string => line.replace('inline:', 'inline'),
    (line: string): string => `${line} UNENCRYPTED_SRTP`,
    (line: string): string => `${line}=garbage`,
    (line: string): string => line.replace('crypto:1', 'crypto:4294967297'),
  ];
  for (const [i, spoil] of lines.entries()) {
    const key = randomMasterKey('AES_CM_128_HMAC_SHA1_80');
    needles.push(...masterKeyNeedles(`refused line ${i}`, key));
    const sdp = buildSdp({ port: 40_000, protocol: 'RTP/SAVP', attributes: [spoil(cryptoAttribute(1, key))] });
    const withKey = sdp.replace('t=0 0', `k=base64:${key.key.toString('base64')}\r\nt=0 0`);
    const callId = `refused-${i}`;
    callIds.push(callId);
    const offer = { command: 'offer', 'call-id': callId, 'from-tag': 'a', sdp: withKey };
    for (const protocol of ['RTP/AVP', 'RTP/SAVP']) {
      const cookie = `refused-${i}-${protocol}`;
      const message = encodeBencode({ ...offer, 'transport-protocol': protocol });
      // Cut off, too: the octets of a message that cannot be read must not be logged.
      for (const octets of [message, message.subarray(0, message.length - 20)]) {
        const name = `${cookie}-${octets.length}`;
        const reply = await client.exchange(Buffer.concat([Buffer.from(`${name} `), octets]), name, 2_000);
        if (reply !== undefined) replies.push(reply);
      }
    }
  }
  return { callIds, needles, replies };
}
