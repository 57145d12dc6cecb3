import type { SystemName } from './peers/peer.js';
import type { BenchResult, ControlSample, LoadSample, Sample } from './result.js';
import type { Bridge } from './scenarios.js';
import { median } from './statistics.js';

export interface TargetRow {
  readonly what: string;
  /** In words: `≤ 0.5`. */
  readonly bound: string;
  /** null = not measured in this result. */
  readonly value: number | null;
  /** null = cannot be judged. */
  readonly met: boolean | null;
}

interface Bound {
  readonly least?: number;
  readonly most?: number;
}

const us: SystemName = 'srtp-anchor';
const incumbent: SystemName = 'rtpengine';

/** Bounds on CPU per packet against the incumbent, by offered packets a second. */
const cpuBounds: readonly (readonly [number, number])[] = [
  [10_000, 0.5],
  [40_000, 0.5],
  [80_000, 0.6],
  [140_000, 0.65],
];

/** Against the same forwarding without crypto. */
const floorBounds: readonly (readonly [number, number])[] = [
  [10_000, 0.8],
  [80_000, 1.15],
  [140_000, 1.15],
];

/** The rows that the project set out to reach, each judged from this result alone. */
export function judgeTargets(result: BenchResult): TargetRow[] {
  const { samples } = result;
  return [
    ...cpuTargets(samples),
    ...floorTargets(samples),
    ...rateTargets(samples),
    ...latencyTargets(samples),
    ...lifeTargets(samples),
    workerTarget(samples),
    ...controlTargets(samples),
    ...memoryTargets(samples),
    ...enduranceTargets(samples),
  ];
}

function row(what: string, bound: Bound, value: number | null): TargetRow {
  const { least, most } = bound;
  const words = least === undefined ? `≤ ${most ?? 0}` : `≥ ${least}`;
  const met =
    value === null || Number.isNaN(value) ? null : value >= (least ?? -Infinity) && value <= (most ?? Infinity);
  return { what, bound: words, value: value === null || Number.isNaN(value) ? null : value, met };
}

type Systematic = Extract<Sample, { system: SystemName }>;

/** Median over the runs of (ours ÷ theirs in the same run); null when one of the two is missing. */
export function pairedRatio<S extends Systematic>(
  ours: readonly S[],
  theirs: readonly S[],
  value: (sample: S) => number,
): number | null {
  const ratios = ours.flatMap((sample) => {
    const other = theirs.find((candidate) => candidate.run === sample.run);
    return other === undefined ? [] : [value(sample) / value(other)];
  });
  return ratios.length === 0 ? null : median(ratios);
}

function loads(
  samples: readonly Sample[],
  measure: LoadSample['measure'],
  matches: (sample: LoadSample) => boolean,
): LoadSample[] {
  return samples.filter((sample): sample is LoadSample => sample.measure === measure && matches(sample));
}

function medianOf<S>(samples: readonly S[], value: (sample: S) => number): number | null {
  return samples.length === 0 ? null : median(samples.map(value));
}

const cpu = (sample: LoadSample): number => sample.outcome.cpuMicrosecondsPerPacket ?? Number.NaN;

/** A CPU figure of a run that lost packets is no figure: it counts as unmeasured. */
const whole = (sample: LoadSample): boolean => sample.outcome.packetsLost === 0;

/** Our runs that lost packets miss the target; theirs leave it unjudged. */
function cpuRow(what: string, most: number, ours: readonly LoadSample[], theirs: readonly LoadSample[]): TargetRow {
  if (ours.length > 0 && !ours.some(whole)) return { what, bound: `≤ ${most}`, value: null, met: false };
  return row(what, { most }, pairedRatio(ours.filter(whole), theirs.filter(whole), cpu));
}

function cpuSamples(samples: readonly Sample[], system: SystemName, bridge: Bridge, rate: number): LoadSample[] {
  const matches = ({ shape }: LoadSample): boolean => shape.bridge === bridge && shape.packetsPerSecond === rate;
  return loads(samples, 'cpu', (sample) => sample.system === system && matches(sample));
}

function cpuTargets(samples: readonly Sample[]): TargetRow[] {
  return (['rtp_srtp', 'srtp_rtp'] as const).flatMap((bridge) =>
    cpuBounds.map(([rate, most]) => {
      const of = (system: SystemName): LoadSample[] => cpuSamples(samples, system, bridge, rate);
      return cpuRow(`CPU a packet against rtpengine, ${bridge}, ${rate / 1000} kpps`, most, of(us), of(incumbent));
    }),
  );
}

function floorTargets(samples: readonly Sample[]): TargetRow[] {
  return floorBounds.map(([rate, most]) => {
    const of = (system: SystemName): LoadSample[] => cpuSamples(samples, system, 'rtp_srtp', rate);
    return cpuRow(`CPU a packet against forwarding without crypto, ${rate / 1000} kpps`, most, of(us), of('floor'));
  });
}

function rateTargets(samples: readonly Sample[]): TargetRow[] {
  return (['rtp_srtp', 'srtp_rtp'] as const).map((bridge) => {
    const of = (system: SystemName) =>
      samples
        .filter((s) => s.measure === 'rate' && s.system === system && s.shape.bridge === bridge)
        .filter((s) => s.measure === 'rate');
    return row(
      `highest rate without loss against rtpengine, ${bridge}`,
      { least: 1.35 },
      pairedRatio(of(us), of(incumbent), (s) => s.packetsPerSecond),
    );
  });
}

function latencyTargets(samples: readonly Sample[]): TargetRow[] {
  const ours = loads(samples, 'latency', (s) => s.system === us);
  const percentile = (field: 'p50' | 'p99') => medianOf(ours, (s) => s.outcome.latencyMicroseconds[field] / 1000);
  return [
    row('latency at half of the highest rate, median, ms', { most: 0.3 }, percentile('p50')),
    row('latency at half of the highest rate, 99th percentile, ms', { most: 1.5 }, percentile('p99')),
  ];
}

function lifeTargets(samples: readonly Sample[]): TargetRow[] {
  const of = (system: SystemName): LoadSample[] => loads(samples, 'life', (s) => s.system === system);
  return [
    row(
      '2,000 calls of 50 packets a second: packets lost',
      { most: 0 },
      medianOf(of(us), (s) => s.outcome.packetsLost),
    ),
    row(
      '2,000 calls of 50 packets a second: CPU a packet against rtpengine',
      { most: 0.55 },
      pairedRatio(of(us), of(incumbent), cpu),
    ),
  ];
}

/** Flat means that the second worker's run costs at most a tenth more. */
function workerTarget(samples: readonly Sample[]): TargetRow {
  const of = (workers: number): LoadSample[] =>
    loads(samples, 'workers', (s) => s.system === us && s.workers === workers);
  return row('CPU a packet with two workers against one', { most: 1.1 }, pairedRatio(of(2), of(1), cpu));
}

function controlTargets(samples: readonly Sample[]): TargetRow[] {
  const of = (system: SystemName, condition: ControlSample['condition']): ControlSample[] =>
    samples.filter(
      (s): s is ControlSample => s.measure === 'control' && s.system === system && s.condition === condition,
    );
  const rate = pairedRatio(of(us, 'idle'), of(incumbent, 'idle'), (s) => s.pairsPerSecond);
  return [
    row('offers and answers a second against rtpengine', { least: 1 }, rate),
    row(
      'control reply under saturation, 99th percentile, ms',
      { most: 20 },
      medianOf(of(us, 'saturated'), (s) => s.replyMilliseconds.p99),
    ),
  ];
}

/** 100 octets a call: a garbage-collected heap does not come back to the same page. A leak is larger. */
const churnAllowanceKilobytes = 1000;

function memoryTargets(samples: readonly Sample[]): TargetRow[] {
  const memory = (system: SystemName) =>
    samples.filter((s) => s.measure === 'memory').filter((s) => s.system === system);
  const churn = samples.filter((s) => s.measure === 'churn').filter((s) => s.system === us);
  return [
    row(
      'memory a call against rtpengine',
      { most: 0.5 },
      pairedRatio(memory(us), memory(incumbent), (s) => s.bytesPerCall),
    ),
    row(
      'growth over 10,000 calls set up and deleted, kB',
      { most: churnAllowanceKilobytes },
      medianOf(churn, (s) => (s.residentBytes.after - s.residentBytes.before) / 1000),
    ),
    row(
      'descriptors left by 10,000 calls',
      { most: 0 },
      medianOf(churn, (s) => s.descriptors.after - s.descriptors.before),
    ),
  ];
}

function enduranceTargets(samples: readonly Sample[]): TargetRow[] {
  const ours = samples.filter((s) => s.measure === 'endurance').filter((s) => s.system === us);
  return [
    row(
      'ten-minute soak: packets lost',
      { most: 0 },
      medianOf(ours, (s) => s.outcome.packetsLost),
    ),
  ];
}
