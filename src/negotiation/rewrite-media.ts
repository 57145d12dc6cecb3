import { findDirection, printDirection, type DirectionAttribute } from '../sdp/attributes/direction.js';
import { printMid } from '../sdp/attributes/mid.js';
import { printRtcp, type RtcpAttribute } from '../sdp/attributes/rtcp.js';
import { isRtcpMux, printRtcpMux } from '../sdp/attributes/rtcp-mux.js';
import { isZeroAddress, zeroAddress } from '../sdp/address.js';
import { printConnection } from '../sdp/connection.js';
import { printMediaLine } from '../sdp/media-line.js';
import {
  effectiveConnection,
  type Connection,
  type MediaDescription,
  type SdpLine,
  type SessionDescription,
} from '../sdp/session-description.js';
import { isOfStripped, keptFormats, packetTimeLine } from './edit-codecs.js';
import type { MediaOptions } from './media-options.js';
import type { Leg, LocalMedia, MediaKind, SrtpParameters } from './negotiated-media.js';
import { fillSlots, type Slots } from './section-slots.js';
import { isNeverPassed, isRtpOnlyStripped } from './strip-lines.js';
import { writeCrypto } from './write-crypto.js';

/** One m= section on its way to a party. */
export interface MediaRewrite {
  readonly description: SessionDescription;
  readonly media: MediaDescription;
  readonly kind: MediaKind;
  /** Of the party that will read it. */
  readonly leg: Leg;
  readonly cryptoLines: readonly SrtpParameters[];
  readonly padding: boolean;
  readonly local: LocalMedia | null;
  /** What a c= at session level will say; null when there is none. */
  readonly sessionConnection: Connection | null;
  readonly options: MediaOptions;
  /** A mid for the section if it has none and shall have one. */
  readonly newMid: string | null;
}

/** The section's lines as they leave: ours replaced where they stood, the rest as it came. */
export function rewriteMedia(rewrite: MediaRewrite): readonly SdpLine[] {
  const { kind, local } = rewrite;
  return kind === 'rejected' || local === null ? rewriteRejected(rewrite) : rewriteRelayed(rewrite, local);
}

/** Port 0 (RFC 3264 §6); keys and addresses of the other side stay out of it all the same. */
function rewriteRejected({ media, leg, sessionConnection }: MediaRewrite): readonly SdpLine[] {
  const mediaLine = printMediaLine({ ...media.media, port: 0, portCount: null, protocol: leg.protocol });
  const lines = media.lines.flatMap((line) => {
    if (isNeverPassed(line) || isRtpOnlyStripped(line) || isRtcpMux(line) || line.attribute === 'rtcp') return [];
    if (line.type !== 'c' || sessionConnection === null) return [line];
    return [printConnection(sessionConnection)];
  });
  return [mediaLine, ...lines];
}

/** The address that the section shall show: ours, or still zero when it came so and nobody wants it replaced. */
export function shownConnection(
  description: SessionDescription,
  media: MediaDescription,
  local: LocalMedia,
  options: MediaOptions,
): Connection {
  const held =
    isZeroAddress(effectiveConnection(description, media)?.address ?? '') && !options.replace.has('zero-address');
  return { family: local.family, address: held ? zeroAddress(local.family) : local.address };
}

function rewriteRelayed(rewrite: MediaRewrite, local: LocalMedia): readonly SdpLine[] {
  const { media, leg, kind, options } = rewrite;
  const formats = kind === 'rtp' ? keptFormats(media, options) : media.media.formats;
  const { type } = media.media;
  const mediaLine = printMediaLine({ type, port: local.rtpPort, portCount: null, protocol: leg.protocol, formats });
  const stripped = strippedFormats(media.media.formats, formats);
  const passed = media.lines.filter((line) => passes(line, kind, stripped));
  return [mediaLine, ...fillSlots(passed, slotsOf(rewrite, local))];
}

const NOTHING_STRIPPED: ReadonlySet<string> = new Set();

function strippedFormats(formats: readonly string[], kept: readonly string[]): ReadonlySet<string> {
  return kept === formats ? NOTHING_STRIPPED : new Set(formats.filter((format) => !kept.includes(format)));
}

/** a=crypto stays in as the place where ours will stand. */
function passes(line: SdpLine, kind: MediaKind, stripped: ReadonlySet<string>): boolean {
  if (line.attribute === 'crypto') return true;
  if (isNeverPassed(line) || isOfStripped(line, stripped)) return false;
  return kind === 'raw' || !isRtpOnlyStripped(line);
}

function slotsOf(rewrite: MediaRewrite, local: LocalMedia): Slots {
  const { description, media, kind, options, newMid } = rewrite;
  const slots: Slots = new Map();
  const connection = shownConnection(description, media, local, options);
  if (media.connection !== null || !isSame(connection, rewrite.sessionConnection))
    slots.set('connection', [printConnection(connection)]);
  if (kind === 'rtp') addRtpSlots(slots, rewrite, local);
  const direction = heldDirection(description, media, options);
  if (direction !== null) slots.set('direction', [printDirection(direction)]);
  if (newMid !== null) slots.set('mid', [printMid(newMid)]);
  slots.set('crypto', kind === 'rtp' ? rewrite.cryptoLines.map((line) => writeCrypto(line, rewrite.padding)) : []);
  return slots;
}

function isSame(one: Connection, other: Connection | null): boolean {
  return one.family === other?.family && one.address === other.address;
}

function addRtpSlots(slots: Slots, { leg, options }: MediaRewrite, local: LocalMedia): void {
  slots.set('rtcp-mux', leg.rtcpMux || leg.rtcpMuxOffered ? [printRtcpMux()] : []);
  const rtcp = rtcpAttribute(local, options);
  slots.set('rtcp', rtcp === null ? [] : [printRtcp(rtcp)]);
  if (options.packetTime !== null) slots.set('ptime', [packetTimeLine(options.packetTime)]);
}

/** RFC 3605 §2.1: needed when RTCP is not at RTP + 1; the proxy may want it always or never. */
function rtcpAttribute(local: LocalMedia, options: MediaOptions): RtcpAttribute | null {
  const port = local.rtcpPort ?? local.rtpPort;
  if (options.rtcpAttribute === 'full') return { port, address: { family: local.family, address: local.address } };
  const implied = local.rtcpPort === null || local.rtcpPort === local.rtpPort + 1;
  return implied || options.rtcpAttribute === 'none' ? null : { port, address: null };
}

/** With `zero-address` the old sign of hold goes, so the direction has to say it (RFC 3264 §8.4). */
function heldDirection(
  description: SessionDescription,
  media: MediaDescription,
  options: MediaOptions,
): DirectionAttribute | null {
  const zero = isZeroAddress(effectiveConnection(description, media)?.address ?? '');
  if (!zero || !options.replace.has('zero-address') || options.originalSendrecv) return null;
  const direction = findDirection(media.lines) ?? findDirection(description.lines) ?? 'sendrecv';
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}
