import { DROP_REASONS, WORKER_COUNTERS, type DropReason, type WorkerCounter } from '../../../src/relay/counters.js';
import type { HttpSources, RelayControl } from '../../../src/http/sources.js';
import type { LogLevel } from '../../../src/log/logger.js';
import type { MetricsSnapshot } from '../../../src/metrics/source.js';
import type { CallReport, PartyReport, StreamReport } from '../../../src/session/reports.js';
import { callId, tag } from '../../../src/shared/brand.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A relay that is not there: its numbers are what a test sets them to. */
export class FakeRelay implements RelayControl {
  snapshotValue: Mutable<MetricsSnapshot> = emptySnapshot();
  calls = new Map<string, CallReport>();
  lag = 0;
  heartbeats: number[] = [10, 20];
  isDraining = false;
  isListening = true;
  level: LogLevel = 'info';
  snapshots = 0;
  refusals: string[] = [];
  refused = new Map<string, string>();

  drain(): void {
    this.isDraining = true;
    this.snapshotValue.draining = true;
  }

  terminate(id: string): boolean {
    return this.calls.delete(id);
  }

  setLogLevel(level: LogLevel): void {
    this.level = level;
  }

  logLevel(): LogLevel {
    return this.level;
  }

  snapshot(): MetricsSnapshot {
    this.snapshots++;
    return structuredClone(this.snapshotValue);
  }

  sources(more: Partial<HttpSources> = {}): HttpSources {
    return {
      calls: {
        count: () => this.calls.size,
        list: (limit) => [...this.calls.keys()].slice(0, limit),
        report: (id) => this.calls.get(id) ?? null,
      },
      refusals: { reason: (id) => this.refused.get(id) ?? null },
      totals: this,
      health: {
        eventLoopLagMilliseconds: () => this.lag,
        workerHeartbeatAgesMilliseconds: () => this.heartbeats,
        draining: () => this.isDraining,
        listening: () => this.isListening,
      },
      control: this,
      metrics: {
        render: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'x 1\n' }),
      },
      version: '1.2.3',
      startedUnixSeconds: 1_700_000_000,
      posts: new Map(),
      upgrade: null,
      refused: (reason) => this.refusals.push(reason),
      ...more,
    };
  }
}

export function emptySnapshot(): MetricsSnapshot {
  const none = { packets: 0, bytes: 0 };
  return {
    received: none,
    accepted: { rtp: none, rtcp: none },
    sent: { rtp: none, rtcp: none },
    drops: Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>,
    srtp: [],
    rocResync: { kept: 0, reset: 0, adjusted: 0, failed: 0 },
    rekeys: { kept: 0, reset: 0 },
    sequenceRestarts: 0,
    socketOverflows: 0,
    controlSocketDrops: 0,
    relearned: { plain: 0, secure: 0 },
    workers: [worker(), worker()],
    sessions: { offered: 0, answered: 0, held: 0, deleting: 0 },
    sessionsTotal: 0,
    streams: { rtp_rtp: 0, rtp_srtp: 0, srtp_rtp: 0, srtp_srtp: 0 },
    ports: [{ interface: 'default', total: 10_000, used: 0 }],
    lostPackets: 0,
    reorderedPackets: 0,
    duplicatePackets: 0,
    draining: false,
    ready: true,
  };
}

export function worker(words: Partial<Record<WorkerCounter, number>> = {}): Record<WorkerCounter, number> {
  return {
    ...(Object.fromEntries(WORKER_COUNTERS.map((word) => [word, 0])) as Record<WorkerCounter, number>),
    ...words,
  };
}

export function stream(more: Partial<StreamReport> = {}): StreamReport {
  return {
    component: 'rtp',
    localAddress: '127.0.0.1',
    localPort: 30_000,
    family: 'IP4',
    endpoint: { family: 'IP4', address: '192.0.2.1', port: 4_000 },
    advertisedEndpoint: { family: 'IP4', address: '192.0.2.1', port: 4_000 },
    learned: true,
    cryptoSuite: null,
    lastPacket: Math.floor(Date.now() / 1_000),
    ssrcs: [0x1234],
    flags: [],
    received: { packets: 100, bytes: 17_200, errors: 0 },
    sent: { packets: 90, bytes: 15_480, errors: 0 },
    drops: {},
    ...more,
  };
}

export function party(
  name: string,
  other: string | null,
  streams: readonly StreamReport[],
  flags: readonly string[] = [],
): PartyReport {
  return {
    tag: tag(name),
    viaBranch: null,
    label: null,
    created: 1_700_000_000,
    inDialogueWith: other === null ? null : tag(other),
    medias: [{ index: 1, type: 'audio', protocol: streams[0]?.cryptoSuite ? 'RTP/SAVP' : 'RTP/AVP', flags, streams }],
  };
}

export function call(id: string, parties: readonly PartyReport[], more: Partial<CallReport> = {}): CallReport {
  const now = Math.floor(Date.now() / 1_000);
  const none = { packets: 0, bytes: 0, errors: 0 };
  return {
    callId: callId(id),
    createdMicroseconds: (now - 60) * 1e6,
    lastSignal: now - 50,
    rtp: none,
    rtcp: none,
    ssrcs: [],
    parties,
    metadata: null,
    ...more,
  };
}
