import type { IncomingMessage, ServerResponse } from 'node:http';
import { LOG_LEVELS } from '../log/logger.js';
import { callDetail, callSummaries, relayStats } from './api-views.js';
import type { EventStream } from './event-stream.js';
import { judgeHealth } from './health.js';
import type { LiveAssets } from './live/live-assets.js';
import { readBody } from './read-body.js';
import { json, text, type Reply } from './reply.js';
import type { HttpSources } from './sources.js';

/** One request with what its path captured. */
export interface RouteRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** The last segment of a path that ends in `/:id`, decoded; empty otherwise. */
  readonly id: string;
}

export interface RouteContext {
  readonly sources: HttpSources;
  readonly stream: EventStream;
  readonly assets: LiveAssets;
}

/** `read`: anyone who reaches us. `change`: token or loopback. `control`: the NG protocol checks its peers itself. */
type Access = 'read' | 'change' | 'control';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Exact, or ending in `/:id`. */
  readonly path: string;
  readonly access: Access;
  /** null = the handler answers, or goes on answering, by itself. */
  readonly handle: (context: RouteContext, request: RouteRequest) => Reply | null | Promise<Reply | null>;
}

/** An SDP of 1 MB in its bencoded message. */
const longestNgOctets = 2 * 1024 * 1024;
const longestSmallOctets = 4_096;
const mostCalls = 1_000;

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/', access: 'read', handle: ({ assets }) => assets.reply('index.html') },
  { method: 'GET', path: '/live/:id', access: 'read', handle: ({ assets }, { id }) => assets.reply(id) },
  { method: 'GET', path: '/metrics', access: 'read', handle: metrics },
  { method: 'GET', path: '/healthz', access: 'read', handle: healthz },
  { method: 'GET', path: '/readyz', access: 'read', handle: readyz },
  { method: 'GET', path: '/api/calls', access: 'read', handle: calls },
  { method: 'GET', path: '/api/calls/:id', access: 'read', handle: call },
  { method: 'GET', path: '/api/refusals/:id', access: 'read', handle: refusal },
  { method: 'GET', path: '/api/stats', access: 'read', handle: ({ sources }) => json(200, relayStats(sources)) },
  {
    method: 'GET',
    path: '/api/events',
    access: 'read',
    handle: ({ stream }, { request, response }) => stream.add(request, response),
  },
  { method: 'POST', path: '/api/drain', access: 'change', handle: drain },
  { method: 'POST', path: '/api/loglevel', access: 'change', handle: logLevel },
  { method: 'DELETE', path: '/api/calls/:id', access: 'change', handle: terminate },
  { method: 'POST', path: '/ng', access: 'control', handle: ng('/ng') },
  { method: 'POST', path: '/ng-plain', access: 'control', handle: ng('/ng-plain') },
];

async function metrics({ sources }: RouteContext, { request }: RouteRequest): Promise<Reply> {
  return { status: 200, headers: {}, ...(await sources.metrics.render(request.headers.accept)) };
}

function healthz({ sources }: RouteContext): Reply {
  const { healthy, problems } = judgeHealth(sources.health);
  return healthy ? text(200, 'ok') : text(503, problems.join('; '));
}

function readyz({ sources }: RouteContext): Reply {
  const { ready, problems } = judgeHealth(sources.health);
  return ready ? text(200, 'ready') : text(503, problems.join('; '));
}

function calls({ sources }: RouteContext, { query }: RouteRequest): Reply {
  const asked = Number(query.get('limit') ?? '100');
  if (!Number.isInteger(asked) || asked < 1) return json(400, { error: 'limit is a whole number from 1' });
  return json(200, { total: sources.calls.count(), calls: callSummaries(sources, Math.min(asked, mostCalls)) });
}

function call({ sources }: RouteContext, { id }: RouteRequest): Reply {
  const report = sources.calls.report(id);
  return report === null ? json(404, { error: 'no such call' }) : json(200, callDetail(report));
}

/** Plain text: a proxy puts the line into its answer as it is. */
function refusal({ sources }: RouteContext, { id }: RouteRequest): Reply {
  const reason = sources.refusals.reason(id);
  return reason === null ? text(404, 'nothing of this call was refused lately') : text(200, reason);
}

function drain({ sources }: RouteContext): Reply {
  sources.control.drain();
  return json(202, { draining: true, calls: sources.calls.count() });
}

async function logLevel({ sources }: RouteContext, { request }: RouteRequest): Promise<Reply> {
  const body = await readBody(request, longestSmallOctets);
  const asked = body === null ? null : levelIn(body.toString('utf8'));
  const level = LOG_LEVELS.find((candidate) => candidate === asked);
  if (level === undefined) return json(400, { error: `expected {"level": "…"} with one of ${LOG_LEVELS.join(', ')}` });
  const before = sources.control.logLevel();
  sources.control.setLogLevel(level);
  return json(200, { level, before });
}

function levelIn(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && 'level' in value ? value.level : null;
  } catch {
    return null;
  }
}

function terminate({ sources }: RouteContext, { id }: RouteRequest): Reply {
  return sources.control.terminate(id) ? json(200, { terminated: id }) : json(404, { error: 'no such call' });
}

function ng(path: string): Route['handle'] {
  return async ({ sources }, { request, response }) => {
    const handler = sources.posts.get(path);
    if (handler === undefined) return text(404, 'the control protocol is not served over HTTP');
    const body = await readBody(request, longestNgOctets);
    if (body === null) {
      sources.refused('limit');
      return text(413, `a control message has at most ${longestNgOctets} octets`, { Connection: 'close' });
    }
    await handler(body, request, response);
    return null;
  };
}
