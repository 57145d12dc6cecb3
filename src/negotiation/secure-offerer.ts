import { hasFingerprint } from '../sdp/attributes/fingerprint.js';
import { attributesOf, type MediaDescription, type SdpLine } from '../sdp/session-description.js';
import type { ErrorCode } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';
import { answerOffered, chooseOffered, offererConstraints } from './choose-crypto.js';
import { acceptsOpportunistic } from './choose-transport.js';
import { isSecure } from './classify-media.js';
import { explainAllowed, explainLines, notesOnIgnored } from './explain.js';
import { judgeCryptoLines, usableParameters, type CryptoConstraints, type JudgedLine } from './judge-crypto.js';
import type { RtpTransport } from './media-options.js';
import type { SrtpParameters } from './negotiated-media.js';
import type { NegotiationContext, NegotiationNote } from './negotiation-context.js';

/** What the leg to an offerer is keyed with; both null = plain. */
export interface OffererCrypto {
  readonly inbound: SrtpParameters | null;
  readonly outbound: SrtpParameters | null;
  readonly judged: readonly JudgedLine[];
  readonly notes: readonly NegotiationNote[];
}

export interface CryptoRefusal {
  readonly code: ErrorCode;
  readonly text: string;
  readonly notes: readonly NegotiationNote[];
}

/**
 * Judges the offerer's a=crypto lines and chooses at once, so that a failure is in the reply to the offer. A secure
 * profile without a usable line is refused, never turned into a plain one.
 */
export function secureOfferer(
  media: MediaDescription,
  transport: RtpTransport,
  index: number,
  context: NegotiationContext,
): Result<OffererCrypto, CryptoRefusal> {
  const { options, offererPolicy: policy, usableSuites } = context;
  const previous = context.previous[index]?.offerer ?? null;
  const lines = attributesOf(media.lines, 'crypto');
  const secure = isSecure(transport);
  if (secure && policy.secure === 'off') {
    return err({ code: 'secure-refused', text: `${transport} offered, the policy of this side is off`, notes: [] });
  }
  const tried =
    secure || (lines.length > 0 && acceptsOpportunistic(options, policy, (previous?.inbound ?? null) !== null));
  if (!tried) return plainOfferer(lines, index, transport, policy.secure === 'required');
  const constraints = offererConstraints(policy, usableSuites, options.sdes);
  const judged = judgeCryptoLines(lines, constraints);
  const ignored = notesOnIgnored(judged, index, 'offerer');
  const chosen = chooseOffered(usableParameters(judged), policy, options.sdes, previous);
  if (chosen === null) return withoutChoice(media, transport, judged, ignored, constraints, context);
  const { inbound, outbound } = answerOffered(chosen, previous, policy, options.sdes, context.makeKey);
  const opportunistic: NegotiationNote[] = secure ? [] : [{ kind: 'osrtp_used', media: index, leg: 'offerer' }];
  const notes: NegotiationNote[] = [
    ...ignored,
    { kind: 'suite_chosen', media: index, leg: 'offerer', suite: inbound.suite },
    ...opportunistic,
  ];
  return ok({ inbound, outbound, judged, notes });
}

/** RTP/AVP without, or without use of, a=crypto. */
function plainOfferer(
  lines: readonly SdpLine[],
  index: number,
  transport: RtpTransport,
  required: boolean,
): Result<OffererCrypto, CryptoRefusal> {
  const notes: NegotiationNote[] =
    lines.length === 0
      ? []
      : [{ kind: 'lines_ignored', media: index, leg: 'offerer', reason: 'plain_transport', count: lines.length }];
  if (required)
    return err({ code: 'insecure-refused', text: `${transport} offered, the policy of this side is required`, notes });
  return ok({ inbound: null, outbound: null, judged: [], notes });
}

function withoutChoice(
  media: MediaDescription,
  transport: RtpTransport,
  judged: readonly JudgedLine[],
  notes: readonly NegotiationNote[],
  constraints: CryptoConstraints,
  { offererPolicy: policy }: NegotiationContext,
): Result<OffererCrypto, CryptoRefusal> {
  // RFC 8643 §3.1: with no acceptable line, opportunistic security falls back to plain RTP.
  if (!isSecure(transport) && policy.secure !== 'required') return ok({ inbound: null, outbound: null, judged, notes });
  const allowed = explainAllowed(
    policy.acceptedSuites.filter(
      (suite) => constraints.usableSuites.has(suite) && constraints.allowedSuites.has(suite),
    ),
  );
  const what = judged.length > 0 ? explainLines(judged) : withoutLines(media, transport);
  return err({ code: 'no-usable-crypto', text: `${what}; ${allowed}`, notes });
}

function withoutLines(media: MediaDescription, transport: RtpTransport): string {
  const dtls = hasFingerprint(media.lines) ? ' but with a=fingerprint, and DTLS-SRTP is not done here' : '';
  return `${transport} without a=crypto${dtls}`;
}
