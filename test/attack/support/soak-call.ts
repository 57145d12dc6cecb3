import { AnchoredCall, type AnchoredCallOptions } from '../../support/anchored-call.js';
import type { Anchor } from '../../support/anchor.js';
import type { CallEnd } from '../../support/call-end.js';
import { readDrops } from '../../support/metrics.js';
import { buildSenderReport } from '../../support/rtp.js';
import { RtpStream } from '../../support/stream.js';
import { sleep, waitFor } from '../../support/wait.js';
import { attackDatagrams } from './datagrams.js';

const KINDS: readonly Pick<AnchoredCallOptions, 'from' | 'to'>[] = [
  { from: 'plain', to: 'AES_CM_128_HMAC_SHA1_80' },
  { from: 'AEAD_AES_256_GCM', to: 'plain' },
  { from: 'AES_CM_128_HMAC_SHA1_32', to: 'AES_CM_128_HMAC_SHA1_80' },
  { from: 'plain', to: 'plain' },
];
const ROUNDS = 200;
/** Beyond the noise's sequence numbers, so that it is no straggler. */
const LAST = 1_010;
/** A machine that stands still for some seconds is no fault of the relay. */
const PATIENCE = { timeoutMilliseconds: 60_000 };

export interface SoakCallOptions {
  /** Counts up: every kind of call has its turn. */
  readonly number: number;
  /** Milliseconds between two packets of a party. */
  readonly pace: number;
}

/** One call with media both ways, a re-INVITE, a query, RTCP and a little noise. Answers the datagrams that were sent. */
export async function soakCall(anchor: Anchor, { number, pace }: SoakCallOptions): Promise<number> {
  const call = await AnchoredCall.open(anchor, KINDS[number % KINDS.length]!);
  const streams = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2, start: 65_500 })] as const;
  for (let round = 0; round < ROUNDS; round++) {
    await call.sendRtp(call.from, streams[0].packet());
    await call.sendRtp(call.to, streams[1].packet());
    if (pace > 0) await sleep(pace);
    else if (round % 8 === 0) await call.to.rtp.settle(2, 2);
    if (round === ROUNDS / 2) await call.negotiate(call.from, call.to);
  }
  await call.client.ok({ command: 'query', 'call-id': call.callId });
  const sent = 2 * ROUNDS + (await sendLast(call, streams));
  await call.close();
  return sent;
}

/** RTCP and noise, then one packet through each port: when it is heard, nothing waits in a socket that will close. */
async function sendLast(call: AnchoredCall, streams: readonly [RtpStream, RtpStream]): Promise<number> {
  const { from, to } = call;
  const noise = attackDatagrams(1, 1_000);
  for (const datagram of noise) await from.rtp.send(datagram, from.anchorRtp);
  const last = [streams[0].packetAt(LAST), streams[1].packet()] as const;
  await call.sendRtp(from, last[0]);
  await call.sendRtp(to, last[1]);
  await call.sendRtcp(from, buildSenderReport(RTCP_SSRC, ROUNDS, 6_400));
  await hears(call, to, last[0]);
  await hears(call, from, last[1]);
  await waitFor('RTCP', () => to.rtcp.received.some(({ data }) => data.readUInt32BE(4) === RTCP_SSRC), PATIENCE);
  return noise.length + last.length + 1;
}

/** Not the one of the noise, whose report also comes out at a plain leg. */
const RTCP_SSRC = 3;

/** Waits for the packet by sequence number and SSRC, which are never encrypted. */
async function hears(call: AnchoredCall, { rtp, tag, secure }: CallEnd, packet: Buffer): Promise<void> {
  const mark = (data: Buffer): string => data.subarray(2, 4).toString('hex') + data.subarray(8, 12).toString('hex');
  const heard = (): boolean => rtp.received.some(({ data }) => mark(data) === mark(packet));
  await waitFor('the last packet', heard, PATIENCE).catch(async (error: unknown) => {
    const side = `${tag === call.from.tag ? 'offerer' : 'answerer'}, ${secure ? 'secure' : 'plain'}`;
    const drops = JSON.stringify(await readDrops(call.anchor));
    const marks = rtp.received.map(({ data }) => mark(data)).join(' ');
    throw new Error(`no ${mark(packet)} at the ${side}; dropped ${drops}; heard ${marks}`, { cause: error });
  });
}
