import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ListenAddress } from '../config/addresses.js';
import type { LimitedLog } from '../log/limited-log.js';
import { refuseChange, refuseHost, refuseOrigin, type AccessRules, type Refusal } from './access.js';
import { limitConnectionsOfOneAddress, PipelineGuard } from './connection-limit.js';
import { EventStream } from './event-stream.js';
import { LiveAssets } from './live/live-assets.js';
import { send, setSecurityHeaders, text, type Reply } from './reply.js';
import { ROUTES, type Route, type RouteContext } from './routes.js';
import type { HttpSources } from './sources.js';

/** Bounds of what one client can hold; a scrape needs a hundredth of each. */
const LIMITS = {
  connections: 512,
  /** All that come from one address, a proxy's or a browser's. */
  connectionsOfOne: 256,
  headerOctets: 8 * 1024,
  headersMilliseconds: 5_000,
  requestMilliseconds: 10_000,
  idleMilliseconds: 15_000,
  checkMilliseconds: 1_000,
} as const;

export interface HttpServerOptions {
  readonly sources: HttpSources;
  /** Asked at each request, so that a reload takes effect. */
  readonly rules: () => AccessRules;
  readonly log: LimitedLog;
}

/** Live page, metrics, health and API. Owns its sockets until `close`. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #context: RouteContext;
  readonly #pipelines = new PipelineGuard();

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#context = { sources: options.sources, stream: new EventStream(options.sources), assets: new LiveAssets() };
    const timing = {
      headersTimeout: LIMITS.headersMilliseconds,
      requestTimeout: LIMITS.requestMilliseconds,
      connectionsCheckingInterval: LIMITS.checkMilliseconds,
    };
    this.#server = createServer(
      { ...timing, maxHeaderSize: LIMITS.headerOctets, keepAlive: true },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = LIMITS.connections;
    limitConnectionsOfOneAddress(this.#server, LIMITS.connectionsOfOne, () => options.sources.refused('limit'));
    this.#server.keepAliveTimeout = LIMITS.requestMilliseconds;
    this.#server.setTimeout(LIMITS.idleMilliseconds);
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Rejects with the system's error when the address cannot be had. Resolves with where it really listens. */
  async listen({ address, port }: ListenAddress): Promise<ListenAddress> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: address, port }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const bound = this.#server.address() as AddressInfo;
    return { address: bound.address, port: bound.port };
  }

  /** Ends event streams and open connections; resolves when the socket is closed. */
  async close(): Promise<void> {
    this.#context.stream.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.socket.destroyed) return;
    if (this.#pipelines.isPipelined(response)) {
      this.#options.sources.refused('limit');
      request.socket.destroy();
      return;
    }
    try {
      setSecurityHeaders(response);
      const reply = await this.#reply(request, response);
      if (reply !== null) send(response, reply);
    } catch (error) {
      // A client that goes away in the middle is no news.
      if (request.destroyed && !request.complete) return;
      const reason = error instanceof Error ? error.message : 'unknown';
      this.#options.log.log('error', 'http-request-failed', { path: request.url ?? '', reason });
      if (response.headersSent) response.destroy();
      else send(response, text(500, 'internal error'));
    }
  }

  async #reply(request: IncomingMessage, response: ServerResponse): Promise<Reply | null> {
    const rules = this.#options.rules();
    const stranger = refuseHost(request.headers, rules);
    if (stranger !== null) return this.#refused(request, stranger);
    const target = parseTarget(request.url ?? '/');
    const candidates = target === null ? [] : ROUTES.filter((route) => matches(route, target.path));
    if (target === null || candidates.length === 0) return text(404, 'no such page');
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = candidates.find((candidate) => candidate.method === method);
    if (route === undefined)
      return text(405, 'method not allowed', { Allow: candidates.map((candidate) => candidate.method).join(', ') });
    const refusal = refusalOf(route, request, rules);
    if (refusal !== null) return this.#refused(request, refusal);
    return route.handle(this.#context, { request, response, query: target.query, id: capture(route, target.path) });
  }

  #refused(request: IncomingMessage, { reason, status, text: words }: NonNullable<Refusal>): Reply {
    this.#options.sources.refused(reason);
    this.#options.log.log('warn', 'http-refused', {
      reason,
      peer: request.socket.remoteAddress ?? '',
      path: request.url ?? '',
    });
    // The body of a refused request is not read, so the connection cannot be used again.
    const headers = status === 401 ? { Connection: 'close', 'WWW-Authenticate': 'Bearer' } : { Connection: 'close' };
    return text(status, words, headers);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const refusal = refuseHost(request.headers, this.#options.rules()) ?? refuseOrigin(request.headers);
    const { upgrade, refused } = this.#options.sources;
    if (refusal === null && upgrade !== null) {
      upgrade(request, socket, head);
      return;
    }
    if (refusal !== null) refused(refusal.reason);
    socket.end(
      `HTTP/1.1 ${refusal === null ? '404 Not Found' : '403 Forbidden'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  }
}

function refusalOf(route: Route, request: IncomingMessage, rules: AccessRules): Refusal {
  if (route.access === 'change') return refuseChange(request.headers, request.socket.remoteAddress, rules);
  return route.access === 'control' ? refuseOrigin(request.headers) : null;
}

interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** null = not a target that any route could have. The path stays encoded: a call-id may hold a slash. */
function parseTarget(url: string): Target | null {
  const [path = '', query = ''] = url.split('?', 2);
  return path.startsWith('/') ? { path, query: new URLSearchParams(query) } : null;
}

function matches(route: Route, path: string): boolean {
  if (!route.path.endsWith('/:id')) return route.path === path;
  const prefix = route.path.slice(0, -':id'.length);
  const rest = path.slice(prefix.length);
  return path.startsWith(prefix) && rest !== '' && !rest.includes('/') && decode(rest) !== null;
}

function capture(route: Route, path: string): string {
  return route.path.endsWith('/:id') ? (decode(path.slice(route.path.length - ':id'.length)) ?? '') : '';
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
