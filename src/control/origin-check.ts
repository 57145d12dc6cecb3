import { isIP } from 'node:net';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Whether a request may come from a browser's page of somebody else. Proxies and scripts send no `Origin`; a browser
 * always does with a POST or a WebSocket. One is let through where it names the very address that the request was sent
 * to (libwebsockets does that): a page that reached us by a name of its own, by rebinding, names that name.
 */
export function isForeignOrigin(headers: Headers): boolean {
  const origin = headers['origin'];
  if (origin === undefined) return headers['sec-fetch-site'] === 'cross-site';
  if (typeof origin !== 'string') return true;
  const named = hostOf(origin);
  return named === null || !isLiteral(named) || named !== hostOf(String(headers['host'] ?? ''));
}

/** The host in `http://host:port`, `host:port` or `host`, without brackets; null when there is none. */
function hostOf(text: string): string | null {
  const [, host] = /^(?:[a-z]+:\/\/)?(\[[^\]]+\]|[^:/]+)(?::\d+)?\/?$/i.exec(text) ?? [];
  return host === undefined ? null : host.replace(/^\[|\]$/g, '').toLowerCase();
}

function isLiteral(host: string): boolean {
  return isIP(host) !== 0 || host === 'localhost';
}
