import { z } from 'zod';
import type { Bench } from '../bench.js';
import { Child } from '../child.js';
import type { OperationSample } from '../result.js';

const report = z.object({
  version: z.literal(1),
  cases: z.array(
    z.object({
      source: z.string(),
      suite: z.string(),
      operation: z.string(),
      payload: z.number(),
      median_ns: z.number(),
      rounds_ns: z.array(z.number()),
    }),
  ),
});

/** Protect and unprotect of the product's sessions, beside OpenSSL's primitives in the same process. */
export async function measureCrypto(bench: Bench, secondsPerRound: number): Promise<OperationSample[]> {
  bench.progress.step('crypto micro-benchmark');
  const child = new Child(bench.tools.path('anchor_crypto_bench'), [String(secondsPerRound)], {
    cpus: bench.relayCpus,
    nice: bench.placement.nice,
  });
  const { cases } = report.parse(JSON.parse(await child.output()));
  return cases.map((item) => ({
    measure: 'crypto',
    source: item.source,
    subject: item.suite,
    operation: item.operation,
    octets: item.payload,
    medianNanoseconds: item.median_ns,
    roundsNanoseconds: item.rounds_ns,
  }));
}
