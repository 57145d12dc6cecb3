import { connect } from 'node:net';
import { createControlRoutes, type HttpControlRoute } from '../../../../src/control/http-routes.js';
import type { BodyHandler } from '../../../../src/http/sources.js';
import { HttpServer } from '../../../../src/http/server.js';
import { LimitedLog } from '../../../../src/log/limited-log.js';
import { createLogger } from '../../../../src/log/logger.js';
import { systemClock } from '../../../../src/shared/clock.js';
import { rig } from '../../../unit/control/support.js';
import { FakeRelay } from '../../../unit/http/fake-sources.js';
import { check, type FuzzTarget } from '../target.js';

const PATHS = [
  '/',
  '/metrics',
  '/healthz',
  '/readyz',
  '/api/calls',
  '/api/calls/c%2F1',
  '/api/stats',
  '/ng-plain',
  '/live.js',
  '/%',
];

/** Requests on a socket: each connection ends, with an answer that is HTTP, and none is the fault of the server. */
export function httpTarget(): FuzzTarget {
  let server: Promise<{ server: HttpServer; port: number }> | null = null;
  const get = PATHS.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const post = ['/ng', '/ng-plain', '/api/drain', '/api/undrain'].map(
    (path) =>
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 21\r\n\r\nk d7:command4:pinge  `,
  );
  return {
    name: 'http',
    seeds: [...get, ...post].map((text) => Buffer.from(text)),
    words: [
      '%00',
      '%2f',
      '../',
      '//',
      '?',
      '?limit=',
      '&',
      '#',
      'HTTP/1.0',
      'HEAD ',
      'PUT ',
      'Origin: http://x\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Upgrade: websocket\r\n',
      'Sec-Fetch-Site: cross-site\r\n',
      'Host: x\r\n',
      '\r\n',
    ],
    run: async (input) => {
      server ??= start();
      const { port } = await server;
      const answer = await exchange(port, input);
      check(answer === '' || /^HTTP\/1\.1 \d{3} /.test(answer), 'the answer is HTTP');
      check(!/^HTTP\/1\.1 500 /m.test(answer), 'nothing threw');
    },
    close: async () => (await server)?.server.close(),
  };
}

async function start(): Promise<{ server: HttpServer; port: number }> {
  const logger = createLogger({ write: () => undefined }, 'error');
  const { dispatcher } = rig();
  const routes = createControlRoutes({ dispatcher });
  const posts = new Map<string, BodyHandler>(routes.map(({ path, handle }) => [path, answerWith(handle)]));
  const server = new HttpServer({
    sources: new FakeRelay().sources({ posts }),
    rules: () => ({ token: null, allowedHosts: [] }),
    log: new LimitedLog(logger, systemClock),
  });
  const { port } = await server.listen({ address: '127.0.0.1', port: 0 });
  return { server, port };
}

function answerWith(handle: HttpControlRoute['handle']): BodyHandler {
  return async (body, request, response) => {
    const { method = '', headers } = request;
    const reply = await handle({ method, headers, body, remoteAddress: '127.0.0.1', remotePort: 1 });
    response.writeHead(reply.status, reply.headers).end(reply.body);
  };
}

/** Sends all, ends its side, and resolves with what came until the server ended its own. */
function exchange(port: number, input: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: false });
    const parts: Buffer[] = [];
    const timer = setTimeout(() => reject(new Error('the connection hangs')), 12_000);
    socket.on('data', (part) => {
      parts.push(part);
      // An event stream does not end by itself.
      if (Buffer.concat(parts).includes('text/event-stream')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString('latin1'));
    });
    socket.end(input);
  });
}
