import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../../src/config/secret.js';
import type { AccessRules } from '../../../src/http/access.js';
import { HttpServer } from '../../../src/http/server.js';
import type { HttpSources } from '../../../src/http/sources.js';
import { LimitedLog } from '../../../src/log/limited-log.js';
import { createLogger } from '../../../src/log/logger.js';
import { systemClock } from '../../../src/shared/clock.js';
import { call, FakeRelay, party, stream } from './fake-sources.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let relay: FakeRelay;
let server: HttpServer;
let port: number;
let rules: AccessRules;
let logged: string[];

async function start(more: Partial<HttpSources> = {}): Promise<void> {
  const logger = createLogger({ write: (line) => void logged.push(line) }, 'trace');
  server = new HttpServer({
    sources: relay.sources(more),
    rules: () => rules,
    log: new LimitedLog(logger, systemClock),
  });
  ({ port } = await server.listen({ address: '127.0.0.1', port: 0 }));
}

async function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** All that is answered to `octets` until the server closes the connection. */
async function lastWords(octets: string, localAddress = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () => socket.write(octets));
    let answer = '';
    socket.on('data', (part) => (answer += part.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

beforeEach(async () => {
  relay = new FakeRelay();
  rules = { token: null, allowedHosts: [] };
  logged = [];
  await start();
});

afterEach(() => server.close());

describe('health', () => {
  it('is alive and ready while every part moves', async () => {
    expect(await ask('GET', '/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await ask('GET', '/readyz')).toMatchObject({ status: 200, body: 'ready\n' });
  });

  it('names the worker that stalled', async () => {
    relay.heartbeats = [10, 1_700];
    expect(await ask('GET', '/healthz')).toMatchObject({ status: 503, body: 'worker 1 stalled for 1700 ms\n' });
    expect((await ask('GET', '/readyz')).status).toBe(503);
  });

  it('notices an event loop that was late', async () => {
    relay.lag = 1_200;
    expect(await ask('GET', '/healthz')).toMatchObject({ status: 503, body: 'the event loop was late by 1200 ms\n' });
  });

  it('is alive but not ready while draining, and after POST /api/drain', async () => {
    expect(await ask('POST', '/api/drain')).toMatchObject({ status: 202 });
    expect((await ask('GET', '/healthz')).status).toBe(200);
    expect(await ask('GET', '/readyz')).toMatchObject({ status: 503, body: 'draining: no new calls\n' });
  });

  it('is not ready before the control protocol is served', async () => {
    relay.isListening = false;
    expect((await ask('GET', '/readyz')).status).toBe(503);
  });
});

describe('the API', () => {
  it('lists calls with both legs and a verdict', async () => {
    relay.calls.set(
      'a/b@c',
      call('a/b@c', [
        party('x', 'y', [stream()]),
        party('y', 'x', [stream({ cryptoSuite: 'AES_CM_128_HMAC_SHA1_80' })]),
      ]),
    );
    const { body } = await ask('GET', '/api/calls');
    expect(JSON.parse(body)).toMatchObject({
      total: 1,
      calls: [
        {
          callId: 'a/b@c',
          state: 'healthy',
          parties: [{ endpoint: '192.0.2.1:4000', suite: null }, { suite: 'AES_CM_128_HMAC_SHA1_80' }],
        },
      ],
    });
  });

  it('finds a call whose id holds a slash', async () => {
    relay.calls.set('a/b@c', call('a/b@c', []));
    expect((await ask('GET', `/api/calls/${encodeURIComponent('a/b@c')}`)).status).toBe(200);
    expect((await ask('GET', '/api/calls/other')).status).toBe(404);
    expect((await ask('GET', '/api/calls/%E0%A4%A')).status).toBe(404);
  });

  it('says in one line why a call was refused', async () => {
    relay.refused.set('a/b@c', 'Secure media required: RTP/AVP offered');
    const { status, body } = await ask('GET', `/api/refusals/${encodeURIComponent('a/b@c')}`);
    expect([status, body]).toEqual([200, 'Secure media required: RTP/AVP offered\n']);
    expect((await ask('GET', '/api/refusals/other')).status).toBe(404);
  });

  it('refuses a limit that is no number', async () => {
    expect((await ask('GET', '/api/calls?limit=x')).status).toBe(400);
  });

  it('ends a call', async () => {
    relay.calls.set('a', call('a', []));
    expect((await ask('DELETE', '/api/calls/a')).status).toBe(200);
    expect((await ask('DELETE', '/api/calls/a')).status).toBe(404);
  });

  it('changes the log level, and only to one that exists', async () => {
    expect(await ask('POST', '/api/loglevel', {}, '{"level":"debug"}')).toMatchObject({
      status: 200,
      body: '{"level":"debug","before":"info"}',
    });
    expect((await ask('POST', '/api/loglevel', {}, '{"level":"loud"}')).status).toBe(400);
    expect((await ask('POST', '/api/loglevel', {}, 'not json')).status).toBe(400);
    expect(relay.level).toBe('debug');
  });

  it('says what is allowed when the method is wrong', async () => {
    expect(await ask('DELETE', '/api/drain')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await ask('PUT', '/api/calls/a')).toMatchObject({ status: 405, headers: { allow: 'GET, DELETE' } });
    expect((await ask('GET', '/nothing')).status).toBe(404);
  });

  it('answers HEAD without a body', async () => {
    expect(await ask('HEAD', '/healthz')).toMatchObject({ status: 200, body: '' });
  });
});

describe('who may do what', () => {
  it('serves no foreign host name, so that DNS rebinding finds nothing', async () => {
    expect((await ask('GET', '/api/calls', { Host: 'evil.example' })).status).toBe(403);
    expect((await ask('GET', '/api/calls', { Host: 'localhost:2225' })).status).toBe(200);
    expect((await ask('GET', '/api/calls', { Host: '[::1]:2225' })).status).toBe(200);
    rules = { ...rules, allowedHosts: ['relay.example'] };
    expect((await ask('GET', '/api/calls', { Host: 'Relay.example:80' })).status).toBe(200);
    expect(relay.refusals).toEqual(['host']);
  });

  it('takes no change from a page of another site', async () => {
    for (const headers of [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      expect((await ask('POST', '/api/drain', headers as Record<string, string>)).status).toBe(403);
    }
    expect(relay.isDraining).toBe(false);
    expect((await ask('POST', '/api/drain', { Origin: `http://127.0.0.1:${port}` })).status).toBe(202);
  });

  it('wants the token for changes when one is configured, and never for reading', async () => {
    rules = { ...rules, token: new Secret('correct-horse-battery') };
    expect(await ask('POST', '/api/drain')).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect((await ask('POST', '/api/drain', { Authorization: 'Bearer wrong-horse-battery' })).status).toBe(401);
    expect((await ask('GET', '/metrics')).status).toBe(200);
    expect((await ask('POST', '/api/drain', { Authorization: 'Bearer correct-horse-battery' })).status).toBe(202);
    expect(logged.join('')).not.toContain('horse');
  });

  it('sets the headers that keep a page in its place', async () => {
    const { headers } = await ask('GET', '/');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('serves the files of the page and no others', async () => {
    expect((await ask('GET', '/live/live.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    for (const path of ['/live/..%2f..%2f..%2fpackage.json', '/live/../server.ts', '/live/none.js'])
      expect((await ask('GET', path)).status).toBe(404);
  });
});

describe('the control protocol over HTTP', () => {
  it('hands the whole body over, and answers 404 where it is not served', async () => {
    expect((await ask('POST', '/ng', {}, '1 d7:command4:pinge')).status).toBe(404);
    await server.close();
    const seen: string[] = [];
    await start({
      posts: new Map([
        [
          '/ng',
          (body, _request, response) => {
            seen.push(body.toString());
            response.end('pong');
          },
        ],
      ]),
    });
    expect(await ask('POST', '/ng', {}, '1 d7:command4:pinge')).toMatchObject({ status: 200, body: 'pong' });
    expect(seen).toEqual(['1 d7:command4:pinge']);
    expect((await ask('POST', '/ng', { Origin: 'http://evil.example' }, '1 d7:command4:pinge')).status).toBe(403);
  });

  it('refuses a body over its bound, declared or streamed', async () => {
    await server.close();
    await start({ posts: new Map([['/ng', (_body, _request, response) => void response.end('no')]]) });
    const most = 2 * 1024 * 1024;
    expect(await lastWords(`POST /ng HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${most + 1}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    const chunk = `${(most + 1).toString(16)}\r\n${'x'.repeat(most + 1)}\r\n`;
    expect(
      await lastWords(`POST /ng HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`),
    ).toMatch(/^HTTP\/1\.1 413 /);
    expect(relay.refusals).toEqual(['limit', 'limit']);
  });

  it('refuses an upgrade from another site, and one that nobody serves', async () => {
    const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket' };
    expect((await ask('GET', '/', { ...upgrade, Origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask('GET', '/', upgrade)).status).toBe(404);
  });
});

describe('clients that misbehave', () => {
  it('refuses a header of ten thousand octets', async () => {
    expect((await ask('GET', '/healthz', { 'X-Long': 'x'.repeat(10_000) })).status).toBe(431);
  });

  it('cuts off who sends requests without waiting for the answers, and counts it once', async () => {
    let rendered = 0;
    await server.close();
    const render = async (): Promise<{ contentType: string; body: string }> => {
      rendered++;
      return new Promise((resolve) => setTimeout(resolve, 50, { contentType: 'text/plain', body: 'x 1\n' }));
    };
    await start({ metrics: { render } });
    expect(await lastWords('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(100))).toBe('');
    expect([rendered, relay.refusals]).toEqual([1, ['limit']]);
  });

  it('answers one request after the other on the same connection', async () => {
    const socket = connect(port, '127.0.0.1');
    for (let i = 0; i < 5; i++) {
      const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
      expect((await answered).toString()).toMatch(/^HTTP\/1\.1 200 /);
    }
    socket.destroy();
  });

  it('keeps no more than 256 connections of one address, and serves another', async () => {
    const sockets = Array.from({ length: 300 }, () => connect({ port, host: '127.0.0.1', localAddress: '127.0.0.66' }));
    let closed = 0;
    for (const socket of sockets)
      socket
        .on('error', () => undefined)
        .on('close', () => closed++)
        .resume();
    await vi.waitFor(() => expect(closed).toBe(44));
    expect(relay.refusals).toEqual(Array.from({ length: 44 }, () => 'limit'));
    expect((await ask('GET', '/healthz')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () =>
      expect(await lastWords('GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n', '127.0.0.66')).toMatch(
        /^HTTP\/1\.1 200 /,
      ),
    );
  });

  it('answers a scrape within a second while a hundred connections stay half open', async () => {
    const sockets = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
    await Promise.all(
      sockets.map(
        (socket) => new Promise((resolve) => socket.on('connect', () => socket.write('GET / HT', () => resolve(null)))),
      ),
    );
    for (const socket of sockets) socket.on('error', () => undefined);
    const before = performance.now();
    expect((await ask('GET', '/metrics')).status).toBe(200);
    expect(performance.now() - before).toBeLessThan(1_000);
    for (const socket of sockets) socket.destroy();
  });

  it('survives odd methods and garbage', async () => {
    expect((await ask('PROPFIND', '/healthz')).status).toBe(405);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('\x00\x01garbage\r\n\r\n'));
      let text = '';
      socket.on('data', (part) => (text += part.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', () => resolve(text));
    });
    expect(answer).toContain('400');
    expect((await ask('GET', '/healthz')).status).toBe(200);
  });

  it('answers 500 and goes on when a handler throws', async () => {
    await server.close();
    await start({
      metrics: { render: () => Promise.reject(new Error('inline:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2Vj')) },
    });
    expect(await ask('GET', '/metrics')).toMatchObject({ status: 500, body: 'internal error\n' });
    expect((await ask('GET', '/healthz')).status).toBe(200);
    expect(logged.join('')).toContain('http-request-failed');
    expect(logged.join('')).not.toContain('c2Vjcm');
  });
});
