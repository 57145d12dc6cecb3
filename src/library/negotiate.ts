import { findDirection, printDirection, directionOf, type DirectionAttribute } from '../sdp/attributes/direction.js';
import { parseSessionDescription } from '../sdp/parse.js';
import type { SdpLine, SessionDescription } from '../sdp/session-description.js';
import { DEFAULT_MEDIA_OPTIONS, type MediaOptions } from '../negotiation/media-options.js';
import { negotiateAnswer } from '../negotiation/negotiate-answer.js';
import { negotiateOffer } from '../negotiation/negotiate-offer.js';
import type { MediaAddress, NegotiatedMedia, SrtpParameters } from '../negotiation/negotiated-media.js';
import type { NegotiationContext } from '../negotiation/negotiation-context.js';
import { initialOrigin } from '../negotiation/origin-state.js';
import { DEFAULT_POLICY, type Policy } from '../negotiation/policy.js';
import { writeAnswer } from '../negotiation/write-answer.js';
import { writeOffer } from '../negotiation/write-offer.js';
import { anchorError, errorText, type AnchorError } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';
import { CRYPTO_SUITES } from '../srtp/crypto-suite.js';
import { MasterKey } from '../srtp/master-key.js';

/** Where we receive the media of one m= line. */
export interface LocalPort {
  /** IPv4 or IPv6 literal, as it is to stand in the SDP. */
  readonly address: string;
  readonly rtpPort: number;
  /** null: RTCP shares the RTP port when the offerer takes that, else it is RTP + 1. */
  readonly rtcpPort?: number | null;
}

export interface NegotiateOptions {
  /** By m= line; a line without an entry is refused (port 0). */
  readonly local: readonly LocalPort[];
  readonly policy?: Policy;
}

/** One m= line of a negotiated offer. Hand `inbound` and `outbound` to `Port.configure`. */
export interface AnsweredMedia {
  readonly mediaType: string;
  readonly kind: NegotiatedMedia['kind'];
  /** Where the offerer wants RTP, and RTCP; null when it did not say. */
  readonly remoteRtp: MediaAddress | null;
  readonly remoteRtcp: MediaAddress | null;
  readonly rtcpMux: boolean;
  /** What the offerer encrypts with, and what it expects from us; null = plain RTP. */
  readonly inbound: SrtpParameters | null;
  readonly outbound: SrtpParameters | null;
}

export interface Negotiation {
  /** The answer (RFC 3264), CRLF line ends; holds our keys in clear. */
  readonly answer: string;
  readonly media: readonly AnsweredMedia[];
  readonly warnings: readonly string[];
}

/** An offer that cannot be answered: `message` names every line, why it was unusable, and what would be accepted. */
export interface NegotiationFailure {
  readonly code: AnchorError['code'];
  readonly message: string;
}

/**
 * Answers an offer: takes the best a=crypto line the policy allows (RFC 4568 §5.1.2), makes a fresh key, and writes the
 * SDP that goes back. A secure offer is never answered as plain.
 */
export function negotiate(offerText: string, options: NegotiateOptions): Result<Negotiation, NegotiationFailure> {
  const offer = parseSessionDescription(offerText);
  if (!offer.ok) return failure(anchorError('bad-sdp', offer.error.message));
  const context = contextOf(options.policy ?? DEFAULT_POLICY);
  const offered = negotiateOffer(offer.value, context);
  if (!offered.ok) return failure(offered.error);
  const local = offered.value.media.map((line) => localMedia(line, options.local[line.index]));

  // The other half of the exchange is ourselves: we agree to what was offered, mirrored.
  const inner = writeOffer(offer.value, offered.value, local, PLAIN_INSIDE, initialOrigin('library'));
  const mirrored = parseSessionDescription(inner.sdp);
  if (!mirrored.ok) throw new Error('what we wrote must parse');
  const answer = agree(mirrored.value);
  const answered = negotiateAnswer(answer, offered.value.media, context);
  if (!answered.ok) return failure(answered.error);
  const written = writeAnswer(answer, answered.value, local, PLAIN_INSIDE, initialOrigin('library'));
  return ok({
    answer: written.sdp,
    media: answered.value.media.map(answeredMedia),
    warnings: [...offered.value.warnings, ...answered.value.warnings],
  });
}

const PLAIN_INSIDE: MediaOptions = {
  ...DEFAULT_MEDIA_OPTIONS,
  transportProtocol: 'RTP/AVP',
  replace: new Set(['origin']),
};

function contextOf(policy: Policy): NegotiationContext {
  return {
    options: PLAIN_INSIDE,
    offererPolicy: policy,
    answererPolicy: { ...DEFAULT_POLICY, secure: 'as-signalled' },
    previous: [],
    makeKey: (suite) => MasterKey.generate(suite),
    usableSuites: new Set(CRYPTO_SUITES.map((suite) => suite.name)),
  };
}

function localMedia(line: NegotiatedMedia, port: LocalPort | undefined): Parameters<typeof writeOffer>[2][number] {
  if (line.kind === 'rejected' || port === undefined) return null;
  return {
    family: port.address.includes(':') ? 'IP6' : 'IP4',
    address: port.address,
    rtpPort: port.rtpPort,
    rtcpPort: line.offerer.rtcpMux ? null : (port.rtcpPort ?? port.rtpPort + 1),
  };
}

const MIRROR: Readonly<Record<DirectionAttribute, DirectionAttribute>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** The same description with every direction seen from the other side (RFC 3264 §6.1). */
function agree(description: SessionDescription): SessionDescription {
  const mirror = (lines: readonly SdpLine[]): readonly SdpLine[] => {
    const direction = findDirection(lines);
    return direction === null
      ? lines
      : lines.map((line) => (directionOf(line) === null ? line : printDirection(MIRROR[direction])));
  };
  return {
    ...description,
    lines: mirror(description.lines),
    media: description.media.map((media) => ({ ...media, lines: mirror(media.lines) })),
  };
}

function answeredMedia({ mediaType, kind, offerer }: NegotiatedMedia): AnsweredMedia {
  const { remoteRtp, remoteRtcp, rtcpMux, inbound, outbound } = offerer;
  return { mediaType, kind, remoteRtp, remoteRtcp, rtcpMux, inbound, outbound };
}

function failure(error: AnchorError): { readonly ok: false; readonly error: NegotiationFailure } {
  return err({ code: error.code, message: errorText(error) });
}
