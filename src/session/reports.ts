import type { CallId, Tag } from '../shared/brand.js';
import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import type { DropReason } from '../relay/counters.js';

export interface PacketTotals {
  readonly packets: number;
  readonly bytes: number;
  readonly errors: number;
}

/** One quality sample (RTCP or own measurement). MOS is ×10, jitter and round trip in milliseconds, loss in percent. */
export interface QualitySample {
  readonly mos: number;
  readonly jitter: number;
  readonly packetLoss: number;
  readonly roundTripTime: number;
  readonly samples: number;
  /** Seconds since the call was created. */
  readonly reportedAt: number;
}

export interface SsrcReport {
  readonly ssrc: number;
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicates: number;
  /** null while nothing was measured. */
  readonly average: QualitySample | null;
  readonly lowest: QualitySample | null;
  readonly highest: QualitySample | null;
  /** Of the SRTP context, when the stream is secure; null otherwise. */
  readonly rolloverCounter: number | null;
}

export interface Endpoint {
  readonly family: 'IP4' | 'IP6';
  readonly address: string;
  readonly port: number;
}

export interface StreamReport {
  /** `rtp` also when RTCP is muxed onto it. */
  readonly component: 'rtp' | 'rtcp';
  readonly localAddress: string;
  readonly localPort: number;
  readonly family: 'IP4' | 'IP6';
  /** Where we send: learned, or signalled until then. */
  readonly endpoint: Endpoint | null;
  /** What the SDP said. */
  readonly advertisedEndpoint: Endpoint | null;
  readonly learned: boolean;
  readonly cryptoSuite: CryptoSuiteName | null;
  /** Unix seconds; null when none came. */
  readonly lastPacket: number | null;
  readonly ssrcs: readonly number[];
  readonly flags: readonly string[];
  /** Packets accepted from this party. */
  readonly received: PacketTotals;
  /** Packets sent to this party. */
  readonly sent: PacketTotals;
  /** Non-zero reasons only. */
  readonly drops: Partial<Record<DropReason, number>>;
}

export interface MediaReport {
  /** From 1. */
  readonly index: number;
  readonly type: string;
  readonly protocol: string;
  readonly flags: readonly string[];
  readonly streams: readonly StreamReport[];
}

export interface PartyReport {
  /** null for a party whose tag is not known yet. */
  readonly tag: Tag | null;
  readonly viaBranch: string | null;
  readonly label: string | null;
  /** Unix seconds. */
  readonly created: number;
  readonly inDialogueWith: Tag | null;
  readonly medias: readonly MediaReport[];
}

/** Never holds key material. */
export interface CallReport {
  readonly callId: CallId;
  /** Unix microseconds. */
  readonly createdMicroseconds: number;
  /** Unix seconds of the last offer, answer or delete. */
  readonly lastSignal: number;
  readonly rtp: PacketTotals;
  readonly rtcp: PacketTotals;
  readonly ssrcs: readonly SsrcReport[];
  readonly parties: readonly PartyReport[];
  readonly metadata: string | null;
}

export interface StatisticsReport {
  /** Calls now. */
  readonly sessions: number;
  /** Calls since start. */
  readonly sessionsTotal: number;
  readonly uptimeSeconds: number;
  readonly rtp: PacketTotals;
  readonly packetRate: number;
  readonly byteRate: number;
  readonly errorRate: number;
  readonly timeoutSessions: number;
  readonly silentTimeoutSessions: number;
  readonly finalTimeoutSessions: number;
  readonly offerTimeoutSessions: number;
  readonly regularTerminatedSessions: number;
  readonly forcedTerminatedSessions: number;
  readonly oneWayStreams: number;
  readonly zeroWayStreams: number;
  readonly averageCallDurationSeconds: number;
}
