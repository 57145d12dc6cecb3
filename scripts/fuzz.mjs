/**
 * npm run fuzz -- [--seconds N] [--target NAME] [--seed N]
 *
 * Every fuzz target for N seconds each (60 unless told): libFuzzer over the native code, properties over mutated vectors
 * in TypeScript. Findings are left in test/fuzz/crashers, new native inputs in build/fuzz/corpus, and the number of
 * executions of each target in build/fuzz/report.json.
 */
import { parseArgs } from 'node:util';
import { fuzzPhase } from './lib/fuzz-phase.mjs';
import { runPhases, summarise } from './lib/phase.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, target: { type: 'string' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);

if (!Number.isInteger(seconds) || seconds < 1) {
  console.error('--seconds: a whole number of seconds for each target');
  process.exitCode = 2;
} else {
  const phase = fuzzPhase({ seconds, target: values.target, seed: values.seed });
  process.exitCode = summarise(await runPhases([phase], phase.seconds * 1000));
}
