import { attributeLine, hasAttribute, type SdpLine } from '../session-description.js';

/** RTP and RTCP on one port (RFC 5761 §5.1.1); `only`: the sender can do nothing else (RFC 8858 §4). */
export type RtcpMuxAttribute = 'none' | 'mux' | 'only';

export function findRtcpMux(lines: readonly SdpLine[]): RtcpMuxAttribute {
  if (hasAttribute(lines, 'rtcp-mux-only')) return 'only';
  return hasAttribute(lines, 'rtcp-mux') ? 'mux' : 'none';
}

/** We can always do without, so `only` is never written. */
export function printRtcpMux(): SdpLine {
  return attributeLine('rtcp-mux');
}

export function isRtcpMux(line: SdpLine): boolean {
  return line.attribute === 'rtcp-mux' || line.attribute === 'rtcp-mux-only';
}
