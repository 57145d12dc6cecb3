import type { SessionDescription } from '../sdp/session-description.js';
import type { MediaOptions } from './media-options.js';
import type { LocalMedia } from './negotiated-media.js';
import type { NegotiatedAnswer } from './negotiation-context.js';
import type { OriginState, WrittenSdp } from './origin-state.js';
import { writeDescription, type Recipient } from './write-description.js';

/**
 * The answer as it goes to the offerer: its own profile, and exactly one a=crypto when it is secure, with the tag and
 * spelling of the line chosen (RFC 4568 §5.1.2). `local[i]` and `origin` as in `writeOffer`, toward the offerer.
 */
export function writeAnswer(
  answer: SessionDescription,
  negotiated: NegotiatedAnswer,
  local: readonly (LocalMedia | null)[],
  options: MediaOptions,
  origin: OriginState,
): WrittenSdp {
  return writeDescription(answer, negotiated, local, options, origin, OFFERER);
}

const OFFERER: Recipient = {
  leg: (media) => media.offerer,
  cryptoLines: ({ offerer: { outbound } }) => (outbound === null ? [] : [outbound]),
  // A mid is named by the offer; an answer makes none up (RFC 5888 §9.1).
  takesNewMids: false,
};
