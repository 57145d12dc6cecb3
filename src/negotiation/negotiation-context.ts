import type { AnchorError, ErrorCode } from '../shared/errors.js';
import type { CryptoSuite, CryptoSuiteName } from '../srtp/crypto-suite.js';
import type { MasterKey } from '../srtp/master-key.js';
import type { MediaOptions } from './media-options.js';
import type { UnusableReason } from './judge-crypto.js';
import type { NegotiatedMedia, PreviousLegs } from './negotiated-media.js';
import type { Policy } from './policy.js';

/** All that a decision depends on beside the SDP: the same context and SDP give the same result, keys aside. */
export interface NegotiationContext {
  readonly options: MediaOptions;
  /** Policies of the leg to the sender of the offer, and to the one who answers it. */
  readonly offererPolicy: Policy;
  readonly answererPolicy: Policy;
  /** By m= line; `offerer` is the leg to the party that offers now, whoever offered before. */
  readonly previous: readonly PreviousLegs[];
  readonly makeKey: (suite: CryptoSuite) => MasterKey;
  /** What the native build does right. */
  readonly usableSuites: ReadonlySet<CryptoSuiteName>;
}

export type LegName = 'offerer' | 'answerer';

/** What happened that is worth counting or logging. Indices are those of the m= lines, from 0. Never holds keys. */
export type NegotiationNote =
  | { readonly kind: 'suite_chosen'; readonly media: number; readonly leg: LegName; readonly suite: CryptoSuiteName }
  | {
      readonly kind: 'lines_ignored';
      readonly media: number;
      readonly leg: LegName;
      readonly reason: UnusableReason;
      readonly count: number;
    }
  /** The answer named a tag that we had not given to that suite. */
  | { readonly kind: 'tag_mismatch'; readonly media: number; readonly offered: number; readonly answered: number }
  | { readonly kind: 'several_lines_answered'; readonly media: number; readonly count: number }
  | { readonly kind: 'osrtp_used'; readonly media: number; readonly leg: LegName }
  /** Two m= lines for one stream: `media` was taken, `dropped` refused. */
  | { readonly kind: 'best_effort_pair'; readonly media: number; readonly dropped: number }
  | { readonly kind: 'media_refused'; readonly media: number; readonly protocol: string };

/** A refused negotiation: what to say, and what to count although it failed. */
export interface NegotiationError extends AnchorError {
  readonly notes: readonly NegotiationNote[];
}

export function negotiationError(
  code: ErrorCode,
  detail: string,
  notes: readonly NegotiationNote[] = [],
): NegotiationError {
  return { code, detail, notes };
}

/** The outcome of an offer or an answer: one entry for each of its m= lines. */
export interface Negotiated {
  readonly media: readonly NegotiatedMedia[];
  /** What the proxy's operator should know although it worked. */
  readonly warnings: readonly string[];
  readonly notes: readonly NegotiationNote[];
  /** The recipient's policy on base64 padding in the lines we write. */
  readonly writePadding: boolean;
}

export type NegotiatedOffer = Negotiated;
export type NegotiatedAnswer = Negotiated;
