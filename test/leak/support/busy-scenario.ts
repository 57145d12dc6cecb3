import { randomBytes } from 'node:crypto';
import { openNgClient, type Anchor } from '../../support/anchor.js';
import { AnchoredCall } from '../../support/anchored-call.js';
import { encodeBencode } from '../../support/bencode.js';
import { httpRequest } from '../../support/metrics.js';
import type { NgClient } from '../../support/ng-client.js';
import { buildSenderReport } from '../../support/rtp.js';
import { buildSdp, cryptoAttribute, readOnlyMedia } from '../../support/sdp.js';
import { randomMasterKey, SrtpSession } from '../../support/srtp.js';
import { SUITES, type SuiteName } from '../../support/srtp-keys.js';
import { RtpStream, sendInStep } from '../../support/stream.js';
import { endNeedles, masterKeyNeedles, type Needle } from './key-search.js';

/** What the scenario used and what the process answered to those who need no key. */
export interface Busy {
  readonly needles: readonly Needle[];
  readonly replies: Buffer;
  readonly calls: readonly AnchoredCall[];
  readonly client: NgClient;
}

const PAIRS: readonly ['plain' | SuiteName, 'plain' | SuiteName][] = [
  ...(Object.keys(SUITES) as SuiteName[]).map((suite): [SuiteName, 'plain'] => [suite, 'plain']),
  ['plain', 'AES_CM_128_HMAC_SHA1_80'],
  ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'],
];

/** Calls of every suite with media, failures and a re-key, refusals that carry keys; the calls are left up. */
export async function runBusyScenario(anchor: Anchor): Promise<Busy> {
  const client = await openNgClient(anchor);
  const needles: Needle[] = [];
  const calls: AnchoredCall[] = [];
  for (const [from, to] of PAIRS) {
    const call = await AnchoredCall.open(anchor, { from, to });
    calls.push(call);
    const streams: Streams = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2 })];
    await talk(call, streams);
    needles.push(...ends(call));
    rekey(call);
    needles.push(...(await renegotiate(call)), ...ends(call));
    await talk(call, streams);
    await misuse(call);
  }
  const refused = await refusals(client);
  const replies = [...refused.replies, ...(await readEverything(anchor, client, calls))];
  return { needles: [...needles, ...refused.needles], replies: Buffer.concat(replies), calls, client };
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
async function renegotiate(call: AnchoredCall): Promise<Needle[]> {
  const { from, to } = call;
  const offered = readOnlyMedia((await call.offer(from, to)).sdp);
  const answered = readOnlyMedia((await call.answer(from, to, offered)).sdp);
  return [...offered.cryptos, ...answered.cryptos].flatMap(({ params }) =>
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

/** Offers that are refused or only half understood, each with a key in it. */
async function refusals(client: NgClient): Promise<{ needles: Needle[]; replies: Buffer[] }> {
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
    const offer = { command: 'offer', 'call-id': `refused-${i}`, 'from-tag': 'a', sdp: withKey };
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
  return { needles, replies };
}

async function readEverything(anchor: Anchor, client: NgClient, calls: readonly AnchoredCall[]): Promise<Buffer[]> {
  const requests = [
    { command: 'list' },
    { command: 'statistics' },
    ...calls.map(({ callId }) => ({ command: 'query', 'call-id': callId })),
  ];
  const replies: Buffer[] = [];
  for (const [i, request] of requests.entries()) {
    const cookie = `read-${i}`;
    const datagram = Buffer.concat([Buffer.from(`${cookie} `), encodeBencode(request)]);
    const reply = await client.exchange(datagram, cookie, 2_000);
    if (reply === undefined) throw new Error(`no reply to ${request.command}`);
    replies.push(reply);
  }
  const names = calls.map(({ callId }) => encodeURIComponent(callId));
  const paths = ['/', '/metrics', '/healthz', '/readyz', '/api/calls', '/api/stats', '/no/such/page'];
  const detail = [...names.map((name) => `/api/calls/${name}`), ...names.map((name) => `/api/refusals/${name}`)];
  for (const path of [...paths, ...detail, ...[0, 1, 2, 3, 4, 5, 6].map((i) => `/api/refusals/refused-${i}`)]) {
    const { body, headers } = await httpRequest(anchor, path);
    replies.push(Buffer.from(`${JSON.stringify(headers)}${body}`));
  }
  return replies;
}
