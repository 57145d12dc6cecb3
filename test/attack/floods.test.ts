import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import { TestHost } from '../support/host.js';
import { dropsSince, httpRequest, readDrops, readMetrics, total } from '../support/metrics.js';
import { residentMemory } from '../support/process-status.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildRtp, buildSenderReport } from '../support/rtp.js';
import { RtpStream, sendInStep } from '../support/stream.js';
import { flood, floodSeconds } from './support/flood.js';
import { ninthDecile, PingProbe } from './support/ping-probe.js';
import { SteadyCall } from './support/steady-call.js';

const MEGABYTE = 1_048_576;
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

interface Held {
  /** Octets. */
  readonly memory: number;
  /** Characters. */
  readonly log: number;
}

function measure(): Held {
  return { memory: residentMemory(anchor.process.pid), log: anchor.process.output.length };
}

interface Bounds {
  /** Octets that the process may grow by. */
  readonly memory: number;
  /** Milliseconds within which nine of ten pings are answered. */
  readonly pong: number;
}

/** Runs `attack` beside a call in progress and a proxy that pings; what each test of a flood asks for. */
async function underFlood(attack: () => Promise<unknown>, bounds: Partial<Bounds> = {}): Promise<void> {
  const { memory, pong } = { memory: 16 * MEGABYTE, pong: 100, ...bounds };
  const steady = await SteadyCall.start(anchor);
  // A scrape before, so that what it costs once is not taken for growth.
  await readMetrics(anchor);
  const before = measure();
  const probe = new PingProbe(anchor);
  await attack();
  const pings = await probe.stop();
  const after = measure();
  const { sent, lost } = await steady.stop();
  expect(after.memory - before.memory, 'growth of memory').toBeLessThan(memory);
  expect(after.log - before.log, 'growth of the log').toBeLessThan(MEGABYTE);
  expect(lost, `lost of ${sent}`).toBeLessThanOrEqual(Math.max(1, sent / 1_000));
  expect(ninthDecile(pings), 'milliseconds to a pong').toBeLessThan(pong);
  await expectBalance();
}

async function expectBalance(): Promise<void> {
  const samples = await readMetrics(anchor);
  const forwarded = total(samples, 'srtp_anchor_packets_total', { direction: 'in' });
  const dropped = total(samples, 'srtp_anchor_packets_dropped_total');
  expect(total(samples, 'srtp_anchor_datagrams_received_total')).toBe(forwarded + dropped);
}

/** Datagrams that the kernel threw away for want of buffer in all media sockets and the control socket. */
function kernelDrops(): number {
  return readFileSync(`/proc/${anchor.process.pid}/net/udp`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/).at(-1)), 0);
}

describe('a flood', () => {
  it('of 100,000 forged SSRCs on a secure leg is dropped to the last packet, and the leg goes on', async () => {
    const call = await AnchoredCall.open(anchor, { from: SUITE, to: 'plain' });
    const stream = new RtpStream({ ssrc: 1 });
    await sendInStep(call, call.from, stream.packets(10));
    const before = await readDrops(anchor);
    await underFlood(() => flood(host, { kind: 'ssrcs', count: 100_000, rate: 40_000, to: call.from.anchorRtp }));
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
    await underFlood(async () => {
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
    await underFlood(() => flood(host, { kind: 'forged', count: seconds * 20_000, rate: 20_000, to }));
    const { sent, lost } = await steady.stop();
    expect(lost, `lost of ${sent} on the port itself`).toBeLessThanOrEqual(Math.max(1, sent / 1_000));
    const { auth = 0, ...others } = dropsSince(before, await readDrops(anchor));
    expect(auth).toBe(seconds * 20_000 - kernelDrops());
    expect(others).toEqual({});
  });

  it('of garbage on the media ports is counted by reason', async () => {
    const call = await AnchoredCall.open(anchor, { from: SUITE, to: 'plain' });
    await sendInStep(call, call.to, new RtpStream({ ssrc: 1 }).packets(5));
    // The plain end settles both its ports: garbage that looks like RTP or RTCP is a stranger's then.
    await call.sendRtcp(call.to, buildSenderReport(1, 5, 800));
    await call.from.rtcp.waitForPackets(1);
    const before = await readDrops(anchor);
    const ports = [call.from.anchorRtp, call.from.anchorRtcp, call.to.anchorRtp, call.to.anchorRtcp];
    await underFlood(async () => {
      for (const to of ports) await flood(host, { kind: 'garbage', count: 25_000, rate: 0, to });
    });
    const drops = Object.values(dropsSince(before, await readDrops(anchor))).reduce((sum, count) => sum + count, 0);
    expect(drops).toBe(100_000 - kernelDrops());
    await call.close();
  });

  it('of 200,000 garbage datagrams on the control port keeps no proxy waiting and writes little', async () => {
    await underFlood(() => flood(host, { kind: 'garbage', count: 200_000, rate: 30_000, to: anchor.ng }));
    const samples = await readMetrics(anchor);
    const malformed = total(samples, 'srtp_anchor_control_malformed_total');
    const refused = total(samples, 'srtp_anchor_control_refused_total');
    expect(malformed + refused).toBeGreaterThan(10_000);
  });

  it('of half-open HTTP connections leaves metrics answering within a second', async () => {
    await underFlood(async () => {
      const sockets = await Promise.all(
        Array.from({ length: 100 }, () => host.connect(anchor.http.address, anchor.http.port)),
      );
      for (const [i, socket] of sockets.entries()) {
        socket.on('error', () => undefined);
        if (i % 2 === 0) socket.write('GET /metrics HTTP/1.1\r\nHost: 127');
      }
      const started = performance.now();
      expect((await httpRequest(anchor, '/metrics')).status).toBe(200);
      expect(performance.now() - started).toBeLessThan(1_000);
      for (const socket of sockets) socket.destroy();
    });
  });

  it('of requests over a WebSocket whose replies are never read stays within bounded memory', async () => {
    // This flood comes from the test's own thread, which also sends the pings and reads the clock.
    const ownThread = { pong: 500 };
    await underFlood(async () => {
      const socket = await host.connect(anchor.http.address, anchor.http.port);
      socket.on('error', () => undefined);
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.pause();
      socket.write(
        [
          'GET /ws HTTP/1.1',
          `Host: ${anchor.http.address}:${anchor.http.port}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Protocol: ng.rtpengine.com',
          '\r\n',
        ].join('\r\n'),
      );
      const frame = maskedFrame('1 d7:command10:statisticse');
      const deadline = performance.now() + 8_000;
      let open = true;
      void closed.then(() => (open = false));
      while (open && performance.now() < deadline && socket.writable) {
        if (!socket.write(frame)) await new Promise((resolve) => setTimeout(resolve, 5));
        if (socket.writableLength > 4 * MEGABYTE) break;
      }
      socket.destroy();
    }, ownThread);
  });
});

/** A text frame from a client, its mask all zeros (RFC 6455 §5.2). */
function maskedFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}
