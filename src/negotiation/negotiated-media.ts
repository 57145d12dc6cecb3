import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import type { MasterKey } from '../srtp/master-key.js';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface MediaAddress {
  readonly family: 'IP4' | 'IP6';
  readonly address: string;
  readonly port: number;
}

/** One key of an `inline:` list with the MKI that names it on the wire; `mki` has no octets when none is used. */
export interface KeyWithMki {
  readonly key: MasterKey;
  /** Big-endian, as on the wire (RFC 3711 §3.1); 0–128 octets, all keys of a list alike. */
  readonly mki: Uint8Array;
}

/**
 * The SRTP parameters of one direction of one leg: what its sender wrote in its own a=crypto line. Over re-offers the
 * object stays the same while nothing changes, and `keys` stays the same array while the keys do: contexts, replay
 * windows and rollover counters belong to `keys`, not to tag, spelling or lifetime.
 */
export interface SrtpParameters {
  readonly suite: CryptoSuiteName;
  /** Tag of the a=crypto line. */
  readonly tag: number;
  /** Suite as spelt by the peer, echoed in answers. */
  readonly wireName: string;
  readonly keys: readonly KeyWithMki[];
  /** Packets allowed under the key (RFC 4568 §6.1), or null for the maximum of RFC 3711 §9.2. */
  readonly lifetime: number | null;
  readonly unencryptedSrtp: boolean;
  readonly unencryptedSrtcp: boolean;
  readonly unauthenticatedSrtp: boolean;
  /** `WSH`, the replay window the peer hints at, in packets; null when it did not. */
  readonly windowSizeHint: number | null;
}

/**
 * What stands between us and one party for one m= line. A value: each offer or answer makes a new one from the one
 * before. `inbound` is keyed by what the party wrote, `outbound` by what we wrote to it.
 */
export interface Leg {
  /** Third field of the m= line as this party sees it, e.g. `RTP/SAVP` or `udptl`. */
  readonly protocol: string;
  readonly inbound: SrtpParameters | null;
  readonly outbound: SrtpParameters | null;
  /** Lines of our own offer to this party, by tag, until its answer picks one; kept for a re-offer. */
  readonly offered: readonly SrtpParameters[];
  /** True: RTCP shares the RTP port, and nobody needs another one (RFC 5761). */
  readonly rtcpMux: boolean;
  /**
   * rtcp-mux was offered on this leg, by us or by the party, and the answer is still to come: both ports must be open
   * (RFC 5761 §5.1.1).
   */
  readonly rtcpMuxOffered: boolean;
  /** Where this party wants RTP, from its SDP; null until it said. */
  readonly remoteRtp: MediaAddress | null;
  /** Where this party wants RTCP; null until it said, and when it is muxed. */
  readonly remoteRtcp: MediaAddress | null;
  /** This party's own direction attribute (RFC 3264 §6.1): `sendonly` = it sends and does not receive. */
  readonly direction: Direction;
  /** On hold by `c=0.0.0.0` or by direction. */
  readonly held: boolean;
}

/** `rejected`: port 0, nothing is relayed. `raw`: not RTP, passed untouched (T.38 udptl and others). */
export type MediaKind = 'rtp' | 'raw' | 'rejected';

/** One m= line of an offer/answer round, with the legs to both sides. Index = position of the m= line, from 0. */
export interface NegotiatedMedia {
  readonly index: number;
  /** First field of the m= line, e.g. `audio`. */
  readonly mediaType: string;
  readonly kind: MediaKind;
  /** The leg to the one who sent the offer, and to the one who answers it. */
  readonly offerer: Leg;
  readonly answerer: Leg;
  /** RFC 4733 payload types (`telephone-event`) of this line, for block DTMF. */
  readonly dtmfPayloadTypes: readonly number[];
}

/** What one m= line was at the end of the round before, seen from the coming offer; null for a new line. */
export interface PreviousLegs {
  readonly offerer: Leg | null;
  readonly answerer: Leg | null;
}

/** The address that goes into the outgoing SDP for one m= line; null rtcpPort: muxed or not wanted. */
export interface LocalMedia {
  readonly family: 'IP4' | 'IP6';
  /** Advertised, not necessarily bound. */
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number | null;
}
