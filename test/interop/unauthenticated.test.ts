import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import type { CallEnd } from '../support/call-end.js';
import { TestHost } from '../support/host.js';
import { dropsSince, readDrops, readMetrics, total, type DropCounts } from '../support/metrics.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildBye, buildRtp, buildSenderReport } from '../support/rtp.js';
import { randomMasterKey, SrtpSession } from '../support/srtp.js';
import type { SuiteName } from '../support/srtp-keys.js';
import { RtpStream, sendInStep } from '../support/stream.js';
import { UdpEndpoint } from '../support/udp-endpoint.js';

/** Reasons that a tampered SRTP packet may be dropped for: which one depends on the octet that was hit. */
const TAMPER_REASONS = ['auth', 'replay', 'not_rtp', 'short', 'plain_on_srtp', 'no_key', 'ssrc_limit'];

function sum(drops: DropCounts): number {
  return Object.values(drops).reduce((all, count) => all + count, 0);
}

function corruptTag(packet: Buffer): Buffer {
  const forged = Buffer.from(packet);
  forged[forged.length - 1]! ^= 0xff;
  return forged;
}

let host: TestHost;
let anchor: Anchor;

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await RelayProcess.start(host);
});
afterAll(async () => {
  await host.close();
});

describe.each(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32', 'AEAD_AES_256_GCM'] as SuiteName[])(
  'on a secure leg of %s nothing passes that is not authentic',
  (suite) => {
    let call: AnchoredCall;
    let secure: CallEnd;
    let plain: CallEnd;
    let stream: RtpStream;
    let stranger: UdpEndpoint;

    beforeEach(async () => {
      call = await AnchoredCall.open(anchor, { from: suite, to: 'plain' });
      ({ from: secure, to: plain } = call);
      stream = new RtpStream({ ssrc: 0xabcdef01, start: 1_000 });
      stranger = await UdpEndpoint.open(host);
      await sendInStep(call, secure, stream.packets(20));
      await sendInStep(call, plain, new RtpStream({ ssrc: 0x10203040, start: 5 }).packets(20));
      for (const end of [secure, plain]) end.rtp.take();
    });
    afterEach(async () => {
      await stranger.close();
      await call.close();
    });

    /** Sends datagrams to the secure leg's port and tells which drops they made; none may reach the plain end. */
    async function attack(datagrams: readonly Buffer[], from = secure.rtp, to = secure.anchorRtp): Promise<DropCounts> {
      const before = await readDrops(anchor);
      for (const [i, datagram] of datagrams.entries()) {
        await from.send(datagram, to);
        // A pause a group keeps the kernel's buffer from dropping what the anchor should judge.
        if (i % 64 === 63) await plain.rtp.settle(5, 5);
      }
      const arrived = await plain.rtp.settle(150);
      expect(arrived, 'packets that reached the plain end').toHaveLength(0);
      expect(await plain.rtcp.settle(10)).toHaveLength(0);
      return dropsSince(before, await readDrops(anchor));
    }

    async function expectStreamAlive(): Promise<void> {
      const packets = stream.packets(10);
      await sendInStep(call, secure, packets);
      expect(plain.rtp.take().map(({ data }) => data)).toEqual(packets);
    }

    it('a forged packet under another key', async () => {
      const forger = new SrtpSession(randomMasterKey(suite));
      expect(await attack(stream.packets(50).map((packet) => forger.protectRtp(packet)))).toEqual({ auth: 50 });
      await expectStreamAlive();
    });

    it('a packet with any one bit flipped', async () => {
      const sealed = secure.sender!.protectRtp(stream.packet());
      const flipped = Array.from({ length: sealed.length * 8 }, (_, bit) => {
        const copy = Buffer.from(sealed);
        copy[bit >> 3]! ^= 1 << (bit & 7);
        return copy;
      });
      const drops = await attack(flipped);
      expect(sum(drops)).toBe(flipped.length);
      expect(Object.keys(drops).filter((reason) => !TAMPER_REASONS.includes(reason))).toEqual([]);
      // Payload and tag are most of the packet, and each of their bits is the tag's to judge.
      expect(drops['auth']).toBeGreaterThan((sealed.length - 12) * 8 - 1);
      await expectStreamAlive();
    });

    it('a packet cut off anywhere', async () => {
      const sealed = secure.sender!.protectRtp(stream.packet());
      const cut = Array.from({ length: sealed.length }, (_, length) => sealed.subarray(0, length));
      const drops = await attack(cut);
      expect(sum(drops)).toBe(cut.length);
      expect(drops['short'] ?? 0).toBeGreaterThan(0);
      expect(drops['auth'] ?? 0).toBeGreaterThan(0);
      await expectStreamAlive();
    });

    it('a packet that was delivered before', async () => {
      const sealed = stream.packets(30).map((packet) => secure.sender!.protectRtp(packet));
      for (const packet of sealed) await secure.rtp.send(packet, secure.anchorRtp);
      await plain.rtp.waitForPackets(sealed.length);
      plain.rtp.take();
      expect(await attack(sealed)).toEqual({ replay: sealed.length });
      expect(await attack(sealed, stranger)).toEqual({ replay: sealed.length });
      await expectStreamAlive();
    });

    it('a packet from before the replay window', async () => {
      const late = secure.sender!.protectRtp(stream.packet());
      stream.next += 20_000;
      await expectStreamAlive();
      expect(await attack([late])).toEqual({ replay: 1 });
      await expectStreamAlive();
    });

    it('a late packet within the window is delivered, once', async () => {
      const late = secure.sender!.protectRtp(stream.packet());
      stream.next += 50;
      await expectStreamAlive();
      await secure.rtp.send(late, secure.anchorRtp);
      await plain.rtp.waitForPackets(1);
      plain.rtp.take();
      expect(await attack([late])).toEqual({ replay: 1 });
    });

    it('plain RTP and plain RTCP', async () => {
      const datagrams = [...stream.packets(20), buildBye(stream.ssrc), buildSenderReport(stream.ssrc, 1, 2)];
      const drops = await attack(datagrams);
      expect(sum(drops)).toBe(datagrams.length);
      expect(Object.keys(drops).filter((reason) => !['auth', 'plain_on_srtp', 'short'].includes(reason))).toEqual([]);
      const rtcp = await attack([buildBye(stream.ssrc)], secure.rtcp, secure.anchorRtcp);
      expect(sum(rtcp)).toBe(1);
      await expectStreamAlive();
    });

    it('SRTCP that is forged, flipped, cut off or repeated', async () => {
      const report = buildSenderReport(stream.ssrc, 10, 1_600);
      const sealed = secure.sender!.protectRtcp(report);
      await secure.rtcp.send(sealed, secure.anchorRtcp);
      const [delivered] = await plain.rtcp.waitForPackets(1);
      expect(delivered!.data.subarray(4, 8)).toEqual(report.subarray(4, 8));
      plain.rtcp.take();
      const forged = new SrtpSession(randomMasterKey(suite)).protectRtcp(report);
      const fresh = secure.sender!.protectRtcp(report);
      const datagrams = [forged, corruptTag(fresh), fresh.subarray(0, fresh.length - 1), fresh.subarray(0, 9)];
      const drops = await attack(datagrams, secure.rtcp, secure.anchorRtcp);
      expect(sum(drops)).toBe(datagrams.length);
      expect(await attack([sealed], secure.rtcp, secure.anchorRtcp)).toEqual({ replay: 1 });
      await secure.rtcp.send(fresh, secure.anchorRtcp);
      await plain.rtcp.waitForPackets(1);
    });

    it('and octets that are no RTP at all', async () => {
      const datagrams = [
        Buffer.alloc(0),
        Buffer.from([0]),
        Buffer.from('GET / HTTP/1.1\r\n\r\n'),
        Buffer.alloc(1_400, 0xff),
      ];
      expect(sum(await attack(datagrams))).toBe(datagrams.length);
      await expectStreamAlive();
    });

    it('a stranger with a wrong tag does not draw the stream to himself; the peer with a right one moves it', async () => {
      const before = await readDrops(anchor);
      await stranger.send(corruptTag(secure.sender!.protectRtp(stream.packetAt(stream.next + 1))), secure.anchorRtp);
      await sendInStep(call, plain, new RtpStream({ ssrc: 0x10203040, start: 25 }).packets(10));
      expect(await stranger.settle(50)).toHaveLength(0);
      expect(dropsSince(before, await readDrops(anchor))).toEqual({ auth: 1 });
      await stranger.send(secure.sender!.protectRtp(stream.packet()), secure.anchorRtp);
      await plain.rtp.waitForPackets(1);
      await plain.rtp.send(buildRtp({ sequence: 35, ssrc: 0x10203040, payload: Buffer.alloc(160) }), plain.anchorRtp);
      await stranger.waitForPackets(1);
    });

    it('on the plain leg a stranger is heard neither before nor after the peer has settled', async () => {
      const before = await readDrops(anchor);
      const injected = new RtpStream({ ssrc: 0xbadbad00 }).packets(25);
      for (const packet of injected) await stranger.send(packet, plain.anchorRtp);
      expect(await secure.rtp.settle(150)).toHaveLength(0);
      expect(dropsSince(before, await readDrops(anchor))).toEqual({ unknown_source: injected.length });
      await sendInStep(call, secure, stream.packets(5));
      expect(await stranger.settle(50)).toHaveLength(0);
    });

    it('and what comes in equals what was forwarded and what was dropped', async () => {
      const samples = await readMetrics(anchor);
      const received = total(samples, 'srtp_anchor_datagrams_received_total');
      const forwarded = total(samples, 'srtp_anchor_packets_total', { direction: 'in' });
      const dropped = total(samples, 'srtp_anchor_packets_dropped_total');
      expect(received).toBeGreaterThan(40);
      expect(received).toBe(forwarded + dropped);
    });
  },
);
