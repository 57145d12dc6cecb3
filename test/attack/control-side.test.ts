import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { decodeBencode, encodeBencode, type BencodeDictionary } from '../support/bencode.js';
import { TestHost } from '../support/host.js';
import { httpRequest, readMetrics, total } from '../support/metrics.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildSdp } from '../support/sdp.js';
import { UdpEndpoint } from '../support/udp-endpoint.js';
import { within } from '../support/wait.js';
import { ControlWebSocket, postControl } from '../support/web-control.js';

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
  await from.send(message(cookie, request), anchor.ng);
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

async function refused(reason?: string): Promise<number> {
  const labels = reason === undefined ? {} : { reason };
  return total(await readMetrics(anchor), 'srtp_anchor_control_refused_total', labels);
}

function message(cookie: string, request: BencodeDictionary): Buffer {
  return Buffer.concat([Buffer.from(`${cookie} `), encodeBencode(request)]);
}

async function listedCalls(): Promise<unknown> {
  return (await reply(proxy, randomUUID(), { command: 'list' }))['calls'];
}

/** A text frame of 126 octets or more from a client, its mask all zeros (RFC 6455 §5.2). */
function textFrame(text: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0xfe, text.length >> 8, text.length & 0xff, 0, 0, 0, 0]), text]);
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

  it('makes no call and ends none for HTTP from outside the allow-list, which is answered 403 and counted', async () => {
    await reply(proxy, 'made-for-http', offer('of-a-proxy'));
    const before = await refused('peer');
    const attempts = [offer('of-a-stranger'), { command: 'delete', 'call-id': 'of-a-proxy', 'delete-delay': 0 }];
    for (const [i, attempt] of attempts.entries()) {
      const { status, body } = await postControl(anchor, message(`h${i}`, attempt), STRANGER);
      expect({ status, body }).toEqual({ status: 403, body: 'not allowed\n' });
      const plain = await httpRequest(anchor, '/ng-plain', 'POST', encodeBencode(attempt), STRANGER);
      expect(plain.status).toBe(403);
    }
    expect((await refused('peer')) - before).toBe(4);
    expect(await listedCalls()).toEqual(['of-a-proxy']);
    // The same message from a proxy is taken, over the same transport.
    const taken = await postControl(anchor, message('h-allowed', attempts[1]!), PROXY);
    expect(taken.status).toBe(200);
    expect(await listedCalls()).toEqual([]);
  });

  it('opens no WebSocket to an address outside the allow-list, on any path, and counts it', async () => {
    const before = await refused('peer');
    for (const path of ['/ng', '/', '/ws']) {
      await expect(ControlWebSocket.open(anchor, { from: STRANGER, path })).rejects.toThrow('403');
    }
    expect((await refused('peer')) - before).toBe(3);
    const allowed = await ControlWebSocket.open(anchor, { from: PROXY });
    expect((await allowed.ask(message('w', { command: 'ping' }))).toString()).toBe('w d6:result4:ponge');
    allowed.close();
  });

  it('reads nothing that is sent behind a refused upgrade', async () => {
    const socket = await host.connect(anchor.http.address, anchor.http.port, STRANGER);
    const answers: Buffer[] = [];
    socket.on('data', (octets: Buffer) => answers.push(octets));
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const upgrade = [
      'GET /ng HTTP/1.1',
      `Host: ${anchor.http.address}:${anchor.http.port}`,
      ...['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
      ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol: ng.rtpengine.com', '\r\n'],
    ].join('\r\n');
    socket.write(Buffer.concat([Buffer.from(upgrade), textFrame(message('b', offer('behind-an-upgrade')))]));
    await within(5_000, 'the refused connection to be closed', closed);
    expect(Buffer.concat(answers).toString()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\n\r\n$/);
    expect(Buffer.concat(answers).toString()).not.toContain('sdp');
    expect(await listedCalls()).toEqual([]);
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
    // Those that the kernel drops while the flooder is muted never come as far as being refused.
    const unheard = total(await readMetrics(anchor), 'srtp_anchor_control_socket_dropped_total');
    expect((await refused()) - before + unheard).toBeGreaterThan(500);
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
