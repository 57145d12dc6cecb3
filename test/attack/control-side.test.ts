import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { decodeBencode, encodeBencode, type BencodeDictionary } from '../support/bencode.js';
import { TestHost } from '../support/host.js';
import { httpRequest, readMetrics, total } from '../support/metrics.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildSdp } from '../support/sdp.js';
import { UdpEndpoint } from '../support/udp-endpoint.js';

const PROXY = '127.0.0.10';
const OTHER_PROXY = '127.0.0.11';
const STRANGER = '127.0.0.66';
const RATE = 200;

let host: TestHost;
let anchor: Anchor;
let proxy: UdpEndpoint;
let other: UdpEndpoint;
let stranger: UdpEndpoint;

beforeAll(async () => {
  host = await TestHost.open();
  const allowed = ['127.0.0.1/32', `${PROXY}/32`, `${OTHER_PROXY}/32`].flatMap((one) => ['--ng-allow', one]);
  anchor = await RelayProcess.start(host, { extraArguments: [...allowed, '--ng-rate-limit', String(RATE)] });
  [proxy, other, stranger] = (await Promise.all(
    [PROXY, OTHER_PROXY, STRANGER].map((address) => UdpEndpoint.open(host, address)),
  )) as [UdpEndpoint, UdpEndpoint, UdpEndpoint];
});
afterAll(async () => {
  await host.close();
});

async function ask(from: UdpEndpoint, cookie: string, request: BencodeDictionary): Promise<void> {
  await from.send(Buffer.concat([Buffer.from(`${cookie} `), encodeBencode(request)]), anchor.ng);
}

async function reply(from: UdpEndpoint, cookie: string, request: BencodeDictionary): Promise<BencodeDictionary> {
  from.take();
  await ask(from, cookie, request);
  const [packet] = await from.waitForPackets(1);
  return decodeBencode(packet!.data.subarray(cookie.length + 1)) as BencodeDictionary;
}

function offer(callId: string): BencodeDictionary {
  return {
    ...{ command: 'offer', 'call-id': callId, 'from-tag': 'a', 'transport-protocol': 'RTP/SAVP' },
    sdp: buildSdp({ port: 40_000 }),
  };
}

async function refused(): Promise<number> {
  return total(await readMetrics(anchor), 'srtp_anchor_control_refused_total');
}

describe('the control port', () => {
  it('answers nobody outside the allow-list, and counts them', async () => {
    const before = await refused();
    for (let i = 0; i < 20; i++) await ask(stranger, `s${i}`, { command: 'ping' });
    expect(await stranger.settle(150)).toHaveLength(0);
    expect((await refused()) - before).toBe(20);
    expect(await reply(proxy, 'p', { command: 'ping' })).toEqual({ result: 'pong' });
    expect((await httpRequest(anchor, '/ng-plain', 'POST', '{"command":"ping"}')).body).toContain('pong');
  });

  it('repeats a reply to the proxy that asked, and hands its keys to no other that knows the cookie', async () => {
    const first = await reply(proxy, 'same-cookie', offer('shared'));
    const again = await reply(proxy, 'same-cookie', offer('shared'));
    expect(again).toEqual(first);
    const elsewhere = await reply(other, 'same-cookie', { command: 'query', 'call-id': 'shared' });
    expect(JSON.stringify(elsewhere)).not.toContain('inline:');
    await ask(stranger, 'same-cookie', offer('shared'));
    expect(await stranger.settle(100)).toHaveLength(0);
    await reply(proxy, 'bye', { command: 'delete', 'call-id': 'shared', 'delete-delay': 0 });
  });

  it('answers a proxy at once while another one sends ten times its rate, which is counted', async () => {
    const before = await refused();
    let flooding = true;
    const flood = (async () => {
      for (let i = 0; flooding; i++) {
        await ask(other, `f${i}`, { command: 'ping' });
        if (i % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      const started = performance.now();
      expect(await reply(proxy, `q${i}`, { command: 'ping' })).toEqual({ result: 'pong' });
      times.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    flooding = false;
    await flood;
    times.sort((a, b) => a - b);
    expect(times[Math.floor(times.length * 0.9)]).toBeLessThan(100);
    expect((await refused()) - before).toBeGreaterThan(500);
  });
});

describe('the HTTP side', () => {
  it('sets its headers on every page, knows no other methods and bounds a body', async () => {
    for (const path of ['/', '/metrics', '/healthz', '/api/calls', '/no/such/page']) {
      const { headers } = await httpRequest(anchor, path);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    expect((await httpRequest(anchor, '/api/drain', 'GET')).status).toBe(405);
    expect((await httpRequest(anchor, '/api/calls', 'TRACE')).status).toBe(405);
    expect(
      (await httpRequest(anchor, '/ng-plain', 'POST', 'x'.repeat(3 << 20)).catch(() => ({ status: 413 }))).status,
    ).toBe(413);
  });
});
