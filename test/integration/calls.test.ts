import { createServer, type Server } from 'node:http';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openNgClient, type Anchor } from '../support/anchor.js';
import { AnchoredCall, type Flags } from '../support/anchored-call.js';
import type { BencodeDictionary } from '../support/bencode.js';
import {
  adoptSdp,
  answerSdp,
  closeEnd,
  describeEnd,
  openEnd,
  openRtp,
  sendRtp,
  type CallEnd,
} from '../support/call-end.js';
import { TestHost } from '../support/host.js';
import { readMetrics, total } from '../support/metrics.js';
import type { NgClient } from '../support/ng-client.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildBye, buildReceiverReport, buildRtp, buildSenderReport, parseRtp } from '../support/rtp.js';
import { readOnlyMedia } from '../support/sdp.js';
import { randomMasterKey, SrtpSession } from '../support/srtp.js';
import { RtpStream, sendInStep } from '../support/stream.js';
import { sleep, waitFor } from '../support/wait.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';

let host: TestHost;
let anchor: Anchor;
let client: NgClient;
const open: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await RelayProcess.start(host, {
    interfaces: ['inside/127.0.0.1', 'outside/127.0.0.2!127.0.0.3', 'inside/::1'],
    extraArguments: ['--learning-window', '1000', '--delete-delay', '1'],
  });
  client = await openNgClient(anchor);
});

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

afterAll(async () => {
  await client.close();
  await anchor.stop();
  await host.close();
});

async function connect(
  from: 'plain' | typeof SUITE,
  to: 'plain' | typeof SUITE,
  options: Flags = {},
): Promise<AnchoredCall> {
  const call = await AnchoredCall.open(anchor, { from, to, options });
  open.push(() => call.close());
  return call;
}

async function end(kind: 'plain' | typeof SUITE, address?: string): Promise<CallEnd> {
  const one = await openEnd(host, kind, address);
  open.push(() => closeEnd(one));
  return one;
}

/** One packet from `from` arrives at `to` as it was sent. */
async function expectHeard(call: AnchoredCall, from: CallEnd, stream: RtpStream, count = 3): Promise<void> {
  const packets = stream.packets(count);
  const to = call.other(from);
  to.rtp.take();
  await sendInStep(call, from, packets);
  expect(openRtp(to).map((packet) => packet.toString('hex'))).toEqual(packets.map((packet) => packet.toString('hex')));
}

async function expectSilence(call: AnchoredCall, from: CallEnd, stream: RtpStream): Promise<void> {
  const to = call.other(from);
  to.rtp.take();
  for (const packet of stream.packets(3)) await call.sendRtp(from, packet);
  expect((await to.rtp.settle(100)).length).toBe(0);
}

describe('hold', () => {
  it.each([
    ['sendonly', 'recvonly', true, false],
    ['inactive', 'inactive', false, false],
  ] as const)(
    'by a=%s lets RTP through only where it is wanted, and resume brings it back',
    async (offered, answered, fromHeard, toHeard) => {
      const call = await connect('plain', SUITE);
      const [a, b] = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2 })];
      await expectHeard(call, call.from, a);
      await expectHeard(call, call.to, b);
      const offer = await call.offer(call.from, call.to, { direction: offered });
      await call.answer(call.from, call.to, readOnlyMedia(offer.sdp), { direction: answered });
      await (fromHeard ? expectHeard : expectSilence)(call, call.from, a);
      await (toHeard ? expectHeard : expectSilence)(call, call.to, b);
      await call.negotiate(call.from, call.to);
      await expectHeard(call, call.from, a);
      await expectHeard(call, call.to, b);
    },
  );

  it('by c=0.0.0.0 stops RTP toward that end, and RTCP passes all the same, both ways', async () => {
    const call = await connect('plain', SUITE);
    const [a, b] = [new RtpStream({ ssrc: 3 }), new RtpStream({ ssrc: 4 })];
    await expectHeard(call, call.from, a);
    await expectHeard(call, call.to, b);
    await call.negotiate(call.from, call.to, { address: '0.0.0.0' }).catch(() => undefined);
    call.from.rtcp.take();
    call.to.rtcp.take();
    await call.sendRtcp(call.from, buildReceiverReport(3));
    await call.to.rtcp.waitForPackets(1);
    await call.sendRtcp(call.to, buildReceiverReport(4));
    await call.from.rtcp.waitForPackets(1);
  });
});

describe('RTCP', () => {
  it('is encrypted toward the secure end and decrypted from it, a compound unchanged', async () => {
    const call = await connect('plain', SUITE);
    const report = Buffer.concat([buildSenderReport(5, 10, 1_600), buildBye(5)]);
    await call.sendRtcp(call.from, report);
    const [wire] = await call.to.rtcp.waitForPackets(1);
    const opened = call.to.receiver!.unprotectRtcp(wire!.data);
    expect(opened.ok && opened.value.packet.equals(report)).toBe(true);
    await call.sendRtcp(call.to, report);
    const [plain] = await call.from.rtcp.waitForPackets(1);
    expect(plain!.data.equals(report)).toBe(true);
  });

  it("muxed on one side only goes to the other side's RTCP port, and back", async () => {
    const [a, b] = [await end('plain'), await end(SUITE)];
    const names = { 'call-id': 'one-sided-mux', 'from-tag': a.tag };
    const offered = await client.ok({
      ...names,
      command: 'offer',
      'transport-protocol': 'RTP/SAVP',
      'rtcp-mux': ['demux'],
      sdp: describeEnd(a, { attributes: ['rtcp-mux'] }),
    });
    expect(offered.sdp).not.toContain('a=rtcp-mux');
    const answered = await client.ok({
      ...names,
      command: 'answer',
      'to-tag': b.tag,
      sdp: answerSdp(b, offered.sdp ?? ''),
    });
    expect(answered.sdp).toContain('a=rtcp-mux');
    adoptSdp(a, answered.sdp ?? '');
    await a.rtp.send(buildReceiverReport(6), a.anchorRtp);
    const [wire] = await b.rtcp.waitForPackets(1);
    expect(b.receiver!.unprotectRtcp(wire!.data).ok).toBe(true);
    await b.rtcp.send(b.sender!.protectRtcp(buildReceiverReport(7)), b.anchorRtcp);
    const [plain] = await a.rtp.waitForPackets(1);
    expect(plain!.data.equals(buildReceiverReport(7))).toBe(true);
  });

  it('muxed on both sides needs one port a side', async () => {
    const [a, b] = [await end('plain'), await end(SUITE)];
    const names = { 'call-id': 'muxed', 'from-tag': a.tag };
    const mux = { attributes: ['rtcp-mux'] };
    const offered = await client.ok({
      ...names,
      command: 'offer',
      'transport-protocol': 'RTP/SAVP',
      sdp: describeEnd(a, mux),
    });
    const answered = await client.ok({
      ...names,
      command: 'answer',
      'to-tag': b.tag,
      sdp: answerSdp(b, offered.sdp ?? '', mux),
    });
    adoptSdp(a, answered.sdp ?? '');
    await a.rtp.send(buildReceiverReport(8), a.anchorRtp);
    const [wire] = await b.rtp.waitForPackets(1);
    expect(b.receiver!.unprotectRtcp(wire!.data).ok).toBe(true);
    const query = await client.ok({ command: 'query', 'call-id': 'muxed' });
    const tags = Object.values(query.dictionary['tags'] as BencodeDictionary) as BencodeDictionary[];
    const streams = tags.map((one) => ((one['medias'] as BencodeDictionary[])[0]!['streams'] as unknown[]).length);
    expect(streams).toEqual([1, 1]);
    await client.ok({ command: 'delete', 'call-id': 'muxed', 'delete-delay': 0 });
  });
});

describe('streams that change', () => {
  it('a new SSRC without warning is heard at once, from both ends', async () => {
    const call = await connect('plain', SUITE);
    for (const [ssrc, start] of [
      [10, 100],
      [11, 7],
      [12, 65_534],
      [10, 103],
    ] as const) {
      await expectHeard(call, call.from, new RtpStream({ ssrc, start }));
    }
    for (const ssrc of [20, 21, 22]) await expectHeard(call, call.to, new RtpStream({ ssrc, start: ssrc * 1_000 }));
  });

  it('an end that moves on the secure leg is followed as soon as a packet of it is authentic', async () => {
    const call = await connect('plain', SUITE);
    const [a, b] = [new RtpStream({ ssrc: 30 }), new RtpStream({ ssrc: 31 })];
    await expectHeard(call, call.from, a);
    await expectHeard(call, call.to, b);
    const elsewhere = await end('plain');
    await elsewhere.rtp.send(call.to.sender!.protectRtp(b.packet()), call.to.anchorRtp);
    await call.from.rtp.waitForPackets(4);
    await call.sendRtp(call.from, a.packet());
    const [moved] = await elsewhere.rtp.waitForPackets(1);
    expect(call.to.receiver!.unprotectRtp(moved!.data).ok).toBe(true);
  });
});

describe('re-key', () => {
  async function rekeyed(
    roc: number,
  ): Promise<{ call: AnchoredCall; stream: RtpStream; old: SrtpSession; fresh: SrtpSession }> {
    const call = await connect('plain', SUITE);
    const stream = new RtpStream({ ssrc: 40, start: 0xfff0 });
    await expectHeard(call, call.to, stream, 32);
    const old = call.to.sender!;
    const key = randomMasterKey(SUITE);
    call.to.key = key;
    await call.negotiate(call.from, call.to);
    const fresh = new SrtpSession(key);
    fresh.setRolloverCounter(40, roc, stream.next & 0xffff);
    call.to.sender = fresh;
    return { call, stream, old, fresh };
  }

  it('a new key with the rollover counter kept is heard without a gap', async () => {
    const { call, stream } = await rekeyed(1);
    await expectHeard(call, call.to, stream, 8);
  });

  it('a new key with the rollover counter reset is heard, and counted as such', async () => {
    const before = total(await readMetrics(anchor), 'srtp_anchor_srtp_roc_resync_total', { result: 'reset' });
    const { call, stream } = await rekeyed(0);
    await expectHeard(call, call.to, stream, 8);
    const after = total(await readMetrics(anchor), 'srtp_anchor_srtp_roc_resync_total', { result: 'reset' });
    expect(after - before).toBe(1);
  });

  it('packets under the old key that are still under way are heard', async () => {
    const { call, stream, old } = await rekeyed(1);
    call.from.rtp.take();
    const late = stream.packet();
    await call.to.rtp.send(old.protectRtp(late), call.to.anchorRtp);
    const [heard] = await call.from.rtp.waitForPackets(1);
    expect(heard!.data.equals(late)).toBe(true);
  });
});

describe('forks', () => {
  it('each branch is taken only under its own key, and the caller talks to the one that answered last', async () => {
    const [a, one, two] = [await end('plain'), await end(SUITE), await end(SUITE)];
    const names = { 'call-id': 'forked', 'from-tag': a.tag };
    const body = describeEnd(a);
    for (const [branch, callee] of [
      ['z1', one],
      ['z2', two],
    ] as const) {
      const offered = await client.ok({
        ...names,
        command: 'offer',
        'via-branch': branch,
        'transport-protocol': 'RTP/SAVP',
        sdp: body,
      });
      const answer = { ...names, command: 'answer', 'via-branch': branch, 'to-tag': callee.tag };
      const answered = await client.ok({ ...answer, sdp: answerSdp(callee, offered.sdp ?? '') });
      adoptSdp(a, answered.sdp ?? '');
    }
    const stream = new RtpStream({ ssrc: 50 });
    await sendRtp(a, stream.packet());
    await two.rtp.waitForPackets(1);
    expect(openRtp(two)).toHaveLength(1);
    expect((await one.rtp.settle(100)).length).toBe(0);
    for (const [index, branch] of [one, two].entries()) {
      await sendRtp(branch, new RtpStream({ ssrc: 60 + index }).packet());
      await a.rtp.waitForPackets(index + 1);
    }
    // The key of one branch on the port of the other.
    await one.rtp.send(two.sender!.protectRtp(new RtpStream({ ssrc: 62 }).packet()), one.anchorRtp);
    expect((await a.rtp.settle(100)).length).toBe(2);
    await client.ok({ command: 'delete', ...names, 'via-branch': 'z2', 'delete-delay': 0 });
    await sendRtp(one, new RtpStream({ ssrc: 63 }).packet());
    await a.rtp.waitForPackets(3);
    await client.ok({ command: 'delete', 'call-id': 'forked', 'delete-delay': 0 });
  });
});

describe('interfaces and families', () => {
  it('IPv4 inside and IPv6 outside talk to each other', async () => {
    const [a, b] = [await end('plain'), await end(SUITE, '::1')];
    const names = { 'call-id': 'families', 'from-tag': a.tag };
    const offered = await client.ok({
      ...names,
      command: 'offer',
      'address-family': 'IP6',
      'transport-protocol': 'RTP/SAVP',
      sdp: describeEnd(a),
    });
    expect(offered.sdp).toContain('c=IN IP6 ::1');
    const answered = await client.ok({
      ...names,
      command: 'answer',
      'to-tag': b.tag,
      sdp: answerSdp(b, offered.sdp ?? ''),
    });
    expect(answered.sdp).toContain('c=IN IP4 127.0.0.1');
    adoptSdp(a, answered.sdp ?? '');
    await sendRtp(a, new RtpStream({ ssrc: 70 }).packet());
    await b.rtp.waitForPackets(1);
    expect(openRtp(b)).toHaveLength(1);
    await sendRtp(b, new RtpStream({ ssrc: 71 }).packet());
    await a.rtp.waitForPackets(1);
    await client.ok({ command: 'delete', 'call-id': 'families', 'delete-delay': 0 });
  });

  it('direction puts each side on its interface, and the advertised address into the SDP', async () => {
    const [a, b] = [await end('plain'), await end('plain')];
    const names = { 'call-id': 'direction', 'from-tag': a.tag };
    const offered = await client.ok({
      ...names,
      command: 'offer',
      direction: ['inside', 'outside'],
      sdp: describeEnd(a),
    });
    expect(offered.sdp).toContain('c=IN IP4 127.0.0.3');
    const answered = await client.ok({ ...names, command: 'answer', 'to-tag': b.tag, sdp: describeEnd(b) });
    expect(answered.sdp).toContain('c=IN IP4 127.0.0.1');
    await b.rtp.send(buildRtp({ sequence: 1, ssrc: 80, payload: Buffer.from('x') }), {
      address: '127.0.0.2',
      port: readOnlyMedia(offered.sdp).port,
    });
    const [heard] = await a.rtp.waitForPackets(1);
    expect(heard!.from.address).toBe('127.0.0.1');
    await client.ok({ command: 'delete', 'call-id': 'direction', 'delete-delay': 0 });
  });
});

describe('block', () => {
  it('media of one end is dropped and let through again, the other end is heard all the time', async () => {
    const call = await connect('plain', SUITE);
    const [a, b] = [new RtpStream({ ssrc: 90 }), new RtpStream({ ssrc: 91 })];
    const names = { 'call-id': call.callId, 'from-tag': call.from.tag, flags: ['directional'] };
    await client.ok({ command: 'block media', ...names });
    await sleep(20);
    await expectSilence(call, call.from, a);
    await expectHeard(call, call.to, b);
    await client.ok({ command: 'unblock media', ...names });
    await sleep(20);
    await expectHeard(call, call.from, a);
  });

  it('DTMF is dropped while audio goes on', async () => {
    const [a, b] = [await end('plain'), await end('plain')];
    const dtmf = { payloadTypes: [0, 101], attributes: ['rtpmap:101 telephone-event/8000'] };
    const names = { 'call-id': 'dtmf', 'from-tag': a.tag };
    const offered = await client.ok({ ...names, command: 'offer', sdp: describeEnd(a, dtmf) });
    adoptSdp(b, offered.sdp ?? '');
    const answered = await client.ok({ ...names, command: 'answer', 'to-tag': b.tag, sdp: describeEnd(b, dtmf) });
    adoptSdp(a, answered.sdp ?? '');
    await client.ok({ command: 'block DTMF', 'call-id': 'dtmf' });
    await sleep(20);
    const digit = new RtpStream({ ssrc: 95, payloadType: 101 });
    const audio = new RtpStream({ ssrc: 95, start: 100 });
    for (const packet of [digit.packet(), audio.packet(), digit.packet(), audio.packet()]) await sendRtp(a, packet);
    await b.rtp.waitForPackets(2);
    expect((await b.rtp.settle(100)).map(({ data }) => parseRtp(data).payloadType)).toEqual([0, 0]);
    await client.ok({ command: 'delete', 'call-id': 'dtmf', 'delete-delay': 0 });
  });
});

describe('other media', () => {
  it('T.38 over UDPTL passes octet for octet, and audio comes back after it', async () => {
    const call = await connect('plain', 'plain');
    await expectHeard(call, call.from, new RtpStream({ ssrc: 96 }));
    const image = (one: CallEnd): string =>
      `v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=image ${one.rtp.local.port} udptl t38\r\n`;
    const names = { 'call-id': call.callId, 'from-tag': call.from.tag, 'to-tag': call.to.tag };
    await client.ok({ ...names, command: 'offer', sdp: image(call.from) });
    await client.ok({ ...names, command: 'answer', sdp: image(call.to) });
    call.to.rtp.take();
    const octets = Buffer.from('0001deadbeef', 'hex');
    await call.from.rtp.send(octets, call.from.anchorRtp);
    const [heard] = await call.to.rtp.waitForPackets(1);
    expect(heard!.data.equals(octets)).toBe(true);
    await call.negotiate(call.from, call.to);
    await expectHeard(call, call.from, new RtpStream({ ssrc: 97 }));
  });

  it('a call with audio and video relays both, and a rejected line stays rejected', async () => {
    const [audio, video] = [await end('plain'), await end('plain')];
    const [audioB, videoB] = [await end('plain'), await end('plain')];
    const body = (one: CallEnd, other: CallEnd, third: number): string =>
      `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${one.rtp.local.port} RTP/AVP 0\r\n` +
      `m=video ${other.rtp.local.port} RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio ${third} RTP/AVP 8\r\n`;
    const names = { 'call-id': 'video', 'from-tag': 'va' };
    const offered = await client.ok({ ...names, command: 'offer', sdp: body(audio, video, 0) });
    await client.ok({ ...names, command: 'answer', 'to-tag': 'vb', sdp: body(audioB, videoB, 0) });
    const ports = [...(offered.sdp ?? '').matchAll(/^m=\S+ (\d+)/gm)].map((match) => Number(match[1]));
    expect(ports[2]).toBe(0);
    for (const [index, [from, to]] of (
      [
        [audioB, audio],
        [videoB, video],
      ] as const
    ).entries()) {
      await from.rtp.send(new RtpStream({ ssrc: 98 + index, payloadType: index === 0 ? 0 : 96 }).packet(), {
        address: '127.0.0.1',
        port: ports[index]!,
      });
      await to.rtp.waitForPackets(1);
    }
    await client.ok({ command: 'delete', 'call-id': 'video', 'delete-delay': 0 });
  });
});

describe('learning on a plain leg', () => {
  const elsewhere = async (): Promise<CallEnd> => end('plain', '127.0.0.9');

  it('heuristic: a source behind NAT is learned, and then nobody else is heard', async () => {
    const call = await connect('plain', 'plain');
    const [nat, stranger] = [await elsewhere(), await elsewhere()];
    const stream = new RtpStream({ ssrc: 101 });
    for (let count = 0; count < 60; count += 1) {
      await nat.rtp.send(stream.packet(), call.from.anchorRtp);
      await sleep(20);
    }
    await waitFor('the source behind NAT to be heard', () => call.to.rtp.received.length > 0, {
      timeoutMilliseconds: 2_000,
    });
    await call.sendRtp(call.to, new RtpStream({ ssrc: 102 }).packet());
    await nat.rtp.waitForPackets(1);
    call.to.rtp.take();
    await stranger.rtp.send(new RtpStream({ ssrc: 103 }).packet(), call.from.anchorRtp);
    expect((await call.to.rtp.settle(100)).length).toBe(0);
  });

  it('asymmetric: only the signalled address, and it alone is sent to', async () => {
    const call = await connect('plain', 'plain', { flags: ['asymmetric'] });
    const other = await elsewhere();
    await other.rtp.send(new RtpStream({ ssrc: 104 }).packet(), call.from.anchorRtp);
    expect((await call.to.rtp.settle(100)).length).toBe(0);
    await expectHeard(call, call.from, new RtpStream({ ssrc: 105 }));
  });

  it('media-handover: the source may change at any time', async () => {
    const call = await connect('plain', 'plain', { flags: ['media-handover'] });
    await expectHeard(call, call.from, new RtpStream({ ssrc: 106 }));
    const other = await elsewhere();
    await other.rtp.send(new RtpStream({ ssrc: 106, start: 50 }).packet(), call.from.anchorRtp);
    await call.to.rtp.waitForPackets(4);
    await call.sendRtp(call.to, new RtpStream({ ssrc: 107 }).packet());
    await other.rtp.waitForPackets(1);
  });

  it('immediate: the first source is taken and the second is not', async () => {
    const call = await connect('plain', 'plain', { 'endpoint-learning': 'immediate' });
    const [first, second] = [await elsewhere(), await elsewhere()];
    await first.rtp.send(new RtpStream({ ssrc: 108 }).packet(), call.from.anchorRtp);
    await call.to.rtp.waitForPackets(1);
    await second.rtp.send(new RtpStream({ ssrc: 109 }).packet(), call.from.anchorRtp);
    expect((await call.to.rtp.settle(100)).length).toBe(1);
  });

  it('off: the signalled address only', async () => {
    const call = await connect('plain', 'plain', { 'endpoint-learning': 'off' });
    const other = await elsewhere();
    await other.rtp.send(new RtpStream({ ssrc: 110 }).packet(), call.from.anchorRtp);
    expect((await call.to.rtp.settle(100)).length).toBe(0);
    await expectHeard(call, call.from, new RtpStream({ ssrc: 111 }));
  });
});

describe('quality', () => {
  it('loss, reordering and duplicates of a stream are told apart, and a MOS is given', async () => {
    const call = await connect('plain', 'plain');
    const stream = new RtpStream({ ssrc: 777 });
    const packets = stream.packets(60);
    const order = packets.filter((_, index) => index % 10 !== 5);
    [order[20], order[21]] = [order[21]!, order[20]!];
    for (const packet of [...order, order[30]!]) await call.sendRtp(call.from, packet);
    await sleep(150);
    const query = await client.ok({ command: 'query', 'call-id': call.callId });
    const ssrc = (query.dictionary['SSRC'] as BencodeDictionary)['777'] as BencodeDictionary;
    const mos = ssrc['average MOS'] as BencodeDictionary;
    expect(Number(mos['packet loss'])).toBeGreaterThan(5);
    expect(Number(mos['MOS'])).toBeGreaterThan(20);
    expect(Number(mos['MOS'])).toBeLessThan(45);
    const samples = await readMetrics(anchor);
    expect(total(samples, 'srtp_anchor_rtp_lost_packets_total')).toBeGreaterThanOrEqual(6);
    expect(total(samples, 'srtp_anchor_rtp_reordered_packets_total')).toBeGreaterThanOrEqual(1);
    expect(total(samples, 'srtp_anchor_rtp_duplicate_packets_total')).toBeGreaterThanOrEqual(1);
  });
});

describe('delete', () => {
  it('media goes on during the delete delay and ends after it; an offer in between revives the call', async () => {
    const call = await connect('plain', 'plain');
    const stream = new RtpStream({ ssrc: 120 });
    await client.ok({ command: 'delete', 'call-id': call.callId, 'from-tag': call.from.tag });
    await expectHeard(call, call.from, stream);
    await call.negotiate(call.from, call.to);
    await sleep(1_600);
    await expectHeard(call, call.from, stream);
    await client.ok({ command: 'delete', 'call-id': call.callId, 'from-tag': call.from.tag });
    await sleep(1_600);
    await expectSilence(call, call.from, stream);
    const gone = await client.request({ command: 'query', 'call-id': call.callId });
    expect(gone.errorReason).toMatch(/^Unknown call-id/);
  });
});

describe('timers', () => {
  let server: Server;
  let listener: TcpServer;
  let quick: Anchor;
  const notes: { callId: string; reason: string }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        notes.push(JSON.parse(body) as { callId: string; reason: string });
        response.end();
      });
    });
    listener = await host.listen('127.0.0.1', 0);
    listener.on('connection', (socket) => server.emit('connection', socket));
    const { port } = listener.address() as AddressInfo;
    const extraArguments = ['--timeout', '1', '--offer-timeout', '1', '--final-timeout', '4', '--silent-timeout', '2'];
    quick = await RelayProcess.start(host, {
      portMin: 41_000,
      portMax: 41_999,
      extraArguments: [...extraArguments, '--webhook-url', `http://127.0.0.1:${port}/ended`],
    });
  });

  afterAll(async () => {
    await quick.stop();
    listener.close();
    server.closeAllConnections();
  });

  it('end calls without media, without an answer, on hold too long and too long altogether, and tell the webhook', async () => {
    const asked = await openNgClient(quick);
    const body = (direction: string): string =>
      `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 45000 RTP/AVP 0\r\na=${direction}\r\n`;
    const offer = (id: string, direction = 'sendrecv'): Promise<unknown> =>
      asked.ok({ command: 'offer', 'call-id': id, 'from-tag': 'a', sdp: body(direction) });
    const answer = (id: string, direction = 'sendrecv'): Promise<unknown> =>
      asked.ok({ command: 'answer', 'call-id': id, 'from-tag': 'a', 'to-tag': 'b', sdp: body(direction) });
    await offer('unanswered');
    await offer('silent');
    await answer('silent');
    await offer('held', 'inactive');
    await answer('held', 'inactive');
    await waitFor('three notes', () => notes.length >= 3, { timeoutMilliseconds: 8_000 });
    const reasons = Object.fromEntries(notes.map(({ callId, reason }) => [callId, reason]));
    expect(reasons).toMatchObject({ unanswered: 'offer_timeout', silent: 'media_timeout', held: 'silent_timeout' });
    const statistics = await asked.ok({ command: 'list' });
    expect(statistics.dictionary['calls']).toEqual([]);
    await asked.close();
  });
});
