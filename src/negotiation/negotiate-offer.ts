import { findRtcpMux } from '../sdp/attributes/rtcp-mux.js';
import { telephoneEventPayloadTypes } from '../sdp/attributes/rtpmap.js';
import {
  attributesOf,
  hasAttribute,
  type MediaDescription,
  type SessionDescription,
} from '../sdp/session-description.js';
import { err, ok, type Result } from '../shared/result.js';
import { findBestEffortPairs } from './best-effort-pairs.js';
import { makeOfferedLines, reofferable, suitesToOffer } from './choose-crypto.js';
import { offerRtcpMux, type MuxState } from './choose-rtcp-mux.js';
import { chooseAnswererTransport } from './choose-transport.js';
import { classifyMedia, mediaName } from './classify-media.js';
import { emptyLeg, NO_LINES, pendingLeg } from './legs.js';
import type { RtpTransport } from './media-options.js';
import type { Leg, NegotiatedMedia, PreviousLegs, SrtpParameters } from './negotiated-media.js';
import {
  negotiationError,
  type NegotiatedOffer,
  type NegotiationContext,
  type NegotiationError,
  type NegotiationNote,
} from './negotiation-context.js';
import { secureOfferer, type CryptoRefusal, type OffererCrypto } from './secure-offerer.js';
import { readSignalledMedia } from './signalled-media.js';

export type { NegotiatedOffer, NegotiationContext, NegotiationError, NegotiationNote } from './negotiation-context.js';

/** One m= line's outcome. */
interface Line {
  readonly media: NegotiatedMedia;
  readonly warnings: readonly string[];
  readonly notes: readonly NegotiationNote[];
}

type Refusal = CryptoRefusal & { readonly index: number };

const NO_LEGS: PreviousLegs = { offerer: null, answerer: null };

/**
 * First half of RFC 3264 for both legs: the offerer's leg is decided at once, the answerer's is made ready with our own
 * lines. A line that cannot be relayed is refused by itself (port 0) as long as another one works; a secure line that
 * cannot be secured refuses the offer.
 */
export function negotiateOffer(
  offer: SessionDescription,
  context: NegotiationContext,
): Result<NegotiatedOffer, NegotiationError> {
  const lines = new Map<number, Result<Line, Refusal>>();
  for (const { plain, secure } of findBestEffortPairs(offer)) negotiatePair(offer, plain, secure, context, lines);
  for (const [index, media] of offer.media.entries()) {
    if (!lines.has(index)) lines.set(index, negotiateLine(offer, media, index, context));
  }
  return gather(offer, lines, context);
}

/** Legacy best effort: one stream offered twice. Secure when that works, else plain; the other line is refused. */
function negotiatePair(
  offer: SessionDescription,
  plain: number,
  secure: number,
  context: NegotiationContext,
  lines: Map<number, Result<Line, Refusal>>,
): void {
  const attempt = (taken: number, dropped: number): boolean => {
    const [media, other] = [offer.media[taken], offer.media[dropped]];
    if (media === undefined || other === undefined) return false;
    const line = negotiateLine(offer, media, taken, context);
    lines.set(taken, line);
    if (!line.ok) return false;
    const note: NegotiationNote = { kind: 'best_effort_pair', media: taken, dropped };
    lines.set(dropped, ok(rejected(other, dropped, [], [note])));
    return true;
  };
  if (!attempt(secure, plain)) attempt(plain, secure);
}

function gather(
  offer: SessionDescription,
  results: ReadonlyMap<number, Result<Line, Refusal>>,
  context: NegotiationContext,
): Result<NegotiatedOffer, NegotiationError> {
  const lines: Line[] = [];
  const notes: NegotiationNote[] = sessionLevelNotes(offer);
  const warnings: string[] = [];
  for (const index of offer.media.keys()) {
    const result = results.get(index);
    if (result === undefined) throw new Error('every m= line has an outcome');
    if (!result.ok) return err(refusalError(offer, result.error, notes));
    lines.push(result.value);
    notes.push(...result.value.notes);
    warnings.push(...result.value.warnings);
  }
  const media = lines.map((line) => line.media);
  if (offer.media.some(({ media: { port } }) => port !== 0) && media.every(({ kind }) => kind === 'rejected')) {
    return err(negotiationError('unsupported-transport', warnings.join('; '), notes));
  }
  return ok({ media, warnings, notes, writePadding: context.answererPolicy.writePadding });
}

function refusalError(
  offer: SessionDescription,
  refusal: Refusal,
  notes: readonly NegotiationNote[],
): NegotiationError {
  const name = mediaName(refusal.index, offer.media[refusal.index]?.media.type ?? '');
  return negotiationError(refusal.code, `${name}: ${refusal.text}`, [...notes, ...refusal.notes]);
}

/** a=crypto is a media attribute (RFC 4568 §4); at session level it keys nothing and goes nowhere. */
function sessionLevelNotes({ lines }: SessionDescription): NegotiationNote[] {
  const count = attributesOf(lines, 'crypto').length;
  return count === 0 ? [] : [{ kind: 'lines_ignored', media: 0, leg: 'offerer', reason: 'session_level', count }];
}

function negotiateLine(
  offer: SessionDescription,
  media: MediaDescription,
  index: number,
  context: NegotiationContext,
): Result<Line, Refusal> {
  const what = classifyMedia(media);
  switch (what.kind) {
    case 'rtp':
      return negotiateRtp(offer, media, index, what.transport, context);
    case 'raw':
      return ok(negotiateRaw(offer, media, index, context));
    case 'rejected':
      return ok(rejected(media, index, [], []));
    case 'dtls':
      return ok(unrelayable(media, index, 'DTLS-SRTP is not done here; RTP/SAVP with a=crypto is'));
    case 'stream':
      return ok(unrelayable(media, index, 'only UDP is relayed'));
  }
}

function rejected(
  media: MediaDescription,
  index: number,
  warnings: readonly string[],
  notes: readonly NegotiationNote[],
): Line {
  const leg = emptyLeg(media.media.protocol);
  return {
    media: { index, mediaType: media.media.type, kind: 'rejected', offerer: leg, answerer: leg, dtmfPayloadTypes: [] },
    warnings,
    notes,
  };
}

function unrelayable(media: MediaDescription, index: number, why: string): Line {
  const protocol = /^[A-Za-z/]{1,24}$/.test(media.media.protocol) ? media.media.protocol : 'unknown protocol';
  const warning = `${mediaName(index, media.media.type)}: ${protocol} refused, ${why}`;
  return rejected(media, index, [warning], [{ kind: 'media_refused', media: index, protocol }]);
}

/** T.38 and other UDP: both legs speak the same protocol, nothing is keyed, there is one port. */
function negotiateRaw(
  offer: SessionDescription,
  media: MediaDescription,
  index: number,
  context: NegotiationContext,
): Line {
  const { type, protocol } = media.media;
  const { warnings, ...signalled } = readSignalledMedia(offer, media, context.options);
  const previous = context.previous[index]?.answerer ?? null;
  const remote =
    previous === null ? {} : { remoteRtp: previous.remoteRtp, direction: previous.direction, held: previous.held };
  return {
    media: {
      index,
      mediaType: type,
      kind: 'raw',
      offerer: { ...emptyLeg(protocol), ...signalled, remoteRtcp: null },
      answerer: { ...emptyLeg(protocol), ...remote },
      dtmfPayloadTypes: [],
    },
    warnings: warnings.map((text) => `${mediaName(index, type)}: ${text}`),
    notes: [],
  };
}

function negotiateRtp(
  offer: SessionDescription,
  media: MediaDescription,
  index: number,
  transport: RtpTransport,
  context: NegotiationContext,
): Result<Line, Refusal> {
  const crypto = secureOfferer(media, transport, index, context);
  if (!crypto.ok) return err({ ...crypto.error, index });
  const answerer = offerToAnswerer(transport, index, crypto.value, context);
  if (!answerer.ok) return err({ ...answerer.error, index });
  const mux = offerRtcpMux(findRtcpMux(media.lines), context.options.rtcpMux, context.previous[index] ?? NO_LEGS);
  const signalled = readSignalledMedia(offer, media, context.options);
  const { inbound, outbound, notes } = crypto.value;
  const before = context.previous[index]?.offerer ?? null;
  const offerer: Leg = {
    protocol: media.media.protocol,
    inbound,
    outbound,
    offered: reofferable(before?.offered ?? NO_LINES, before?.outbound ?? null, outbound),
    rtcpMux: mux.offerer.rtcpMux,
    rtcpMuxOffered: mux.offerer.rtcpMuxOffered,
    remoteRtp: signalled.remoteRtp,
    remoteRtcp: mux.offerer.rtcpMux ? null : signalled.remoteRtcp,
    direction: signalled.direction,
    held: signalled.held,
  };
  return ok({
    media: {
      index,
      mediaType: media.media.type,
      kind: 'rtp',
      offerer,
      answerer: answererLeg(answerer.value, mux.answerer),
      dtmfPayloadTypes: telephoneEventPayloadTypes(media),
    },
    warnings: [...signalled.warnings, ...warningsAboutMedia(media), ...answerer.value.warnings].map(
      (text) => `${mediaName(index, media.media.type)}: ${text}`,
    ),
    notes,
  });
}

function warningsAboutMedia({ media, lines }: MediaDescription): readonly string[] {
  const pairs =
    media.portCount !== null && media.portCount > 1
      ? [`only the first of ${media.portCount} port pairs is relayed`]
      : [];
  const clear = lines.some(({ type }) => type === 'k') ? ['k= dropped: a key in clear'] : [];
  const mikey = hasAttribute(lines, 'key-mgmt') ? ['a=key-mgmt dropped: MIKEY is not done here'] : [];
  return [...pairs, ...clear, ...mikey];
}

/** What is offered to the answerer beside `leg`, which is in force there until it answers. */
interface AnswererOffer {
  readonly leg: Leg;
  readonly lines: readonly SrtpParameters[];
  readonly warnings: readonly string[];
}

/** The leg with our own lines. Field by field, as all legs: what is made by spreading is larger, and slower to read. */
function answererLeg({ leg, lines }: AnswererOffer, { rtcpMux, rtcpMuxOffered }: MuxState): Leg {
  return {
    protocol: leg.protocol,
    inbound: leg.inbound,
    outbound: leg.outbound,
    offered: lines,
    rtcpMux,
    rtcpMuxOffered,
    remoteRtp: leg.remoteRtp,
    remoteRtcp: leg.remoteRtcp,
    direction: leg.direction,
    held: leg.held,
  };
}

/** Our own lines toward the answerer; what is in force there stays until it answers. */
function offerToAnswerer(
  transport: RtpTransport,
  index: number,
  offerer: OffererCrypto,
  context: NegotiationContext,
): Result<AnswererOffer, CryptoRefusal> {
  const previous = context.previous[index]?.answerer ?? null;
  const chosen = chooseAnswererTransport(transport, context.options, context.answererPolicy, previous);
  if (!chosen.ok) return err({ ...chosen.error, notes: offerer.notes });
  const leg = pendingLeg(previous, chosen.value.transport);
  const warnings = chosen.value.warning === null ? [] : [chosen.value.warning];
  if (!chosen.value.crypto) return ok({ leg, lines: NO_LINES, warnings });
  const offererSuites = offerer.judged.flatMap(({ verdict }) => (verdict.usable ? [verdict.parameters.suite] : []));
  const suites = suitesToOffer(context, offererSuites, previous);
  if (suites.length === 0) {
    return err({
      code: 'no-usable-crypto',
      text: 'policy and SDES options leave no suite to offer to the answerer',
      notes: offerer.notes,
    });
  }
  return ok({ leg, lines: makeOfferedLines(suites, context, previous), warnings });
}
