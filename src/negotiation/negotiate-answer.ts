import { hasFingerprint } from '../sdp/attributes/fingerprint.js';
import { findRtcpMux } from '../sdp/attributes/rtcp-mux.js';
import { telephoneEventPayloadTypes } from '../sdp/attributes/rtpmap.js';
import { attributesOf, type MediaDescription, type SessionDescription } from '../sdp/session-description.js';
import { err, ok, type Result } from '../shared/result.js';
import { answerConstraints, chooseAnswered, refuseMismatched, reofferable, writtenLifetime } from './choose-crypto.js';
import { answerRtcpMux, type MuxState } from './choose-rtcp-mux.js';
import { classifyMedia, isSecure, mediaName, rtpTransport } from './classify-media.js';
import { explainLines, notesOnIgnored } from './explain.js';
import { judgeCryptoLines, usableParameters, type JudgedLine } from './judge-crypto.js';
import { NO_LINES } from './legs.js';
import type { RtpTransport } from './media-options.js';
import type { Leg, NegotiatedMedia, SrtpParameters } from './negotiated-media.js';
import {
  negotiationError,
  type NegotiatedAnswer,
  type NegotiationContext,
  type NegotiationError,
  type NegotiationNote,
} from './negotiation-context.js';
import { readSignalledMedia } from './signalled-media.js';
import type { CryptoRefusal } from './secure-offerer.js';

interface Line {
  readonly media: NegotiatedMedia;
  readonly warnings: readonly string[];
  readonly notes: readonly NegotiationNote[];
}

/**
 * Second half of RFC 3264: pairs the answer with what was offered and settles the answerer's leg; the offerer's was
 * decided with its offer. `offered` is the outcome of the offer, or, for a further answer of the same party (183, then
 * 200), the outcome of its answer before, which knows which keys were used and given up.
 */
export function negotiateAnswer(
  answer: SessionDescription,
  offered: readonly NegotiatedMedia[],
  context: NegotiationContext,
): Result<NegotiatedAnswer, NegotiationError> {
  if (answer.media.length > offered.length) {
    return err(negotiationError('answer-mismatch', `${answer.media.length} m= lines answer ${offered.length}`));
  }
  const lines: Line[] = [];
  for (const media of offered) {
    const section = answer.media[media.index];
    const line =
      section === undefined ? ok(refused(media, ['not in the answer'])) : answerLine(answer, section, media, context);
    if (!line.ok) {
      const notes = [...lines.flatMap((before) => before.notes), ...line.error.notes];
      return err(
        negotiationError(line.error.code, `${mediaName(media.index, media.mediaType)}: ${line.error.text}`, notes),
      );
    }
    lines.push(line.value);
  }
  return ok(gather(lines, context));
}

function gather(lines: readonly Line[], context: NegotiationContext): NegotiatedAnswer {
  return {
    media: lines.map(({ media }) => media),
    warnings: lines.flatMap(({ media, warnings }) =>
      warnings.map((text) => `${mediaName(media.index, media.mediaType)}: ${text}`),
    ),
    notes: lines.flatMap(({ notes }) => notes),
    writePadding: context.offererPolicy.writePadding,
  };
}

function mismatch(text: string): { readonly ok: false; readonly error: CryptoRefusal } {
  return err({ code: 'answer-mismatch', text, notes: [] });
}

function answerLine(
  answer: SessionDescription,
  section: MediaDescription,
  offered: NegotiatedMedia,
  context: NegotiationContext,
): Result<Line, CryptoRefusal> {
  const { type, port, protocol } = section.media;
  if (type.toLowerCase() !== offered.mediaType.toLowerCase()) return mismatch(`answered as another media type`);
  if (offered.kind === 'rejected') return ok(refused(offered, port === 0 ? [] : ['answered although it was refused']));
  if (port === 0) return ok(refused(offered, []));
  if (offered.kind === 'raw') {
    if (protocol.toUpperCase() !== offered.answerer.protocol.toUpperCase())
      return mismatch(`the answer changes the protocol`);
    return ok(answerRaw(answer, section, offered, context));
  }
  return answerRtp(answer, section, offered, context);
}

/** Keys are not given up by a refusal, so that a later re-offer of the stream starts with fresh ones by itself. */
function refused(offered: NegotiatedMedia, warnings: readonly string[]): Line {
  const media = {
    ...offered,
    kind: 'rejected' as const,
    offerer: withoutMedia(offered.offerer),
    answerer: withoutMedia(offered.answerer),
  };
  return { media, warnings, notes: [] };
}

function withoutMedia(leg: Leg): Leg {
  return {
    ...leg,
    inbound: null,
    outbound: null,
    offered: NO_LINES,
    rtcpMux: false,
    rtcpMuxOffered: false,
    remoteRtp: null,
    remoteRtcp: null,
  };
}

function answerRaw(
  answer: SessionDescription,
  section: MediaDescription,
  offered: NegotiatedMedia,
  context: NegotiationContext,
): Line {
  const { warnings, ...signalled } = readSignalledMedia(answer, section, context.options);
  return {
    media: { ...offered, answerer: { ...offered.answerer, ...signalled, remoteRtcp: null } },
    warnings,
    notes: [],
  };
}

function answerRtp(
  answer: SessionDescription,
  section: MediaDescription,
  offered: NegotiatedMedia,
  context: NegotiationContext,
): Result<Line, CryptoRefusal> {
  const crypto = answerCrypto(section, offered, context);
  if (!crypto.ok) return crypto;
  const signalled = readSignalledMedia(answer, section, context.options);
  const mux = answerRtcpMux(findRtcpMux(section.lines) !== 'none', offered.offerer, offered.answerer);
  const { inbound, outbound, notes } = crypto.value;
  const before = previousAnswerer(offered, context);
  // Field by field, as all that stays with a call: what is made by spreading is larger, and slower to read.
  const answerer: Leg = {
    protocol: offered.answerer.protocol,
    inbound,
    outbound,
    offered: reofferable(offered.answerer.offered, before?.outbound ?? null, outbound),
    rtcpMux: mux.answerer.rtcpMux,
    rtcpMuxOffered: mux.answerer.rtcpMuxOffered,
    remoteRtp: signalled.remoteRtp,
    remoteRtcp: mux.answerer.rtcpMux ? null : signalled.remoteRtcp,
    direction: signalled.direction,
    held: signalled.held,
  };
  const media: NegotiatedMedia = {
    index: offered.index,
    mediaType: offered.mediaType,
    kind: offered.kind,
    offerer: answeredOfferer(offered.offerer, mux.offerer, context),
    answerer,
    dtmfPayloadTypes: bothTypes(offered.dtmfPayloadTypes, telephoneEventPayloadTypes(section)),
  };
  return ok({ media, warnings: [...signalled.warnings, ...ignoredTransport(offered.offerer, context)], notes });
}

/** The leg that its own offer decided, but for what the answer settles. */
function answeredOfferer(leg: Leg, { rtcpMux, rtcpMuxOffered }: MuxState, context: NegotiationContext): Leg {
  return {
    protocol: leg.protocol,
    inbound: leg.inbound,
    outbound: withLifetime(leg.outbound, context),
    offered: leg.offered,
    rtcpMux,
    rtcpMuxOffered,
    remoteRtp: leg.remoteRtp,
    remoteRtcp: rtcpMux ? null : leg.remoteRtcp,
    direction: leg.direction,
    held: leg.held,
  };
}

function bothTypes(offered: readonly number[], answered: readonly number[]): readonly number[] {
  return offered.length + answered.length === 0 ? offered : [...new Set([...offered, ...answered])];
}

/** `SDES-lifetime` may be said with the answer only; the key stays what it is. */
function withLifetime(
  outbound: SrtpParameters | null,
  { options, offererPolicy }: NegotiationContext,
): SrtpParameters | null {
  if (outbound === null || outbound.lifetime !== null) return outbound;
  const lifetime = writtenLifetime(offererPolicy, options.sdes);
  return lifetime === null ? outbound : { ...outbound, lifetime };
}

/** The answer speaks the offerer's profile (RFC 3264 §6.1); asking for another security is said to be in vain. */
function ignoredTransport(offerer: Leg, { options }: NegotiationContext): readonly string[] {
  const asked = options.transportProtocol;
  const offered = rtpTransport(offerer.protocol);
  const differs = asked !== null && offered !== null && isSecure(asked) !== isSecure(offered);
  return differs ? [`transport-protocol ${asked} ignored: the offerer offered ${offered}`] : [];
}

function previousAnswerer(offered: NegotiatedMedia, context: NegotiationContext): Leg | null {
  return context.previous[offered.index]?.answerer ?? offered.answerer;
}

interface AnswererCrypto {
  readonly inbound: SrtpParameters | null;
  readonly outbound: SrtpParameters | null;
  readonly notes: readonly NegotiationNote[];
}

const PLAIN: AnswererCrypto = { inbound: null, outbound: null, notes: [] };

function answerCrypto(
  section: MediaDescription,
  media: NegotiatedMedia,
  context: NegotiationContext,
): Result<AnswererCrypto, CryptoRefusal> {
  const what = classifyMedia(section);
  const offeredTransport = media.answerer.protocol as RtpTransport;
  if (what.kind !== 'rtp')
    return mismatch(`offered ${offeredTransport}, answered with a protocol that is not done here`);
  const offered = media.answerer.offered;
  const securely = isSecure(what.transport);
  if (isSecure(offeredTransport) && !securely) {
    return err({
      code: 'insecure-refused',
      text: `offered ${offeredTransport}, answered ${what.transport}`,
      notes: [],
    });
  }
  if (securely && offered.length === 0) return mismatch(`offered ${offeredTransport}, answered ${what.transport}`);
  const lines = attributesOf(section.lines, 'crypto');
  if (offered.length === 0) return ok({ ...PLAIN, notes: unaskedLines(lines.length, media.index) });
  if (lines.length === 0 && !securely) return answeredPlain(what.transport, context);
  const judged = judgeCryptoLines(lines, answerConstraints(offered, context.usableSuites));
  return pairLines(section, media, refuseMismatched(judged, offered), securely, context);
}

function unaskedLines(count: number, media: number): readonly NegotiationNote[] {
  return count === 0 ? [] : [{ kind: 'lines_ignored', media, leg: 'answerer', reason: 'plain_transport', count }];
}

/** The peer does not know opportunistic security, or does not want it (RFC 8643 §3.2). */
function answeredPlain(transport: RtpTransport, context: NegotiationContext): Result<AnswererCrypto, CryptoRefusal> {
  if (context.answererPolicy.secure !== 'required') return ok(PLAIN);
  return err({
    code: 'insecure-refused',
    text: `answered ${transport}, the policy of this side is required`,
    notes: [],
  });
}

function pairLines(
  section: MediaDescription,
  media: NegotiatedMedia,
  judged: readonly JudgedLine[],
  securely: boolean,
  context: NegotiationContext,
): Result<AnswererCrypto, CryptoRefusal> {
  const { index, answerer } = media;
  const ignored = notesOnIgnored(judged, index, 'answerer');
  const paired = chooseAnswered(
    usableParameters(judged),
    answerer.offered,
    previousAnswerer(media, context)?.inbound ?? null,
  );
  if (paired === null)
    return err({ code: 'no-usable-crypto', text: unpaired(section, judged, answerer.offered), notes: ignored });
  const { inbound, outbound, tagMatches } = paired;
  const notes: NegotiationNote[] = [
    ...ignored,
    { kind: 'suite_chosen', media: index, leg: 'answerer', suite: outbound.suite },
  ];
  if (!tagMatches) notes.push({ kind: 'tag_mismatch', media: index, offered: outbound.tag, answered: inbound.tag });
  if (judged.length > 1) notes.push({ kind: 'several_lines_answered', media: index, count: judged.length });
  if (!securely) notes.push({ kind: 'osrtp_used', media: index, leg: 'answerer' });
  return ok({ inbound, outbound, notes });
}

function unpaired(
  section: MediaDescription,
  judged: readonly JudgedLine[],
  offered: readonly SrtpParameters[],
): string {
  const ours = `offered: ${offered.map(({ tag, suite }) => `${tag} ${suite}`).join(', ')}`;
  if (judged.length > 0) return `${explainLines(judged)}; ${ours}`;
  const dtls = hasFingerprint(section.lines) ? ' but with a=fingerprint, and DTLS-SRTP is not done here' : '';
  return `answered without a=crypto${dtls}; ${ours}`;
}
