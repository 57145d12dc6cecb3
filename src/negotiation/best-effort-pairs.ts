import { findMid } from '../sdp/attributes/mid.js';
import { hasAttribute, type MediaDescription, type SessionDescription } from '../sdp/session-description.js';
import { classifyMedia, isSecure } from './classify-media.js';

/** Two m= lines for one stream, plain and secure, by index: legacy best effort, from before RFC 8643. */
export interface BestEffortPair {
  readonly plain: number;
  readonly secure: number;
}

/**
 * Neighbours of one media type of which one is RTP/AVP and the other RTP/SAVP. Lines that are told apart on purpose
 * (mid, content, label) are streams of their own.
 */
export function findBestEffortPairs({ media }: SessionDescription): readonly BestEffortPair[] {
  const pairs: BestEffortPair[] = [];
  for (let index = 0; index + 1 < media.length; index++) {
    const pair = pairOf(media[index], media[index + 1], index);
    if (pair === null) continue;
    pairs.push(pair);
    index++;
  }
  return pairs;
}

function pairOf(
  one: MediaDescription | undefined,
  other: MediaDescription | undefined,
  index: number,
): BestEffortPair | null {
  if (one === undefined || other === undefined || one.media.type !== other.media.type) return null;
  const [first, second] = [security(one), security(other)];
  if (first === null || second === null || first === second) return null;
  return first ? { plain: index + 1, secure: index } : { plain: index, secure: index + 1 };
}

/** true = secure, false = plain, null = not to be paired. */
function security(media: MediaDescription): boolean | null {
  const named =
    findMid(media.lines) !== null || hasAttribute(media.lines, 'content') || hasAttribute(media.lines, 'label');
  const kind = classifyMedia(media);
  return named || kind.kind !== 'rtp' ? null : isSecure(kind.transport);
}
