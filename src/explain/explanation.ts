import { secureOfferer } from '../negotiation/secure-offerer.js';
import { offererConstraints } from '../negotiation/choose-crypto.js';
import { classifyMedia, mediaName } from '../negotiation/classify-media.js';
import { judgeCryptoLines, type JudgedLine, type UnusableReason } from '../negotiation/judge-crypto.js';
import { DEFAULT_MEDIA_OPTIONS, type RtpTransport } from '../negotiation/media-options.js';
import { negotiateOffer } from '../negotiation/negotiate-offer.js';
import type { SrtpParameters } from '../negotiation/negotiated-media.js';
import type { NegotiationContext } from '../negotiation/negotiation-context.js';
import type { Policy } from '../negotiation/policy.js';
import { parseSessionDescription } from '../sdp/parse.js';
import {
  attributesOf,
  type MediaDescription,
  type SdpLine,
  type SessionDescription,
} from '../sdp/session-description.js';
import { errorText } from '../shared/errors.js';
import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import { MasterKey } from '../srtp/master-key.js';

/** One a=crypto line and its verdict. Holds no key material; fit for JSON. */
export interface ExplainedLine {
  /** Line of the body, from 1. */
  readonly number: number;
  readonly tag: number | null;
  readonly suite: string | null;
  readonly usable: boolean;
  /** The metric's label; null when the line is usable. */
  readonly reason: UnusableReason | null;
  readonly text: string;
  readonly chosen: boolean;
  readonly keys: number;
  /** Packets; null = the maximum. */
  readonly lifetime: number | null;
  /** Octets of the MKI; 0 = none. */
  readonly mkiLength: number;
}

export interface ExplainedMedia {
  /** `m-line 1 (audio)`. */
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly lines: readonly ExplainedLine[];
  /** What the answer to this line would say, the key masked. */
  readonly answer: string;
  readonly why: string;
}

export interface Explanation {
  readonly accepted: boolean;
  /** The error reply, or null when the offer would be accepted. */
  readonly error: string | null;
  readonly warnings: readonly string[];
  readonly media: readonly ExplainedMedia[];
}

/** Judges a body as if it were an offer under `policy`, for both of its sides, without any option of a proxy. */
export function judgeSessionDescription(
  text: string,
  policy: Policy,
  usableSuites: ReadonlySet<CryptoSuiteName>,
): Explanation {
  const parsed = parseSessionDescription(text);
  if (!parsed.ok) {
    return {
      accepted: false,
      error: errorText({ code: 'bad-sdp', detail: parsed.error.message }),
      warnings: [],
      media: [],
    };
  }
  const context = contextOf(policy, usableSuites);
  const outcome = negotiateOffer(parsed.value, context);
  return {
    accepted: outcome.ok,
    error: outcome.ok ? null : errorText(outcome.error),
    warnings: [...sessionLevelWarnings(parsed.value), ...(outcome.ok ? outcome.value.warnings : [])],
    media: parsed.value.media.map((media, index) => explainMedia(media, index, context)),
  };
}

function contextOf(policy: Policy, usableSuites: ReadonlySet<CryptoSuiteName>): NegotiationContext {
  return {
    options: DEFAULT_MEDIA_OPTIONS,
    offererPolicy: policy,
    // The other side is not what is being asked about.
    answererPolicy: { ...policy, secure: 'as-signalled' },
    previous: [],
    makeKey: (suite) => MasterKey.generate(suite),
    usableSuites,
  };
}

function sessionLevelWarnings({ lines }: SessionDescription): readonly string[] {
  return attributesOf(lines, 'crypto').map(
    (line) => `line ${line.number}: a=crypto at session level is not used (RFC 4568 §4)`,
  );
}

function explainMedia(media: MediaDescription, index: number, context: NegotiationContext): ExplainedMedia {
  const lines = attributesOf(media.lines, 'crypto');
  const { answer, why, chosen } = outcomeOf(media, index, lines, context);
  const judged = judgeCryptoLines(
    lines,
    offererConstraints(context.offererPolicy, context.usableSuites, context.options.sdes),
  );
  return {
    name: mediaName(index, media.media.type),
    protocol: media.media.protocol,
    port: media.media.port,
    lines: judged.map((line) => explainedLine(line, chosen)),
    answer,
    why,
  };
}

interface Outcome {
  readonly answer: string;
  readonly why: string;
  readonly chosen: SrtpParameters | null;
}

function outcomeOf(
  media: MediaDescription,
  index: number,
  lines: readonly SdpLine[],
  context: NegotiationContext,
): Outcome {
  const what = classifyMedia(media);
  if (what.kind === 'rtp') return rtpOutcome(media, what.transport, index, lines, context);
  const answer = what.kind === 'raw' ? media.media.protocol : 'port 0';
  return { answer, why: NOT_RTP[what.kind], chosen: null };
}

const NOT_RTP = {
  rejected: 'the line is disabled',
  raw: 'not RTP: relayed as it is',
  dtls: 'DTLS-SRTP is not done here',
  stream: 'only UDP is relayed',
} as const;

function rtpOutcome(
  media: MediaDescription,
  transport: RtpTransport,
  index: number,
  lines: readonly SdpLine[],
  context: NegotiationContext,
): Outcome {
  const crypto = secureOfferer(media, transport, index, context);
  if (!crypto.ok) {
    return {
      answer: 'an error; the proxy sends 488',
      why: errorText({ code: crypto.error.code, detail: null }),
      chosen: null,
    };
  }
  const { inbound, outbound } = crypto.value;
  if (inbound === null || outbound === null) return plainOutcome(transport, lines.length);
  const answer = `${transport} with a=crypto:${outbound.tag} ${outbound.wireName} inline:[our own key]`;
  return { answer, why: whyChosen(context.offererPolicy), chosen: inbound };
}

function plainOutcome(transport: string, lines: number): Outcome {
  const why =
    lines === 0
      ? 'the offer is plain'
      : 'a=crypto on a plain profile is used only with OSRTP (RFC 8643), or by policy preferred or required';
  return { answer: `${transport} without a=crypto`, why, chosen: null };
}

function whyChosen({ followOffererOrder, acceptedSuites }: Policy): string {
  return followOffererOrder
    ? "the offerer's first usable line"
    : `first of our order among the usable lines: ${acceptedSuites.join(', ')}`;
}

function explainedLine({ number, tag, suiteName, verdict }: JudgedLine, chosen: SrtpParameters | null): ExplainedLine {
  const base = { number, tag, suite: suiteName };
  if (!verdict.usable) {
    return {
      ...base,
      usable: false,
      reason: verdict.reason,
      text: verdict.text,
      chosen: false,
      keys: 0,
      lifetime: null,
      mkiLength: 0,
    };
  }
  const { parameters } = verdict;
  return {
    ...base,
    usable: true,
    reason: null,
    text: 'usable',
    chosen: chosen !== null && chosen.tag === parameters.tag,
    keys: parameters.keys.length,
    lifetime: parameters.lifetime,
    mkiLength: parameters.keys[0]?.mki.length ?? 0,
  };
}
