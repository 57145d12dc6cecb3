import type { Leg, SrtpParameters } from './negotiated-media.js';

/** One for all legs that offer nothing. */
export const NO_LINES: readonly SrtpParameters[] = [];

/** A leg on which nothing is agreed. */
export function emptyLeg(protocol: string): Leg {
  return {
    protocol,
    inbound: null,
    outbound: null,
    offered: NO_LINES,
    rtcpMux: false,
    rtcpMuxOffered: false,
    remoteRtp: null,
    remoteRtcp: null,
    direction: 'sendrecv',
    held: false,
  };
}

/** What stays in force toward the answerer until its answer comes. */
export function pendingLeg(previous: Leg | null, protocol: string): Leg {
  return previous === null ? emptyLeg(protocol) : { ...previous, protocol, offered: NO_LINES };
}
