/**
 * npm test: everything that `npm run check` does, then the seam, the integration and interop tests, the engine under its
 * sanitizers, and line coverage. The last line is `N passed, N failed`; N counts tests, each once, and a phase that could
 * not run counts as a failed one. Reports are left in build/reports and coverage/.
 */
import { coveragePhase } from './lib/coverage-phase.mjs';
import { nativePhase } from './lib/native-phase.mjs';
import { runPhases, summarise } from './lib/phase.mjs';
import { staticPhases } from './lib/phases.mjs';
import { forgetCoverage, processCoverageDir, vitestCoverage } from './lib/source-coverage.mjs';
import { vitestPhase } from './lib/vitest-phase.mjs';

/** The relay's processes that a test starts leave what they executed. */
const watched = { env: { NODE_V8_COVERAGE: processCoverageDir } };

const phases = [
  ...staticPhases(),
  vitestPhase('architecture', 60, ['architecture']),
  vitestPhase('unit', 300, ['unit'], { args: vitestCoverage('unit') }),
  nativePhase('native', 600, 'coverage'),
  vitestPhase('bridge', 300, ['bridge'], { args: vitestCoverage('bridge') }),
  vitestPhase('integration', 480, ['integration'], watched),
  vitestPhase('interop', 480, ['interop'], watched),
  nativePhase('native under address and undefined-behaviour sanitizers', 300, 'asan', { repeat: true }),
  nativePhase('native under thread sanitizer', 300, 'tsan', { repeat: true }),
  coveragePhase(),
];

forgetCoverage();
process.exitCode = summarise(await runPhases(phases, 19 * 60_000));
