import { isIP, isIPv4, isIPv6 } from 'node:net';
import { err, ok, type Result } from '../shared/result.js';

/** Where a server listens. */
export interface ListenAddress {
  /** IPv4 or IPv6 literal without brackets. */
  readonly address: string;
  /** 0–65,535; 0 = the system chooses. */
  readonly port: number;
}

/** A logical interface: where media sockets bind and what the SDP says. */
export interface MediaInterface {
  /** As the proxy names it in `direction`, `from-interface`, `to-interface`. */
  readonly name: string;
  /** Bound address: IPv4 or IPv6 literal. */
  readonly address: string;
  /** Address written into SDP; equal to `address` unless `!ADVERTISED` was given. Same family. */
  readonly advertised: string;
  readonly family: 'IP4' | 'IP6';
}

export const DEFAULT_INTERFACE_NAME = 'default';

/** `ADDR:PORT` or `[ADDR6]:PORT`. */
export function parseListenAddress(text: string): Result<ListenAddress, string> {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text.trim());
  const address = match?.[1] ?? match?.[2];
  if (match === null || address === undefined)
    return err('ADDR:PORT, IPv6 in brackets, as 127.0.0.1:2223 or [::1]:2223');
  const port = Number(match[3]);
  if (port > 65_535) return err('a port from 0 to 65535');
  if (match[1] === undefined ? !isIPv4(address) : !isIPv6(address))
    return err('an IPv4 or [IPv6] address; names are not looked up');
  return ok({ address, port });
}

/** `[NAME/]ADDR[!ADVERTISED]`. */
export function parseInterface(text: string): Result<MediaInterface, string> {
  const match = /^(?:([^/!]+)\/)?([^/!]+)(?:!([^/!]+))?$/.exec(text.trim());
  const address = match?.[2];
  if (match === null || address === undefined) return err('[NAME/]ADDR[!ADVERTISED], as outside/10.0.0.5!203.0.113.5');
  const name = match[1] ?? DEFAULT_INTERFACE_NAME;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    return err('an interface name of letters, digits, dot, dash, underscore');
  const advertised = match[3] ?? address;
  if (isIP(address) === 0 || isIP(advertised) === 0)
    return err('IPv4 or IPv6 addresses without brackets; names are not looked up');
  if (isIP(address) !== isIP(advertised)) return err('a bound and an advertised address of one family');
  if (isUnspecified(address))
    return err('one address of this machine: the unspecified address cannot be told to a peer');
  return ok({ name, address, advertised, family: isIPv4(address) ? 'IP4' : 'IP6' });
}

/** `ADDR/PREFIX`, or an address alone for one host. The result always has a prefix length. */
export function parseNetwork(text: string): Result<string, string> {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim());
  const address = match?.[1];
  const family = address === undefined ? 0 : isIP(address);
  const widest = family === 4 ? 32 : 128;
  const prefix = match?.[2] === undefined ? widest : Number(match[2]);
  if (address === undefined || family === 0 || prefix > widest)
    return err('a network as 192.0.2.0/24 or 2001:db8::/32');
  return ok(`${address}/${prefix}`);
}

export function isUnspecified(address: string): boolean {
  return /^(?:0\.0\.0\.0|[0:]+)$/.test(address);
}

export function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}
