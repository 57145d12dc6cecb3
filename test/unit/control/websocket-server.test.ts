import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { Admission } from '../../../src/control/admission.js';
import {
  NG_PLAIN_SUBPROTOCOL,
  NG_SUBPROTOCOL,
  WebSocketControlServer,
  type WebSocketControlOptions,
} from '../../../src/control/websocket-server.js';
import { rig } from './support.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(options: Partial<WebSocketControlOptions> = {}, setUp = rig()) {
  const control = new WebSocketControlServer({ dispatcher: setUp.dispatcher, observer: setUp.observer, ...options });
  const http = createServer();
  http.on('upgrade', (request, socket, head) => {
    if (!control.handleUpgrade(request, socket, head)) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  closers.push(() => {
    control.close();
    http.closeAllConnections();
    http.close();
  });
  return { control, url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`, ...setUp };
}

async function open(url: string, protocols: string | string[] = NG_SUBPROTOCOL, options = {}) {
  const socket = new WebSocket(url, protocols, options);
  closers.push(() => {
    socket.terminate();
  });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

async function ask(socket: WebSocket, message: string | Buffer): Promise<[string, boolean]> {
  const reply = once(socket, 'message') as Promise<[Buffer, boolean]>;
  socket.send(message);
  const [octets, binary] = await reply;
  return [octets.toString('latin1'), binary];
}

function failure(url: string, protocols: string[], options = {}): Promise<string> {
  const socket = new WebSocket(url, protocols, options);
  return new Promise((resolve) => socket.once('error', (error) => resolve(error.message)));
}

async function until(condition: () => boolean, within = 5000): Promise<void> {
  const end = performance.now() + within;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const PING = 'd7:command4:pinge';

describe('the control protocol over WebSocket', () => {
  it('answers with a cookie, in the type of frame that asked', async () => {
    const { url } = await serve();
    const socket = await open(url);
    expect(socket.protocol).toBe(NG_SUBPROTOCOL);
    expect(await ask(socket, `c1 ${PING}`)).toEqual(['c1 d6:result4:ponge', false]);
    expect(await ask(socket, Buffer.from(`c2 ${PING}`))).toEqual(['c2 d6:result4:ponge', true]);
    expect(await ask(socket, 'c3 {"command":"ping"}')).toEqual(['c3 {"result":"pong"}', false]);
  });

  it('answers without a cookie under the other subprotocol, on any path', async () => {
    const { url } = await serve();
    const socket = await open(`${url}some/where?x`, [NG_PLAIN_SUBPROTOCOL]);
    expect(await ask(socket, '{"command":"ping"}')).toEqual(['{"result":"pong"}', false]);
    expect(await ask(socket, PING)).toEqual(['d6:result4:ponge', false]);
  });

  it('leaves upgrades to other subprotocols alone', async () => {
    const { url } = await serve();
    expect(await failure(url, ['other.example'])).toContain('404');
    expect((await open(url, ['other.example', NG_SUBPROTOCOL])).protocol).toBe(NG_SUBPROTOCOL);
  });

  it('refuses pages of somebody, strangers, and too many clients', async () => {
    const admission = new Admission({ allowedPeers: ['127.0.0.1'] });
    const { url, observer } = await serve({ admission, limits: { connectionsPerPeer: 1 } });
    expect(await failure(url, [NG_SUBPROTOCOL], { origin: 'http://evil.example' })).toContain('403');
    await open(url);
    expect(await failure(url, [NG_SUBPROTOCOL])).toContain('403');
    expect(await failure(url, [NG_SUBPROTOCOL], { localAddress: '127.0.0.5' })).toContain('403');
    expect(observer.turnedAwayFor).toEqual(['too-many-connections', 'peer-not-allowed']);
  });

  it('closes on a message beyond the limit', async () => {
    const { url, observer } = await serve({ limits: { message: 1000 } });
    const socket = await open(url);
    socket.send('x'.repeat(1001));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
    expect(observer.malformedKinds).toEqual(['too-large']);
    await until(() => observer.open === 0);
  });

  it('drops a client that does not answer pings, which is counted, and keeps one that does', async () => {
    const { url, observer } = await serve({ limits: { pingInterval: 60 } });
    const [deaf, alive] = [await open(url, NG_SUBPROTOCOL, { autoPong: false }), await open(url)];
    await once(deaf, 'close');
    expect(observer.turnedAwayFor).toEqual(['slow-client']);
    expect(await ask(alive, `c ${PING}`)).toEqual(['c d6:result4:ponge', false]);
  });

  it('drops a client that does not read', async () => {
    const setUp = rig();
    setUp.service.rewrite = () => 'x'.repeat(60_000);
    const { url, observer } = await serve({ limits: { unread: 500_000 } }, setUp);
    const socket = await open(url);
    socket.pause();
    const offer = '{"command":"offer","call-id":"c","from-tag":"a","sdp":"v=0"}';
    for (let index = 0; index < 1000 && observer.turnedAwayFor.length === 0; index++) {
      socket.send(`c${index} ${offer}`);
      if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until(() => observer.turnedAwayFor.includes('slow-client'));
  });

  it('slows a client down to its rate, and answers everything', async () => {
    const { url, observer } = await serve({ admission: new Admission({ messagesPerSecond: 200, burst: 5 }) });
    const socket = await open(url);
    let replies = 0;
    socket.on('message', () => replies++);
    for (let index = 0; index < 30; index++) socket.send(`c${index} ${PING}`);
    await until(() => replies === 30);
    expect(observer.turnedAwayFor).toContain('rate-limit');
  });
});
