import { Child } from './child.js';
import { writeLoadPlan, type LoadOptions } from './load-plan.js';
import { readLoadReport, type LoadReport } from './load-report.js';
import { sum } from './statistics.js';
import type { Tools } from './tools.js';

/** What one run of the generator says about the relay, in the units of the result file. */
export interface LoadOutcome {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly rtcpSent: number;
  readonly rtcpLost: number;
  readonly duplicates: number;
  readonly reordered: number;
  /** Packets of the sample that were authenticated, decrypted and compared. */
  readonly verified: number;
  /** Of those, and of lengths and sequence numbers, everything that was not as it should be. */
  readonly wrong: number;
  /** Of all threads of the relay, per RTP packet that arrived; null when none did. */
  readonly cpuMicrosecondsPerPacket: number | null;
  /** Times that a thread of the relay was put on a CPU, per packet: wake-ups. */
  readonly timeslicesPerPacket: number | null;
  /** How long the relay's busiest thread wanted a CPU and had none, as a share of the time: others were in its way. */
  readonly waitShare: number;
  readonly latencyMicroseconds: LatencyFigures;
  readonly generator: GeneratorFigures;
}

export interface LatencyFigures {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface GeneratorFigures {
  /** Time spent sending and reading, without waiting, per packet sent. */
  readonly microsecondsPerPacket: number;
  /** 1 = it had no time left. */
  readonly busyShare: number;
  readonly latenessP99Microseconds: number;
  readonly latenessMaxMicroseconds: number;
  /** Why the figures may be about the generator and not about the relay; empty = they are about the relay. */
  readonly limits: readonly string[];
}

/** Runs the load once and judges it. */
export async function runLoad(
  tools: Tools,
  options: LoadOptions,
  onProgress: (line: string) => void,
): Promise<LoadOutcome> {
  const { threads, senderCpu, receiverCpu } = options.placement;
  const cpus = [...new Set([senderCpu, threads === 2 ? receiverCpu : senderCpu])].filter((cpu) => cpu !== null);
  const child = new Child(tools.path('anchor_load'), [], {
    cpus: cpus.length === 0 ? null : cpus.join(','),
    nice: options.placement.nice,
    input: writeLoadPlan(options),
    onErrorLine: onProgress,
  });
  return judge(readLoadReport(await child.output()));
}

export function judge(report: LoadReport): LoadOutcome {
  const rtp = report.groups.filter((group) => group.counted);
  const rtcp = report.groups.filter((group) => group.kind === 'rtcp');
  const received = report.window.received;
  const perPacket = (total: number): number | null => (received === 0 ? null : total / received);
  const of = (groups: LoadReport['groups'], field: NumericField): number => sum(groups.map((group) => group[field]));
  return {
    packetsSent: of(rtp, 'sent'),
    packetsReceived: of(rtp, 'received'),
    packetsLost: of(rtp, 'lost'),
    rtcpSent: of(rtcp, 'sent'),
    rtcpLost: of(rtcp, 'lost'),
    duplicates: of(rtp, 'duplicates'),
    reordered: of(rtp, 'reordered'),
    verified: of(report.groups, 'verified'),
    wrong: sum(
      (['failed_authentication', 'altered', 'wrong_length', 'unplanned'] as const).map((f) => of(report.groups, f)),
    ),
    cpuMicrosecondsPerPacket: perPacket(sum(report.watched.map((process) => process.cpu_ns)) / 1000),
    timeslicesPerPacket: perPacket(sum(report.watched.map((process) => process.timeslices))),
    waitShare: waitShare(report),
    latencyMicroseconds: worst(rtp),
    generator: {
      microsecondsPerPacket: report.generator.busy_per_packet_us,
      busyShare: report.generator.busy_share,
      latenessP99Microseconds: report.generator.lateness_us.p99,
      latenessMaxMicroseconds: report.generator.lateness_us.max,
      limits: report.generator.limits,
    },
  };
}

function waitShare(report: LoadReport): number {
  const threads = report.watched.flatMap((process) => process.threads);
  const busiest = threads.reduce(
    (most, thread) => (thread.cpu_ns + thread.wait_ns > most.cpu_ns + most.wait_ns ? thread : most),
    {
      cpu_ns: 0,
      wait_ns: 0,
    },
  );
  return busiest.wait_ns / (report.window.seconds * 1e9);
}

type NumericField = {
  [K in keyof LoadReport['groups'][number]]: LoadReport['groups'][number][K] extends number ? K : never;
}[keyof LoadReport['groups'][number]];

/** Of both directions the slower figure each. */
function worst(groups: LoadReport['groups']): LatencyFigures {
  const largest = (field: keyof LatencyFigures): number =>
    Math.max(0, ...groups.map((group) => group.latency_us[field]));
  return { p50: largest('p50'), p90: largest('p90'), p99: largest('p99'), p999: largest('p999'), max: largest('max') };
}
