import type { SessionDescription } from '../sdp/session-description.js';
import type { MediaOptions } from './media-options.js';
import type { LocalMedia } from './negotiated-media.js';
import type { NegotiatedOffer } from './negotiation-context.js';
import type { OriginState, WrittenSdp } from './origin-state.js';
import { writeDescription, type Recipient } from './write-description.js';

/**
 * The offer as it goes to the answerer. `local[i]` is what we put into m-line i, null for a refused one; `origin` is
 * the state of the SDP toward the answerer, and the result holds the next one. The text holds our keys in clear.
 */
export function writeOffer(
  offer: SessionDescription,
  negotiated: NegotiatedOffer,
  local: readonly (LocalMedia | null)[],
  options: MediaOptions,
  origin: OriginState,
): WrittenSdp {
  return writeDescription(offer, negotiated, local, options, origin, ANSWERER);
}

const ANSWERER: Recipient = {
  leg: (media) => media.answerer,
  cryptoLines: (media) => media.answerer.offered,
  takesNewMids: true,
};
