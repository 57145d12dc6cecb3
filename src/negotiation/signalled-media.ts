import { findDirection } from '../sdp/attributes/direction.js';
import { parseRtcp } from '../sdp/attributes/rtcp.js';
import { isAddressOf, isZeroAddress } from '../sdp/address.js';
import {
  attributesOf,
  effectiveConnection,
  type Connection,
  type MediaDescription,
  type SessionDescription,
} from '../sdp/session-description.js';
import type { MediaOptions } from './media-options.js';
import type { Direction, Leg, MediaAddress } from './negotiated-media.js';

export type SignalledMedia = Pick<Leg, 'remoteRtp' | 'remoteRtcp' | 'direction' | 'held'> & {
  readonly warnings: readonly string[];
};

/** Where a party wants its media, and which way, from its SDP and what the proxy says about the address. */
export function readSignalledMedia(
  description: SessionDescription,
  media: MediaDescription,
  options: MediaOptions,
): SignalledMedia {
  const direction = findDirection(media.lines) ?? findDirection(description.lines) ?? 'sendrecv';
  const connection = effectiveConnection(description, media);
  const zero = connection !== null && isZeroAddress(connection.address);
  const address = zero ? null : (overridden(options) ?? connection);
  const usable = address !== null && isAddressOf(address.family, address.address) ? address : null;
  return {
    remoteRtp: at(usable, media.media.port),
    remoteRtcp: remoteRtcp(media, usable, options),
    direction,
    held: zero || holds(direction),
    warnings: warningsAbout(address, usable),
  };
}

/** A hold that this party puts on: it does not want to receive (RFC 3264 §8.4). */
function holds(direction: Direction): boolean {
  return direction === 'sendonly' || direction === 'inactive';
}

function overridden({ sipSourceAddress, receivedFrom }: MediaOptions): Connection | null {
  return sipSourceAddress ? receivedFrom : null;
}

/** Field by field: a spread would give every address a hidden class of its own, larger than the address. */
function at(connection: Connection | null, port: number): MediaAddress | null {
  if (connection === null || port === 0 || port > 65_535) return null;
  return { family: connection.family, address: connection.address, port };
}

/** `a=rtcp` (RFC 3605 §2.1), else the port after RTP's (RFC 3550 §11). */
function remoteRtcp(media: MediaDescription, address: Connection | null, options: MediaOptions): MediaAddress | null {
  const [line] = attributesOf(media.lines, 'rtcp');
  const attribute = line === undefined ? null : parseRtcp(line);
  if (attribute === null) return at(address, media.media.port + 1);
  const own = attribute.address !== null && !isZeroAddress(attribute.address.address) ? attribute.address : null;
  return at(overridden(options) === null ? (own ?? address) : address, attribute.port);
}

function warningsAbout(address: Connection | null, usable: Connection | null): readonly string[] {
  if (address === null || usable !== null) return [];
  return [`c= holds no ${address.family} address; the address is learned from the first packets`];
}
