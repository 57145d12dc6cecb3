import type { RtcpMuxAttribute } from '../sdp/attributes/rtcp-mux.js';
import type { RtcpMuxOption } from './media-options.js';
import type { Leg } from './negotiated-media.js';

/** `mux`: RTCP shares the RTP port. `offered`: it may, the answer decides; both ports are open until then. */
export type MuxState = Pick<Leg, 'rtcpMux' | 'rtcpMuxOffered'>;

const NONE: MuxState = { rtcpMux: false, rtcpMuxOffered: false };
const OFFERED: MuxState = { rtcpMux: false, rtcpMuxOffered: true };
const SETTLED: MuxState = { rtcpMux: true, rtcpMuxOffered: false };

/**
 * RFC 5761 §5.1.1, for the two legs of a relay. By default the offerer's wish goes on to the answerer and the answer
 * comes back; each option bends one leg, since we can bridge between muxed and not.
 */
export function offerRtcpMux(
  offerer: RtcpMuxAttribute,
  options: ReadonlySet<RtcpMuxOption>,
  previous: { readonly offerer: Leg | null; readonly answerer: Leg | null },
): { readonly offerer: MuxState; readonly answerer: MuxState } {
  const answererState = towardAnswerer(offerer, options, previous.answerer);
  return { offerer: towardOfferer(offerer, options, previous.offerer, answererState), answerer: answererState };
}

function towardAnswerer(
  offerer: RtcpMuxAttribute,
  options: ReadonlySet<RtcpMuxOption>,
  previous: Leg | null,
): MuxState {
  if (options.has('require')) return SETTLED;
  if (options.has('offer')) return keep(previous);
  if (options.has('demux')) return NONE;
  return offerer !== 'none' || previous?.rtcpMux === true ? keep(previous) : NONE;
}

function towardOfferer(
  offerer: RtcpMuxAttribute,
  options: ReadonlySet<RtcpMuxOption>,
  previous: Leg | null,
  answerer: MuxState,
): MuxState {
  if (offerer === 'none' || options.has('reject')) return NONE;
  const decided = options.has('accept') || options.has('demux') || offerer === 'only';
  return decided || answerer === NONE ? SETTLED : keep(previous);
}

/** A leg that is muxed stays muxed: its second port is gone. */
function keep(previous: Leg | null): MuxState {
  return previous?.rtcpMux === true ? SETTLED : OFFERED;
}

/** The answer settles what was open on both legs. */
export function answerRtcpMux(
  answered: boolean,
  offerer: Leg,
  answerer: Leg,
): { readonly offerer: MuxState; readonly answerer: MuxState } {
  const settle = (leg: Leg): MuxState => (leg.rtcpMux || (leg.rtcpMuxOffered && answered) ? SETTLED : NONE);
  return { offerer: settle(offerer), answerer: settle(answerer) };
}
