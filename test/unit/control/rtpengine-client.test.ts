import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { once, type EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TcpControlServer } from '../../../src/control/tcp-server.js';
import { UdpControlServer } from '../../../src/control/udp-server.js';
import { WebSocketControlServer } from '../../../src/control/websocket-server.js';
import { rig, SDP } from './support.js';

type Reply = Record<string, unknown>;
type Command = 'ping' | 'offer' | 'answer' | 'query' | 'list' | 'statistics' | 'delete' | 'playMedia' | 'blockDTMF';
type Ask = (command: Command, message?: object) => Promise<Reply>;
type Methods = Record<Command, (...rest: object[]) => Promise<Reply>>;
type ClientInstance = EventEmitter & Methods & { close(): void };
interface Package {
  readonly Client: new (options: object) => ClientInstance;
  readonly TcpClient: new (hostport: string) => ClientInstance;
  readonly WsClient: new (url: string) => ClientInstance;
}

const { Client, TcpClient, WsClient } = createRequire(import.meta.url)('rtpengine-client') as Package;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  vi.restoreAllMocks();
});

const listeners = [{ address: '127.0.0.1', port: 0 }];

async function overUdp(setUp: ReturnType<typeof rig>): Promise<Ask> {
  const server = await UdpControlServer.start({ dispatcher: setUp.dispatcher, listeners });
  const client = new Client({ localAddress: '127.0.0.1', timeout: 2000 });
  await once(client, 'listening');
  closers.push(
    () => server.close(),
    () => {
      client.close();
    },
  );
  const target = { host: '127.0.0.1', port: server.addresses[0]!.port };
  return (command, message = {}) => client[command](target, message);
}

async function overTcp(setUp: ReturnType<typeof rig>): Promise<Ask> {
  // The package prints the length of what it receives.
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const server = await TcpControlServer.start({ dispatcher: setUp.dispatcher, listeners });
  const client = new TcpClient(`127.0.0.1:${server.addresses[0]!.port}`);
  await once(client, 'listening');
  closers.push(
    () => server.close(),
    () => {
      client.close();
    },
  );
  return (command, message = {}) => client[command](message);
}

async function overWebSocket(setUp: ReturnType<typeof rig>): Promise<Ask> {
  const control = new WebSocketControlServer({ dispatcher: setUp.dispatcher });
  const http = createServer();
  http.on('upgrade', (request, socket, head) => control.handleUpgrade(request, socket, head));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const client = new WsClient(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  await once(client, 'listening');
  closers.push(
    () => {
      http.close();
    },
    () => {
      control.close();
    },
    // It would connect again after closing.
    () => {
      (client as unknown as { socket: EventEmitter }).socket.removeAllListeners('close');
      client.close();
    },
  );
  return (command, message = {}) => client[command](message);
}

describe.each([
  ['UDP', overUdp],
  ['TCP', overTcp],
  ['WebSocket', overWebSocket],
])('rtpengine-client (drachtio, jambonz) over %s', (_transport, connect) => {
  it('drives a call from offer to delete', async () => {
    const setUp = rig();
    const ask = await connect(setUp);
    const call = { 'call-id': 'jb1', 'from-tag': 'f' };
    expect(await ask('ping')).toEqual({ result: 'pong' });
    const offered = await ask('offer', { ...call, sdp: SDP, 'transport protocol': 'RTP/SAVP', replace: ['origin'] });
    expect(offered).toEqual({ result: 'ok', sdp: SDP });
    expect(await ask('answer', { ...call, 'to-tag': 't', sdp: SDP })).toEqual({ result: 'ok', sdp: SDP });
    expect(await ask('list')).toEqual({ result: 'ok', calls: ['jb1'] });
    expect(await ask('query', call)).toMatchObject({ result: 'ok', totals: { RTP: { packets: 30 } } });
    expect(await ask('statistics')).toMatchObject({ statistics: { currentstatistics: { sessionsown: 1 } } });
    expect(await ask('blockDTMF', { ...call, flags: ['directional'] })).toEqual({ result: 'ok' });
    expect(await ask('playMedia', { ...call, file: 'x.wav' })).toMatchObject({ result: 'error' });
    expect(await ask('delete', call)).toMatchObject({ result: 'ok', created: 1_700_000_000 });
    expect(await ask('delete', call)).toMatchObject({ result: 'ok', warning: expect.any(String) as string });
    expect(setUp.service.offers[0]?.options.transportProtocol).toBe('RTP/SAVP');
    expect(setUp.observer.commands()).toHaveLength(10);
  });
});
