import { findMid } from '../sdp/attributes/mid.js';
import { hasAttribute, type MediaDescription, type SessionDescription } from '../sdp/session-description.js';
import { isSecure, rtpTransport } from './classify-media.js';

/** Two m= lines for one stream, plain and secure, by index: legacy best effort, from before RFC 8643. */
export interface BestEffortPair {
  readonly plain: number;
  readonly secure: number;
}

/**
 * Neighbours of one media type of which one is RTP/AVP and the other RTP/SAVP. Lines that are told apart on purpose
 * (mid, content, label) are streams of their own. A pair of which one line is disabled was settled before: it needs
 * nothing, and its other line is not to be paired anew with the line after it.
 */
export function findBestEffortPairs({ media }: SessionDescription): readonly BestEffortPair[] {
  const pairs: BestEffortPair[] = [];
  for (let index = 0; index + 1 < media.length; index++) {
    const [one, other] = [media[index], media[index + 1]];
    if (one === undefined || other === undefined) continue;
    const pair = pairOf(one, other, index);
    if (pair === null) continue;
    if (one.media.port !== 0 && other.media.port !== 0) pairs.push(pair);
    index++;
  }
  return pairs;
}

function pairOf(one: MediaDescription, other: MediaDescription, index: number): BestEffortPair | null {
  if (one.media.type !== other.media.type) return null;
  const [first, second] = [security(one), security(other)];
  if (first === null || second === null || first === second) return null;
  return first ? { plain: index + 1, secure: index } : { plain: index, secure: index + 1 };
}

/** true = secure, false = plain, null = not to be paired. */
function security({ media, lines }: MediaDescription): boolean | null {
  const named = findMid(lines) !== null || hasAttribute(lines, 'content') || hasAttribute(lines, 'label');
  const transport = rtpTransport(media.protocol);
  return named || transport === null ? null : isSecure(transport);
}
