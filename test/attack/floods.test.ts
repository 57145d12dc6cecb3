import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import { TestHost } from '../support/host.js';
import { dropsSince, readDrops, readMetrics, total, type DropCounts } from '../support/metrics.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildRtp, buildSenderReport } from '../support/rtp.js';
import { RtpStream, sendInStep } from '../support/stream.js';
import { flood, floodSeconds, report } from './support/flood.js';
import { LineRate } from './support/line-rate.js';
import { PATIENCE_MILLISECONDS } from './support/round-trips.js';
import { STEADY_SSRC, SteadyCall } from './support/steady-call.js';
import { underAttack } from './support/under-attack.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';

let host: TestHost;
let anchor: Anchor;

beforeEach(async () => {
  host = await TestHost.open();
  // So that what is lost is the relay's doing and not the kernel's default buffer.
  anchor = await RelayProcess.start(host, { extraArguments: ['--receive-buffer', '8388608'] });
});
afterEach(async () => {
  await host.close();
});

/** Datagrams that the kernel threw away for want of buffer in all media sockets and the control socket. */
function kernelDrops(): number {
  return readFileSync(`/proc/${anchor.process.pid}/net/udp`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/).at(-1)), 0);
}

/** Forged packets of a stream are dropped as such, or as old ones when their number says that they are. */
function forgeries({ auth = 0, replay = 0, ...others }: DropCounts): number {
  expect(others).toEqual({});
  return auth + replay;
}

describe('a flood', () => {
  it('of 100,000 forged SSRCs on a secure leg is dropped to the last packet, and the leg goes on', async () => {
    const call = await AnchoredCall.open(anchor, { from: SUITE, to: 'plain' });
    const stream = new RtpStream({ ssrc: 1 });
    await sendInStep(call, call.from, stream.packets(10));
    const before = await readDrops(anchor);
    await underAttack(anchor, () =>
      flood(host, { kind: 'ssrcs', count: 100_000, rate: 40_000, to: call.from.anchorRtp }),
    );
    expect(dropsSince(before, await readDrops(anchor))['auth']).toBe(100_000 - kernelDrops());
    const packets = stream.packets(20);
    await sendInStep(call, call.from, packets);
    expect(call.openRtp(call.to)).toHaveLength(30);
    await call.close();
  });

  it('of 100,000 SSRCs by the party of a plain leg itself stays bounded, and harms no other call', async () => {
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE });
    await sendInStep(call, call.from, new RtpStream({ ssrc: 1 }).packets(10));
    const payload = Buffer.alloc(160);
    await underAttack(anchor, async () => {
      for (let i = 0; i < 100_000; i++) {
        const sent = call.from.rtp.send(buildRtp({ ssrc: 100 + i, sequence: i, payload }), call.from.anchorRtp);
        if (i % 32 === 31) await sent;
        if (i % 512 === 511) await new Promise(setImmediate);
      }
      call.to.rtp.take();
    });
    await call.close();
  });

  it('of authentication failures on a busy port at 20,000 a second costs that call nothing either', async () => {
    const seconds = floodSeconds(5);
    const steady = await SteadyCall.start(anchor, { from: SUITE, to: 'plain' });
    const before = await readDrops(anchor);
    const to = steady.call.from.anchorRtp;
    await underAttack(anchor, () =>
      flood(host, { kind: 'forged', count: seconds * 20_000, rate: 20_000, ssrc: STEADY_SSRC, to }),
    );
    const { sent, lost } = await steady.stop();
    expect(lost, `lost of ${sent} on the port itself`).toBeLessThanOrEqual(Math.max(1, sent / 1_000));
    report(`${sent} sent on the port itself, ${lost} lost`);
    const forged = forgeries(dropsSince(before, await readDrops(anchor)));
    expect(forged).toBe(seconds * 20_000 - kernelDrops());
  });

  it('of 500 forged packets of its own stream does not keep the next good one of a secure leg', async () => {
    const call = await AnchoredCall.open(anchor, { from: SUITE, to: 'plain' });
    const stream = new RtpStream({ ssrc: 1 });
    for (let round = 1; round <= 5; round++) {
      const before = await readDrops(anchor);
      await flood(host, { kind: 'forged', count: 500, rate: 0, ssrc: 1, to: call.from.anchorRtp });
      await sendInStep(call, call.from, [stream.packet()]);
      expect(call.openRtp(call.to)).toHaveLength(round);
      expect(forgeries(dropsSince(before, await readDrops(anchor)))).toBe(500);
    }
    await call.close();
  });

  it('of garbage on the media ports is counted by reason', async () => {
    const call = await AnchoredCall.open(anchor, { from: SUITE, to: 'plain' });
    await sendInStep(call, call.to, new RtpStream({ ssrc: 1 }).packets(5));
    // The plain end settles both its ports: garbage that looks like RTP or RTCP is a stranger's then.
    await call.sendRtcp(call.to, buildSenderReport(1, 5, 800));
    await call.from.rtcp.waitForPackets(1);
    const before = await readDrops(anchor);
    const ports = [call.from.anchorRtp, call.from.anchorRtcp, call.to.anchorRtp, call.to.anchorRtcp];
    await underAttack(anchor, async () => {
      for (const to of ports) await flood(host, { kind: 'garbage', count: 25_000, rate: 0, to });
    });
    const drops = Object.values(dropsSince(before, await readDrops(anchor))).reduce((sum, count) => sum + count, 0);
    expect(drops).toBe(100_000 - kernelDrops());
    await call.close();
  });

  it('of garbage on the control port as fast as the machine can send keeps no proxy waiting and writes little', async () => {
    const sender = await LineRate.build();
    let sent = 0;
    const attack = async (): Promise<void> => {
      sent = await sender.flood(host, anchor.ng, floodSeconds(5));
    };
    const pings = await underAttack(anchor, attack);
    sender.remove();
    const samples = await readMetrics(anchor);
    const read =
      total(samples, 'srtp_anchor_control_malformed_total') + total(samples, 'srtp_anchor_control_refused_total');
    const dropped = total(samples, 'srtp_anchor_control_socket_dropped_total');
    report(`${sent} sent, ${read} read, ${dropped} dropped by the kernel`);
    expect(read).toBeGreaterThan(1_000);
    // Every datagram is accounted for. Until a flood is known as such, and each time that its sender is heard again, a
    // ping may be lost with it.
    const unanswered = pings.filter((milliseconds) => milliseconds >= PATIENCE_MILLISECONDS).length;
    expect(read + dropped).toBeGreaterThanOrEqual(sent);
    expect(read + dropped).toBeLessThanOrEqual(sent + unanswered);
  });
});
