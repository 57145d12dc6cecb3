import type { CryptoSuiteName } from '../src/srtp/crypto-suite.js';

/** What comes in and what goes out, seen from the end that offers and sends. */
export type Bridge = 'rtp_srtp' | 'srtp_rtp' | 'srtp_srtp' | 'rtp_rtp';

export const BRIDGES: readonly Bridge[] = ['rtp_srtp', 'srtp_rtp', 'srtp_srtp', 'rtp_rtp'];

export function isSecure(bridge: Bridge): { readonly a: boolean; readonly b: boolean } {
  return { a: bridge.startsWith('srtp'), b: bridge.endsWith('srtp') };
}

/** What is offered to a relay. */
export interface LoadShape {
  readonly bridge: Bridge;
  /** Calls, each with one stream (`forward`) or one in each direction (`both`). */
  readonly calls: number;
  readonly direction: 'forward' | 'both';
  /** RTP, all streams and both directions together. */
  readonly packetsPerSecond: number;
  /** Octets behind the RTP header: 160 = 20 ms of PCMU. */
  readonly payload: number;
  /** RTCP packets beside the RTP packets, as a share of them. */
  readonly rtcpShare: number;
  /** Packets of a stream that leave at once; above 1 the generator's cost a packet falls and arrivals clump. */
  readonly burst: number;
  readonly suite: CryptoSuiteName;
}

const base: LoadShape = {
  bridge: 'rtp_srtp',
  calls: 64,
  direction: 'forward',
  packetsPerSecond: 10_000,
  payload: 160,
  rtcpShare: 0.005,
  burst: 1,
  suite: 'AES_CM_128_HMAC_SHA1_80',
};

/** Few streams, each far above 50 packets a second. */
export function hot(bridge: Bridge, packetsPerSecond: number, change: Partial<LoadShape> = {}): LoadShape {
  return { ...base, bridge, packetsPerSecond, ...change };
}

/** As in life: every stream sends 50 packets a second. */
export function life(bridge: Bridge, calls: number, change: Partial<LoadShape> = {}): LoadShape {
  return { ...base, bridge, calls, packetsPerSecond: calls * 50, ...change };
}

/** Names a load the same way in every result: `rtp_srtp 64 calls 40 kpps 160 octets`. */
export function loadName(shape: LoadShape): string {
  const words = [
    shape.bridge,
    `${shape.calls} calls`,
    `${shape.packetsPerSecond / 1000} kpps`,
    `${shape.payload} octets`,
  ];
  if (shape.direction === 'both') words.push('both ways');
  if (shape.burst > 1) words.push(`bursts of ${shape.burst}`);
  if (shape.suite !== base.suite) words.push(shape.suite);
  return words.join(' ');
}
