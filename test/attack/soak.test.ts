import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNgClient, type Anchor } from '../support/anchor.js';
import { AnchoredCall, type AnchoredCallOptions } from '../support/anchored-call.js';
import type { CallEnd } from '../support/call-end.js';
import { TestHost } from '../support/host.js';
import { readMetrics, total } from '../support/metrics.js';
import { countDescriptors, residentMemory } from '../support/process-status.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildSenderReport } from '../support/rtp.js';
import { RtpStream } from '../support/stream.js';
import { waitFor } from '../support/wait.js';
import { attackDatagrams } from './support/datagrams.js';

/** Seconds; the long run is asked for by command. */
const SECONDS = Number(process.env['SRTP_ANCHOR_SOAK_SECONDS'] ?? 20);
const CALLERS = 8;
/** Beyond the noise's sequence numbers, so that it is no straggler. */
const LAST = 1_010;
const MEGABYTE = 1_048_576;

const KINDS: readonly Pick<AnchoredCallOptions, 'from' | 'to'>[] = [
  { from: 'plain', to: 'AES_CM_128_HMAC_SHA1_80' },
  { from: 'AEAD_AES_256_GCM', to: 'plain' },
  { from: 'AES_CM_128_HMAC_SHA1_32', to: 'AES_CM_128_HMAC_SHA1_80' },
  { from: 'plain', to: 'plain' },
];

let host: TestHost;
let anchor: Anchor;

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await RelayProcess.start(host, { extraArguments: ['--port-quarantine', '0'] });
});
afterAll(async () => {
  await host.close();
});

/** What must come back to where it was, and what must add up. */
interface Standing {
  readonly memory: number;
  readonly descriptors: number;
  readonly ports: number;
  readonly received: number;
  readonly forwarded: number;
  readonly dropped: number;
}

async function stand(): Promise<Standing> {
  const samples = await readMetrics(anchor);
  return {
    memory: residentMemory(anchor.process.pid),
    descriptors: countDescriptors(anchor.process.pid),
    ports: total(samples, 'srtp_anchor_ports_used'),
    received: total(samples, 'srtp_anchor_datagrams_received_total'),
    forwarded: total(samples, 'srtp_anchor_packets_total', { direction: 'in' }),
    dropped: total(samples, 'srtp_anchor_packets_dropped_total'),
  };
}

/** One call with media both ways, a re-INVITE, RTCP and a little noise. Answers the datagrams that were sent. */
async function oneCall(kind: (typeof KINDS)[number]): Promise<number> {
  const call = await AnchoredCall.open(anchor, kind);
  const streams = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2, start: 65_500 })] as const;
  let sent = 0;
  for (let round = 0; round < 40; round++) {
    await call.sendRtp(call.from, streams[0].packet());
    await call.sendRtp(call.to, streams[1].packet());
    sent += 2;
    if (round % 8 === 0) await call.to.rtp.settle(2, 2);
    if (round === 20) await call.negotiate(call.from, call.to);
  }
  await call.sendRtcp(call.from, buildSenderReport(1, 40, 6_400));
  const noise = attackDatagrams(1, 1_000);
  for (const datagram of noise) await call.from.rtp.send(datagram, call.from.anchorRtp);
  // What waits in a socket that closes was never received: the last one through each port tells that it is empty.
  const last = [streams[0].packetAt(LAST), streams[1].packet()] as const;
  await call.sendRtp(call.from, last[0]);
  await call.sendRtp(call.to, last[1]);
  await Promise.all([hears(call.to, last[0]), hears(call.from, last[1]), call.to.rtcp.waitForPackets(1)]);
  await call.close();
  return sent + 1 + noise.length + last.length;
}

/** Waits for the packet by sequence number and SSRC, which are never encrypted. */
async function hears({ rtp }: CallEnd, packet: Buffer): Promise<void> {
  const mark = (data: Buffer): string => data.subarray(2, 4).toString('hex') + data.subarray(8, 12).toString('hex');
  await waitFor('the last packet', () => rtp.received.some(({ data }) => mark(data) === mark(packet)));
}

async function callsFor(seconds: number): Promise<{ calls: number; sent: number }> {
  const end = performance.now() + seconds * 1_000;
  let calls = 0;
  let sent = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const datagrams = await oneCall(KINDS[calls++ % KINDS.length]!);
      sent += datagrams;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return { calls, sent };
}

/** Once every port of the calls before is closed. */
async function atRest(): Promise<Standing> {
  return waitFor(
    'the ports to be back',
    async () => {
      const now = await stand();
      return now.ports === 0 ? now : undefined;
    },
    { timeoutMilliseconds: 10_000 },
  );
}

it(
  'soak: calls come and go, counters add up to the packet, and nothing grows',
  async () => {
    const idle = await stand();
    // The first half warms heap and caches, the second is measured.
    const warm = await callsFor(SECONDS / 2);
    const half = await atRest();
    const measured = await callsFor(SECONDS / 2);
    const end = await atRest();
    expect(measured.calls).toBeGreaterThan(CALLERS);
    expect(end.received).toBe(end.forwarded + end.dropped);
    expect(end.received - idle.received).toBe(warm.sent + measured.sent);
    expect(end.descriptors).toBeLessThanOrEqual(idle.descriptors + 2);
    // V8 grows its young generation to 48 MiB when it sees fit, and keeps it; smaller leaks need the long run.
    expect((end.memory - half.memory) / MEGABYTE).toBeLessThan(48);
    const client = await openNgClient(anchor);
    expect((await client.ok({ command: 'list' })).dictionary['calls']).toEqual([]);
    await client.close();
  },
  (SECONDS + 60) * 1_000,
);
