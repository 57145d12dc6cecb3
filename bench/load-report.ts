import { z } from 'zod';

const histogram = z.object({
  samples: z.number(),
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  p999: z.number(),
  max: z.number(),
  mean: z.number(),
});

const group = z.object({
  name: z.string(),
  kind: z.enum(['rtp', 'rtcp']),
  counted: z.boolean(),
  streams: z.number(),
  rate: z.number(),
  sent: z.number(),
  received: z.number(),
  lost: z.number(),
  warmup_sent: z.number(),
  warmup_lost: z.number(),
  streams_with_loss: z.number(),
  unsent: z.number(),
  duplicates: z.number(),
  reordered: z.number(),
  wrong_length: z.number(),
  unplanned: z.number(),
  verified: z.number(),
  failed_authentication: z.number(),
  altered: z.number(),
  latency_us: histogram,
});

const watched = z.object({
  pid: z.number(),
  cpu_ns: z.number(),
  timeslices: z.number(),
  resident_kb: z.number(),
  threads: z.array(
    z.object({ tid: z.number(), name: z.string(), cpu_ns: z.number(), wait_ns: z.number(), timeslices: z.number() }),
  ),
});

/** What anchor_load writes (bench/load_generator/report.cc). Counts are of the window, without the warm-up. */
const loadReport = z.object({
  version: z.literal(1),
  groups: z.array(group),
  window: z.object({ seconds: z.number(), sent: z.number(), received: z.number(), bytes: z.number() }),
  generator: z.object({
    cpu_seconds: z.number(),
    busy_share: z.number(),
    busy_per_packet_us: z.number(),
    preencrypted: z.boolean(),
    receive_drops: z.number(),
    unknown_datagrams: z.number(),
    lateness_us: histogram,
    limited: z.boolean(),
    limits: z.array(z.string()),
  }),
  watched: z.array(watched),
});

export type LoadReport = z.infer<typeof loadReport>;
export type LoadGroup = z.infer<typeof group>;

/** Throws when the text is not such a report. */
export function readLoadReport(text: string): LoadReport {
  return loadReport.parse(JSON.parse(text));
}
