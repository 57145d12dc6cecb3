/**
 * npm test: everything that `npm run check` does, then the seam, the integration and interop tests, the engine under its
 * sanitizers, and line coverage. The last line is `N passed, N failed`; N counts tests, each once, and a phase that could
 * not run counts as a failed one. Reports are left in build/reports and coverage/.
 */
import { coveragePhase } from './lib/coverage-phase.mjs';
import { nativePhase } from './lib/native-phase.mjs';
import { runPhases, summarise } from './lib/phase.mjs';
import { staticPhases } from './lib/phases.mjs';
import { vitestPhase } from './lib/vitest-phase.mjs';

const phases = [
  ...staticPhases(),
  vitestPhase('architecture', 60, ['architecture']),
  vitestPhase('unit', 300, ['unit'], { args: ['--coverage'] }),
  nativePhase('native', 600, 'coverage'),
  vitestPhase('bridge', 240, ['bridge']),
  vitestPhase('integration', 480, ['integration']),
  vitestPhase('interop', 480, ['interop']),
  nativePhase('native under address and undefined-behaviour sanitizers', 300, 'asan', { repeat: true }),
  nativePhase('native under thread sanitizer', 300, 'tsan', { repeat: true }),
  coveragePhase(),
];

process.exitCode = summarise(await runPhases(phases, 19 * 60_000));
