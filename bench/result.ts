import { z } from 'zod';
import { CRYPTO_SUITES } from '../src/srtp/crypto-suite.js';

const systemName = z.enum(['srtp-anchor', 'rtpengine', 'floor', 'javascript']);
const bridge = z.enum(['rtp_srtp', 'srtp_rtp', 'srtp_srtp', 'rtp_rtp']);

const shape = z.object({
  bridge,
  calls: z.number(),
  direction: z.enum(['forward', 'both']),
  packetsPerSecond: z.number(),
  payload: z.number(),
  rtcpShare: z.number(),
  burst: z.number(),
  suite: z.enum(CRYPTO_SUITES.map((suite) => suite.name)),
});

const latency = z.object({ p50: z.number(), p90: z.number(), p99: z.number(), p999: z.number(), max: z.number() });

const outcome = z.object({
  packetsSent: z.number(),
  packetsReceived: z.number(),
  packetsLost: z.number(),
  rtcpSent: z.number(),
  rtcpLost: z.number(),
  duplicates: z.number(),
  reordered: z.number(),
  verified: z.number(),
  wrong: z.number(),
  cpuMicrosecondsPerPacket: z.number().nullable(),
  timeslicesPerPacket: z.number().nullable(),
  waitShare: z.number(),
  latencyMicroseconds: latency,
  generator: z.object({
    microsecondsPerPacket: z.number(),
    busyShare: z.number(),
    latenessP99Microseconds: z.number(),
    latenessMaxMicroseconds: z.number(),
    limits: z.array(z.string()).readonly(),
  }),
});

/** One fresh process under one load. */
const loadSample = z.object({
  measure: z.enum(['cpu', 'latency', 'life', 'workers']),
  system: systemName,
  run: z.number(),
  workers: z.number(),
  /** What the person asked for; a system without SRTP gets the same load as rtp_rtp, which `offered` shows. */
  shape,
  offered: bridge,
  outcome,
});

const rateSample = z.object({
  measure: z.literal('rate'),
  system: systemName,
  run: z.number(),
  workers: z.number(),
  shape,
  offered: bridge,
  /** Highest offered rate at which nothing was lost. */
  packetsPerSecond: z.number(),
  /** The search ended because the generator could offer no more: the relay's own limit is higher. */
  generatorLimited: z.boolean(),
  steps: z
    .array(z.object({ packetsPerSecond: z.number(), lost: z.number(), limits: z.array(z.string()).readonly() }))
    .readonly(),
});

const controlSample = z.object({
  measure: z.literal('control'),
  system: systemName,
  run: z.number(),
  condition: z.enum(['idle', 'saturated']),
  pairs: z.number(),
  pairsPerSecond: z.number(),
  replyMilliseconds: z.object({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
});

const memorySample = z.object({
  measure: z.literal('memory'),
  system: systemName,
  run: z.number(),
  calls: z.number(),
  bytesPerCall: z.number(),
});

const churnSample = z.object({
  measure: z.literal('churn'),
  system: systemName,
  run: z.number(),
  calls: z.number(),
  /** Of the process, after a first part and at the end. */
  residentBytes: z.object({ before: z.number(), after: z.number() }),
  descriptors: z.object({ before: z.number(), after: z.number() }),
});

const soakSample = z.object({
  measure: z.literal('endurance'),
  system: systemName,
  run: z.number(),
  minutes: z.number(),
  shape,
  outcome,
  residentBytes: z.array(z.number()).readonly(),
  descriptors: z.array(z.number()).readonly(),
});

const operationSample = z.object({
  measure: z.enum(['crypto', 'micro']),
  source: z.string(),
  subject: z.string(),
  operation: z.string(),
  octets: z.number(),
  medianNanoseconds: z.number(),
  roundsNanoseconds: z.array(z.number()).readonly(),
});

const sample = z.union([loadSample, rateSample, controlSample, memorySample, churnSample, soakSample, operationSample]);

const result = z.object({
  format: z.literal('srtp-anchor-bench 1'),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** As typed. */
  command: z.string(),
  machine: z.object({
    cpu: z.string(),
    cores: z.number(),
    memoryGibibytes: z.number(),
    kernel: z.string(),
    architecture: z.string(),
    loadAtStart: z.number(),
  }),
  versions: z.object({
    srtpAnchor: z.string(),
    commit: z.string(),
    node: z.string(),
    nodeOpenssl: z.string(),
    openssl: z.string(),
    rtpengine: z.string().nullable(),
  }),
  placement: z.object({ relayCpus: z.string().nullable(), generatorCpu: z.number().nullable(), nice: z.number() }),
  /** Systems that were asked for and could not run, with the reason. */
  absent: z.array(z.object({ system: systemName, reason: z.string() })).readonly(),
  samples: z.array(sample).readonly(),
});

export type BenchResult = z.infer<typeof result>;
export type Sample = z.infer<typeof sample>;
export type LoadSample = z.infer<typeof loadSample>;
export type RateSample = z.infer<typeof rateSample>;
export type ControlSample = z.infer<typeof controlSample>;
export type MemorySample = z.infer<typeof memorySample>;
export type ChurnSample = z.infer<typeof churnSample>;
export type EnduranceSample = z.infer<typeof soakSample>;
export type OperationSample = z.infer<typeof operationSample>;

/** Throws when the text is not a result file of this format. */
export function parseResult(text: string): BenchResult {
  return result.parse(JSON.parse(text));
}
