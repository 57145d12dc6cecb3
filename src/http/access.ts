import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../config/addresses.js';
import type { Secret } from '../config/secret.js';

export interface AccessRules {
  readonly token: Secret | null;
  /** Names allowed in Host beside localhost and IP addresses; lower case. */
  readonly allowedHosts: readonly string[];
}

/** null = allowed. The text goes to the client. */
export type Refusal = {
  readonly reason: 'host' | 'origin' | 'token';
  readonly status: 400 | 401 | 403;
  readonly text: string;
} | null;

/**
 * A page elsewhere can make a browser talk to us under a name that it points at our address (DNS rebinding). It cannot
 * do so under an IP address, nor under a name that it does not own: only those are served.
 */
export function refuseHost(headers: IncomingHttpHeaders, rules: AccessRules): Refusal {
  const name = hostName(headers.host ?? '');
  if (name === 'localhost' || isIP(name) !== 0 || rules.allowedHosts.includes(name)) return null;
  return { reason: 'host', status: 403, text: 'this host name is not served here; list it in http-allowed-hosts' };
}

/** A browser says where a request comes from; one that changes state must come from our own page or from no page. */
export function refuseOrigin(headers: IncomingHttpHeaders): Refusal {
  const refusal = { reason: 'origin', status: 403, text: 'requests from other sites are not taken' } as const;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return refusal;
  const { origin, host } = headers;
  if (origin === undefined) return null;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`) ? null : refusal;
}

/** Changes of state: with the configured token; when none is configured, from loopback. */
export function refuseChange(
  headers: IncomingHttpHeaders,
  remoteAddress: string | undefined,
  rules: AccessRules,
): Refusal {
  const fromElsewhere = refuseOrigin(headers);
  if (fromElsewhere !== null) return fromElsewhere;
  if (rules.token === null) {
    return isLoopback(remoteAddress ?? '')
      ? null
      : { reason: 'token', status: 403, text: 'without http-token, changes are taken from loopback only' };
  }
  const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (given !== undefined && rules.token.matches(given)) return null;
  return { reason: 'token', status: 401, text: 'the bearer token is missing or wrong' };
}

/** `host`, `host:port`, `[v6]:port` → the name or address in lower case. */
function hostName(host: string): string {
  return (/^\[([^\]]+)\](?::\d+)?$/.exec(host)?.[1] ?? /^([^:]*)(?::\d+)?$/.exec(host)?.[1] ?? '').toLowerCase();
}
