import type { DropReason, WorkerCounter } from '../relay/counters.js';
import type { CryptoSuiteName } from '../srtp/crypto-suite.js';

/** States of a call. `offered`: no answer yet; `held`: no media expected in either direction; `deleting`: delete delay. */
export const SESSION_STATES = ['offered', 'answered', 'held', 'deleting'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** What a stream is from and to, in the direction of its packets. */
export const BRIDGES = ['rtp_rtp', 'rtp_srtp', 'srtp_rtp', 'srtp_srtp'] as const;
export type Bridge = (typeof BRIDGES)[number];

export const ROC_RESYNC_RESULTS = ['kept', 'reset', 'adjusted', 'failed'] as const;
export type RocResyncResult = (typeof ROC_RESYNC_RESULTS)[number];

export interface PacketCount {
  readonly packets: number;
  readonly bytes: number;
}

export interface TrafficByKind {
  readonly rtp: PacketCount;
  readonly rtcp: PacketCount;
}

export interface SrtpCount {
  readonly op: 'protect' | 'unprotect';
  readonly suite: CryptoSuiteName;
  readonly kind: 'rtp' | 'rtcp';
  readonly packets: number;
}

export interface InterfacePorts {
  readonly interface: string;
  readonly total: number;
  readonly used: number;
}

/**
 * Everything a scrape or the live page needs, read from the slabs in one pass. Totals are since start and count closed
 * ports too; packets received = accepted + the sum of the drops.
 */
export interface MetricsSnapshot {
  /** Every datagram read from a media socket. */
  readonly received: PacketCount;
  /** Of those, what was forwarded; raw datagrams count as RTP. */
  readonly accepted: TrafficByKind;
  readonly sent: TrafficByKind;
  readonly drops: Readonly<Record<DropReason, number>>;
  /** Pairs without packets may be left out. */
  readonly srtp: readonly SrtpCount[];
  readonly rocResync: Readonly<Record<RocResyncResult, number>>;
  /** Re-keys of the receiving side by what the peer did with its rollover counter; kept until found reset. */
  readonly rekeys: Readonly<Record<'kept' | 'reset', number>>;
  readonly sequenceRestarts: number;
  readonly socketOverflows: number;
  /** The same of the control sockets, and what came from muted addresses. */
  readonly controlSocketDrops: number;
  /** Changes of a settled remote address. */
  readonly relearned: Readonly<Record<'plain' | 'secure', number>>;
  /** By worker, in order. */
  readonly workers: readonly Readonly<Record<WorkerCounter, number>>[];
  readonly sessions: Readonly<Record<SessionState, number>>;
  readonly sessionsTotal: number;
  readonly streams: Readonly<Record<Bridge, number>>;
  readonly ports: readonly InterfacePorts[];
  readonly lostPackets: number;
  readonly reorderedPackets: number;
  readonly duplicatePackets: number;
  readonly draining: boolean;
  /** What `/readyz` says. */
  readonly ready: boolean;
}

/** The one reader of the native counters; called once a scrape and once a second for the live page. */
export interface MetricsSource {
  snapshot(): MetricsSnapshot;
}

/** What the build is made of. */
export interface BuildInfo {
  readonly version: string;
  readonly node: string;
  readonly libsrtp: string;
  readonly openssl: string;
}
