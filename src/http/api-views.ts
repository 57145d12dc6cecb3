import { DROP_REASONS } from '../relay/counters.js';
import type { CallReport, PartyReport } from '../session/reports.js';
import { legEvidence } from '../verdict/leg-evidence.js';
import { endpointText } from '../verdict/leg-verdict.js';
import { judgeCall, type CallVerdict } from '../verdict/verdict.js';
import type { MetricsSnapshot } from '../metrics/source.js';
import { judgeHealth } from './health.js';
import type { HttpSources } from './sources.js';

/** One row of the table of calls. */
export interface CallSummary {
  readonly callId: string;
  readonly createdUnixSeconds: number;
  readonly state: CallVerdict['state'];
  readonly words: string;
  readonly parties: readonly PartySummary[];
  /** Of the stream that fares worst; null while nothing was measured. */
  readonly quality: QualitySummary | null;
}

export interface QualitySummary {
  /** 1 to 5. */
  readonly mos: number;
  readonly lossPercent: number;
  readonly jitterMilliseconds: number;
}

export interface PartySummary {
  readonly name: string;
  readonly tag: string | null;
  readonly label: string | null;
  /** `address:port` of the first stream; null while unknown. */
  readonly endpoint: string | null;
  readonly learned: boolean;
  readonly suite: string | null;
  /** Seconds since its last accepted packet; null = none ever. */
  readonly lastPacketSeconds: number | null;
  readonly receivedPackets: number;
  readonly sentPackets: number;
  readonly drops: number;
}

export interface WorkerView {
  /** CPU seconds since start. */
  readonly cpuSeconds: number;
  readonly packets: number;
  readonly ports: number;
  readonly heartbeatAgeMilliseconds: number;
}

/** Answer of `/api/stats`, and part of each live event. Totals are since start. */
export interface RelayStats {
  readonly version: string;
  readonly startedUnixSeconds: number;
  readonly nowUnixMilliseconds: number;
  readonly draining: boolean;
  readonly ready: boolean;
  readonly problems: readonly string[];
  readonly calls: number;
  readonly callsTotal: number;
  readonly sessions: MetricsSnapshot['sessions'];
  readonly streams: MetricsSnapshot['streams'];
  /** Every datagram read; = accepted + drops. */
  readonly received: { readonly packets: number; readonly bytes: number };
  readonly accepted: { readonly packets: number; readonly bytes: number };
  readonly sent: { readonly packets: number; readonly bytes: number };
  /** Non-zero reasons only. */
  readonly drops: Readonly<Record<string, number>>;
  readonly suites: Readonly<Record<string, { readonly protect: number; readonly unprotect: number }>>;
  readonly workers: readonly WorkerView[];
  readonly ports: MetricsSnapshot['ports'];
  readonly lostPackets: number;
}

/** Answer of `/api/calls/:id`. */
export interface CallDetail {
  readonly report: CallReport;
  readonly verdict: CallVerdict;
}

export function callDetail(report: CallReport): CallDetail {
  return { report, verdict: judgeCall(report, Date.now() / 1_000) };
}

export function callSummaries(sources: HttpSources, limit: number): CallSummary[] {
  const now = Date.now() / 1_000;
  return sources.calls.list(limit).flatMap((callId) => {
    const report = sources.calls.report(callId);
    return report === null ? [] : [callSummary(report, now)];
  });
}

export function callSummary(report: CallReport, nowUnixSeconds: number): CallSummary {
  const { state, words, legs } = judgeCall(report, nowUnixSeconds);
  const parties = report.parties.map((party, index) => partySummary(party, legs[index]?.name ?? '', nowUnixSeconds));
  return {
    callId: report.callId,
    createdUnixSeconds: Math.floor(report.createdMicroseconds / 1_000_000),
    state,
    words,
    parties,
    quality: worstQuality(report),
  };
}

function worstQuality({ ssrcs }: CallReport): QualitySummary | null {
  const measured = ssrcs.flatMap(({ average }) => (average === null ? [] : [average]));
  if (measured.length === 0) return null;
  return {
    mos: Math.min(...measured.map(({ mos }) => mos)) / 10,
    lossPercent: Math.max(...measured.map(({ packetLoss }) => packetLoss)),
    jitterMilliseconds: Math.max(...measured.map(({ jitter }) => jitter)),
  };
}

function partySummary(party: PartyReport, name: string, now: number): PartySummary {
  const leg = legEvidence(party);
  const suites = party.medias.flatMap((media) => media.streams.flatMap((stream) => stream.cryptoSuite ?? []));
  return {
    name,
    tag: party.tag,
    label: party.label,
    endpoint: leg.endpoint === null ? null : endpointText(leg.endpoint),
    learned: leg.learned,
    suite: suites[0] ?? null,
    lastPacketSeconds: leg.lastPacket === null ? null : Math.max(0, Math.round(now - leg.lastPacket)),
    receivedPackets: leg.received,
    sentPackets: leg.sent,
    drops: Object.values(leg.drops).reduce((sum, count) => sum + count, 0),
  };
}

export function relayStats(sources: HttpSources): RelayStats {
  const snapshot = sources.totals.snapshot();
  const { ready, problems } = judgeHealth(sources.health);
  return {
    version: sources.version,
    startedUnixSeconds: sources.startedUnixSeconds,
    nowUnixMilliseconds: Date.now(),
    draining: snapshot.draining,
    ready,
    problems,
    calls: sources.calls.count(),
    callsTotal: snapshot.sessionsTotal,
    sessions: snapshot.sessions,
    streams: snapshot.streams,
    received: snapshot.received,
    accepted: bothKinds(snapshot.accepted),
    sent: bothKinds(snapshot.sent),
    drops: Object.fromEntries(
      DROP_REASONS.flatMap((reason) => (snapshot.drops[reason] > 0 ? [[reason, snapshot.drops[reason]]] : [])),
    ),
    suites: suiteTotals(snapshot),
    workers: workerViews(snapshot, sources.health.workerHeartbeatAgesMilliseconds()),
    ports: snapshot.ports,
    lostPackets: snapshot.lostPackets,
  };
}

function bothKinds({ rtp, rtcp }: MetricsSnapshot['accepted']): { packets: number; bytes: number } {
  return { packets: rtp.packets + rtcp.packets, bytes: rtp.bytes + rtcp.bytes };
}

function suiteTotals(snapshot: MetricsSnapshot): Record<string, { protect: number; unprotect: number }> {
  const totals: Record<string, { protect: number; unprotect: number }> = {};
  for (const { op, suite, packets } of snapshot.srtp) {
    if (packets > 0) (totals[suite] ??= { protect: 0, unprotect: 0 })[op] += packets;
  }
  return totals;
}

function workerViews(snapshot: MetricsSnapshot, ages: readonly number[]): WorkerView[] {
  return snapshot.workers.map((worker, index) => ({
    cpuSeconds: worker.cpu_nanoseconds / 1e9,
    packets: worker.packets,
    ports: worker.ports,
    heartbeatAgeMilliseconds: Math.round(ages[index] ?? 0),
  }));
}
