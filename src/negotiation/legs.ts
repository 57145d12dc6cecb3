import type { Leg } from './negotiated-media.js';

/** A leg on which nothing is agreed. */
export function emptyLeg(protocol: string): Leg {
  return {
    protocol,
    inbound: null,
    outbound: null,
    offered: [],
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
  return { ...(previous ?? emptyLeg(protocol)), protocol, offered: [] };
}
