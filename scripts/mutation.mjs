/**
 * npm run mutation -- [--only TEXT]
 *
 * Seeds the faults of test/mutation/faults.json one after the other into a copy of the project and runs the tests that
 * should notice. `--only`: those whose file or text contains it. A fault that no test notices is a test that is missing.
 * Outcomes are in build/mutation/report.json; the exit code is 0 when 95 % were caught.
 */
import { parseArgs } from 'node:util';
import { readFaults } from './lib/seeded-faults.mjs';
import { mutationPhase } from './lib/mutation-phase.mjs';
import { runPhases, summarise } from './lib/phase.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const { only } = values;
const faults = readFaults().filter(({ file, breaks }) => only === undefined || `${file} ${breaks}`.includes(only));
const phase = mutationPhase(faults);
process.exitCode = summarise(await runPhases([phase], phase.seconds * 1000));
