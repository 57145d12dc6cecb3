/** The benchmark runs, verifies what arrives, and its output parses. Nothing here looks at speed. */
import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { runLoad, type LoadOutcome } from '../../bench/load.js';
import { MEASURES } from '../../bench/options.js';
import { inRoot } from '../../bench/paths.js';
import { JavaScriptSrtp } from '../../bench/peers/javascript-srtp.js';
import type { CallRequest, RelayedCall } from '../../bench/relayed-call.js';
import { parseResult, type BenchResult } from '../../bench/result.js';
import { BRIDGES, hot } from '../../bench/scenarios.js';
import { generateKey } from '../../bench/suite-key.js';
import { prepareTools, type Tools } from '../../bench/tools.js';
import { TempDirectory } from '../support/temp-directory.js';

const run = promisify(execFile);
const buildMilliseconds = 180_000;
const generatorPort = 27_000;

async function bench(...argv: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [inRoot('bin', 'srtp-anchor'), 'bench', ...argv]);
  return stdout;
}

describe('srtp-anchor bench --quick', () => {
  const directory = new TempDirectory('anchor-bench');
  const out = directory.file('quick');
  let result: BenchResult;

  beforeAll(async () => {
    await bench('--quick', '--out', out);
    result = parseResult(readFileSync(`${out}.json`, 'utf8'));
  }, buildMilliseconds);

  it('measures the product and its peers in every way it knows', () => {
    expect(new Set(result.samples.map((sample) => sample.measure))).toEqual(new Set(MEASURES));
    const systems = new Set(result.samples.flatMap((sample) => ('system' in sample ? [sample.system] : [])));
    expect([...systems]).toEqual(expect.arrayContaining(['srtp-anchor', 'floor', 'javascript']));
    // Every machine of ours has rtpengine-daemon; elsewhere its absence is named in the result.
    expect(systems.has('rtpengine')).toBe(!result.absent.some(({ system }) => system === 'rtpengine'));
  });

  it('authenticates, decrypts and compares a sample of every load, and finds nothing wrong', () => {
    const loads = result.samples.flatMap((sample) => ('outcome' in sample ? [sample] : []));
    expect(loads.length).toBeGreaterThan(0);
    for (const { system, measure, outcome } of loads) {
      expect({ system, measure, wrong: outcome.wrong }).toEqual({ system, measure, wrong: 0 });
      expect(outcome.verified).toBeGreaterThan(0);
      expect(outcome.packetsReceived).toBeGreaterThan(outcome.packetsSent * 0.98);
      expect(outcome.cpuMicrosecondsPerPacket).toBeGreaterThan(0);
    }
  });

  it('offers every bridge, both ways at once', () => {
    const offered = result.samples.flatMap((sample) =>
      sample.measure === 'cpu' && sample.system === 'srtp-anchor' ? [sample] : [],
    );
    expect(offered.map(({ shape }) => [shape.bridge, shape.direction])).toEqual(
      BRIDGES.map((bridge) => [bridge, 'both']),
    );
  });

  it('carries 1,200 octets as well as 160', async () => {
    const large = directory.file('large');
    await bench(
      '--quick',
      '--measures',
      'cpu',
      '--systems',
      'srtp-anchor',
      '--bridges',
      'srtp_srtp',
      '--payload',
      '1200',
      '--out',
      large,
    );
    const [sample] = parseResult(readFileSync(`${large}.json`, 'utf8')).samples;
    expect(sample).toMatchObject({ shape: { payload: 1200 }, outcome: { wrong: 0, packetsLost: 0 } });
  });

  it('records the machine, the versions and the command', () => {
    expect(result.machine.cores).toBeGreaterThan(0);
    expect(result.versions.srtpAnchor).toMatch(/^\d+\.\d+\.\d+/);
    expect(result.command).toBe(`srtp-anchor bench --quick --out ${out}`);
  });

  it('writes a page with the targets and a chart', () => {
    expect(readFileSync(`${out}.md`, 'utf8')).toContain('## Targets');
    expect(readFileSync(`${out}.svg`, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
  });

  it('compares two results by ratios', async () => {
    const table = await bench('compare', `${out}.json`, `${out}.json`);
    expect(table).toMatch(/srtp-anchor: rtp_srtp .* CPU a packet, µs .* 1\.000/);
  });

  it('refuses an unknown option with a hint', async () => {
    await expect(bench('--fast')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--help') as string,
    });
  });
});

describe('the load generator', () => {
  let tools: Tools;

  beforeAll(async () => {
    tools = await prepareTools(() => undefined);
  }, buildMilliseconds);

  async function offerTo(bend: Bend, direction: 'forward' | 'both' = 'forward', count = 1): Promise<LoadOutcome> {
    const relays: Relay[] = [];
    for (let i = 0; i < count; i++) relays.push(await Relay.open(bend, generatorPort + 4 * i));
    try {
      return await runLoad(
        tools,
        {
          calls: relays.map((relay) => relay.call),
          shape: hot('rtp_srtp', 500, { calls: count, direction, rtcpShare: 0.05 }),
          times: { warmupMilliseconds: 200, durationMilliseconds: 1_000 },
          placement: { threads: 2, senderCpu: null, receiverCpu: null, nice: 0 },
          watchedPids: [process.pid],
          kernelStamps: true,
          progress: false,
        },
        () => undefined,
      );
    } finally {
      for (const relay of relays) relay.close();
    }
  }

  it('agrees with RFC 3711 and with itself', async () => {
    await expect(run(tools.path('anchor_load'), ['--self-test'])).resolves.toBeDefined();
  });

  it('finds nothing wrong with a relay that does its work, in both directions and for RTCP', async () => {
    const outcome = await offerTo(() => 'forward', 'both');
    expect(outcome).toMatchObject({ packetsLost: 0, duplicates: 0, wrong: 0, rtcpLost: 0 });
    expect(outcome.packetsReceived).toBe(500);
    expect(outcome.rtcpSent).toBeGreaterThan(20);
    expect(outcome.verified).toBeGreaterThan(outcome.rtcpSent);
    expect(outcome.latencyMicroseconds.p50).toBeGreaterThan(0);
    expect(outcome.cpuMicrosecondsPerPacket).toBeGreaterThan(0);
  });

  it('keeps many sockets apart', async () => {
    const outcome = await offerTo(() => 'forward', 'both', 10);
    expect(outcome).toMatchObject({ packetsSent: 500, packetsLost: 0, duplicates: 0, wrong: 0, rtcpLost: 0 });
  });

  it('counts what was lost and what came twice', async () => {
    const outcome = await offerTo((n) => (n % 10 === 3 ? 'drop' : n % 10 === 5 ? 'repeat' : 'forward'));
    expect(outcome.packetsLost).toBe(50);
    expect(outcome.duplicates).toBeGreaterThanOrEqual(50);
    expect(outcome.wrong).toBe(0);
  });

  it('counts what arrived in another order', async () => {
    const outcome = await offerTo((n) => (n % 10 === 3 ? 'later' : 'forward'));
    expect(outcome.reordered).toBeGreaterThan(40);
    expect(outcome.packetsLost).toBe(0);
  });

  it.each(['damage', 'wrong key', 'other content', 'cut'] as const)('notices %s', async (bend) => {
    expect((await offerTo(() => bend)).wrong).toBeGreaterThan(0);
  });

  it('refuses a plan that makes no sense, and does not print keys', async () => {
    const child = run(tools.path('anchor_load'), []);
    const secret = 'ab'.repeat(29);
    child.child.stdin?.end(
      `anchor-load 1\nendpoint 127.0.0.1 27008 27009\ngroup x rtp 1 0 1 160 1 1\nstream 1 1 0 127.0.0.1 1 AES_CM_128_HMAC_SHA1_80 ${secret} 0 - -\n`,
    );
    const failure = (await child.catch((error: unknown) => error)) as { stderr: string };
    expect(failure.stderr).toContain('plan line 4: key of the wrong length');
    expect(failure.stderr).not.toContain(secret);
  });
});

type Bending = 'forward' | 'drop' | 'repeat' | 'later' | 'damage' | 'wrong key' | 'other content' | 'cut';
/** What to do with the n-th packet. */
type Bend = (n: number) => Bending;

/** A relay from plain RTP to SRTP that can be told to do it badly. */
class Relay {
  readonly call: RelayedCall;
  readonly #sockets: readonly Socket[];
  readonly #bend: Bend;
  readonly #towardB: JavaScriptSrtp;
  readonly #wrong = new JavaScriptSrtp(generateKey('AES_CM_128_HMAC_SHA1_80').keySalt);
  readonly #fromB: JavaScriptSrtp;
  #seen = 0;
  #held: Buffer | null = null;

  private constructor(sockets: readonly Socket[], bend: Bend, partyPort: number) {
    const [aRtp, aRtcp, bRtp, bRtcp] = sockets.map((socket) => socket.address().port);
    const request = callRequest(partyPort);
    const towardB = generateKey('AES_CM_128_HMAC_SHA1_80');
    this.#sockets = sockets;
    this.#bend = bend;
    this.#towardB = new JavaScriptSrtp(towardB.keySalt);
    this.#fromB = new JavaScriptSrtp(request.b.crypto?.keySalt ?? '');
    this.call = {
      request,
      a: { relay: { address: '127.0.0.1', rtp: aRtp!, rtcp: aRtcp! }, crypto: null },
      b: { relay: { address: '127.0.0.1', rtp: bRtp!, rtcp: bRtcp! }, crypto: towardB },
    };
    const [fromA, rtcpFromA, fromB, rtcpFromB] = sockets as [Socket, Socket, Socket, Socket];
    const media = { a: request.a.media, b: request.b.media };
    fromA.on('message', (packet) => this.#forward(packet, (wire) => fromB.send(wire, media.b.rtp, media.b.address)));
    rtcpFromA.on('message', (packet) =>
      rtcpFromB.send(this.#towardB.protectRtcp(packet), media.b.rtcp, media.b.address),
    );
    fromB.on('message', (packet) => fromA.send(this.#fromB.unprotectRtp(packet) ?? '', media.a.rtp, media.a.address));
    rtcpFromB.on('message', (packet) =>
      rtcpFromA.send(this.#fromB.unprotectRtcp(packet) ?? '', media.a.rtcp, media.a.address),
    );
  }

  static async open(bend: Bend, partyPort: number): Promise<Relay> {
    const sockets = Array.from({ length: 4 }, () => createSocket('udp4'));
    for (const socket of sockets) {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
    }
    return new Relay(sockets, bend, partyPort);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #forward(packet: Buffer, send: (wire: Buffer) => void): void {
    const bending = this.#bend(this.#seen++);
    const wire = this.#towardB.protectRtp(bending === 'other content' ? bent(packet) : packet);
    if (bending === 'drop') return;
    if (bending === 'later') {
      this.#held = wire;
      return;
    }
    send(
      bending === 'wrong key'
        ? this.#wrong.protectRtp(packet)
        : bending === 'damage'
          ? bent(wire)
          : bending === 'cut'
            ? wire.subarray(0, -1)
            : wire,
    );
    if (bending === 'repeat') send(wire);
    if (this.#held !== null) send(this.#held);
    this.#held = null;
  }
}

/** One octet of the payload is another. */
function bent(packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  copy.writeUInt8(copy.readUInt8(40) ^ 1, 40);
  return copy;
}

function callRequest(partyPort: number): CallRequest {
  const media = (port: number): CallRequest['a']['media'] => ({ address: '127.0.0.1', rtp: port, rtcp: port + 1 });
  return {
    id: 'bent',
    a: { media: media(partyPort), crypto: null },
    b: { media: media(partyPort + 2), crypto: generateKey('AES_CM_128_HMAC_SHA1_80') },
  };
}
