import { BATCH_BOUNDS, DROP_REASONS, LATENCY_BOUNDS, type WorkerCounter } from '../relay/counters.js';
import { METRIC_PREFIX, METRICS, metricRow, type SnapshotMetricName } from './catalogue.js';
import { sample, type Family, type Sample } from './family.js';
import { BRIDGES, ROC_RESYNC_RESULTS, SESSION_STATES, type BuildInfo, type MetricsSnapshot } from './source.js';

/** A snapshot and what goes with it at one instant. */
export interface SnapshotView {
  readonly snapshot: MetricsSnapshot;
  readonly build: BuildInfo;
  /** CLOCK_MONOTONIC, milliseconds: the clock of the workers' heartbeats. */
  readonly nowMilliseconds: number;
}

type Reader = (view: SnapshotView) => Sample[];

/** How each metric of source `snapshot` is read; the compiler asks for every one. */
const READERS: Readonly<Record<SnapshotMetricName, Reader>> = {
  build_info: ({ build }) => [sample(1, { ...build })],
  ready: ({ snapshot }) => [sample(snapshot.ready ? 1 : 0)],
  draining: ({ snapshot }) => [sample(snapshot.draining ? 1 : 0)],
  sessions: ({ snapshot }) => SESSION_STATES.map((state) => sample(snapshot.sessions[state], { state })),
  sessions_total: ({ snapshot }) => [sample(snapshot.sessionsTotal)],
  streams: ({ snapshot }) => BRIDGES.map((bridge) => sample(snapshot.streams[bridge], { bridge })),
  packets_total: traffic('packets'),
  bytes_total: traffic('bytes'),
  datagrams_received_total: ({ snapshot }) => [sample(snapshot.received.packets)],
  packets_dropped_total: ({ snapshot }) => DROP_REASONS.map((reason) => sample(snapshot.drops[reason], { reason })),
  srtp_packets_total: ({ snapshot }) =>
    snapshot.srtp.map(({ op, suite, kind, packets }) => sample(packets, { op, suite, kind })),
  srtp_roc_resync_total: ({ snapshot }) =>
    ROC_RESYNC_RESULTS.map((result) => sample(snapshot.rocResync[result], { result })),
  srtp_rekeys_total: ({ snapshot }) => (['kept', 'reset'] as const).map((roc) => sample(snapshot.rekeys[roc], { roc })),
  sequence_restarts_total: ({ snapshot }) => [sample(snapshot.sequenceRestarts)],
  relay_latency_seconds: workerHistogram(
    'relay_latency_seconds',
    LATENCY_BOUNDS.map((bound) => `latency_le_${bound}` as const),
    'latency_more',
    'latency_sum_microseconds',
    1e-6,
  ),
  worker_cpu_seconds_total: workers((worker) => worker.cpu_nanoseconds / 1e9),
  worker_wakeups_total: workers((worker) => worker.wakeups),
  worker_packets_total: workers((worker) => worker.packets),
  worker_batch_packets: workerHistogram(
    'worker_batch_packets',
    BATCH_BOUNDS.map((bound) => `batch_le_${bound}` as const),
    'batch_more',
    'batch_sum',
    1,
  ),
  worker_heartbeat_age_seconds: workers((worker, now) => Math.max(0, now - worker.heartbeat_milliseconds) / 1_000),
  worker_events_lost_total: workers((worker) => worker.events_lost),
  control_socket_dropped_total: ({ snapshot }) => [sample(snapshot.controlSocketDrops)],
  socket_rx_overflow_total: ({ snapshot }) => [sample(snapshot.socketOverflows)],
  ports: ({ snapshot }) => snapshot.ports.map((ports) => sample(ports.total, { interface: ports.interface })),
  ports_used: ({ snapshot }) => snapshot.ports.map((ports) => sample(ports.used, { interface: ports.interface })),
  endpoint_relearned_total: ({ snapshot }) =>
    (['plain', 'secure'] as const).map((kind) => sample(snapshot.relearned[kind], { kind })),
  rtp_lost_packets_total: ({ snapshot }) => [sample(snapshot.lostPackets)],
  rtp_reordered_packets_total: ({ snapshot }) => [sample(snapshot.reorderedPackets)],
  rtp_duplicate_packets_total: ({ snapshot }) => [sample(snapshot.duplicatePackets)],
};

export const SNAPSHOT_METRICS = Object.keys(READERS) as readonly SnapshotMetricName[];

export function snapshotFamilies(view: SnapshotView): Family[] {
  return SNAPSHOT_METRICS.map((name) => {
    const { help, type } = metricRow(name);
    return { name: METRIC_PREFIX + name, help, type, samples: READERS[name](view) };
  });
}

function traffic(what: 'packets' | 'bytes'): Reader {
  return ({ snapshot }) =>
    (['rtp', 'rtcp'] as const).flatMap((kind) => [
      sample(snapshot.accepted[kind][what], { direction: 'in', kind }),
      sample(snapshot.sent[kind][what], { direction: 'out', kind }),
    ]);
}

type Worker = MetricsSnapshot['workers'][number];

function workers(read: (worker: Worker, nowMilliseconds: number) => number): Reader {
  return ({ snapshot, nowMilliseconds }) =>
    snapshot.workers.map((worker, index) => sample(read(worker, nowMilliseconds), { worker: index }));
}

/** The workers count each packet in one bucket; the exposition formats want running totals. */
function workerHistogram(
  name: 'relay_latency_seconds' | 'worker_batch_packets',
  words: readonly WorkerCounter[],
  overflow: WorkerCounter,
  sum: WorkerCounter,
  scale: number,
): Reader {
  const bounds = METRICS[name].buckets;
  return ({ snapshot }) => {
    const total = (word: WorkerCounter): number => snapshot.workers.reduce((all, worker) => all + worker[word], 0);
    let count = 0;
    const buckets = words.map((word, index) => {
      count += total(word);
      return sample(count, { le: String(bounds[index]) }, '_bucket');
    });
    count += total(overflow);
    return [
      ...buckets,
      sample(count, { le: '+Inf' }, '_bucket'),
      sample(total(sum) * scale, {}, '_sum'),
      sample(count, {}, '_count'),
    ];
  };
}
