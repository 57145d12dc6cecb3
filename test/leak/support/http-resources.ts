import { LIVE_FILES } from '../../../src/http/live/live-assets.js';
import { ROUTES, type Route } from '../../../src/http/routes.js';
import type { Anchor } from '../../support/anchor.js';
import { httpRequest } from '../../support/metrics.js';

/** Read in ways of their own: the event stream never ends, the control protocol has messages. */
const READ_ELSEWHERE = ['/api/events', '/ng', '/ng-plain'];
const BODIES: Readonly<Record<string, string>> = { '/api/loglevel': '{"level":"trace"}' };

/** Every resource of the router with its headers, for every call, and one that there is not; changes of state at the end. */
export async function readHttpResources(anchor: Anchor, callIds: readonly string[]): Promise<Buffer[]> {
  const routes = ROUTES.filter(({ path }) => !READ_ELSEWHERE.includes(path));
  const reads = routes.filter(({ method }) => method === 'GET').flatMap((route) => targets(route, callIds));
  // A call that no `delete` of the other transports has ended, and one that was refused.
  const some = [callIds[4], callIds.at(-1)].flatMap((callId) => callId ?? []);
  const changes = routes.filter(({ method }) => method !== 'GET').flatMap((route) => targets(route, some));
  const replies: Buffer[] = [];
  for (const { method, path, body } of [...reads, { method: 'GET', path: '/no/such/page', body: '' }, ...changes]) {
    const { status, headers, octets } = await httpRequest(anchor, path, method, body);
    if (status === 405 || status >= 500) throw new Error(`${method} ${path} answered ${status}`);
    replies.push(Buffer.concat([Buffer.from(JSON.stringify(headers)), octets]));
  }
  return replies;
}

interface Target {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

function targets({ method, path }: Route, callIds: readonly string[]): Target[] {
  const body = BODIES[path] ?? '';
  if (!path.endsWith('/:id')) return [{ method, path, body }];
  const ids = path === '/live/:id' ? LIVE_FILES : callIds.map(encodeURIComponent);
  return ids.map((id) => ({ method, path: path.replace(':id', id), body }));
}
