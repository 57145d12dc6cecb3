/**
 * npm run fuzz -- [--seconds N] [--executions N] [--target NAME] [--seed N]
 *
 * Every fuzz target for N seconds each (60 unless told), or until it has executed so many inputs: libFuzzer over the
 * native code, properties over mutated vectors in TypeScript. Then, unless one target is named, the properties of
 * negotiation over 100,000 (or N) bodies made from nothing. Findings are left in test/fuzz/crashers, new native inputs
 * in build/fuzz/corpus. The table at the end, executions and how coverage grew, is in build/fuzz/report.json too.
 */
import { parseArgs } from 'node:util';
import { fuzzPhase, generatedBodiesPhase } from './lib/fuzz-phase.mjs';
import { runPhases, summarise } from './lib/phase.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    executions: { type: 'string' },
    target: { type: 'string' },
    seed: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const executions = values.executions === undefined ? null : Number(values.executions);
const whole = (number) => Number.isInteger(number) && number >= 1;

if (!whole(seconds) || (executions !== null && !whole(executions))) {
  console.error('--seconds, --executions: whole numbers, for each target');
  process.exitCode = 2;
} else {
  const { target, seed } = values;
  const phases = [fuzzPhase({ seconds, executions, target, seed })];
  if (target === undefined) phases.push(generatedBodiesPhase(executions ?? 100_000));
  const total = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  process.exitCode = summarise(await runPhases(phases, total * 1000));
}
