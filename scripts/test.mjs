/**
 * npm test: everything that `npm run check` does, then the seam, the integration and interop tests, engine and addon under
 * their sanitizers, and line coverage. The last line is `N passed, N failed`; N counts tests, each once, and a phase that
 * could not run counts as a failed one. Reports are left in build/reports and coverage/.
 */
import { countedAddonPhase, sanitizedAddonPhase, sanitizedRelayPhase, withAddon } from './lib/addon-phases.mjs';
import { coveragePhase } from './lib/coverage-phase.mjs';
import { fuzzPhase } from './lib/fuzz-phase.mjs';
import { nativePhase } from './lib/native-phase.mjs';
import { runPhases, summarise } from './lib/phase.mjs';
import { staticPhases } from './lib/phases.mjs';
import { forgetCoverage, processCoverageDir, vitestCoverage } from './lib/source-coverage.mjs';
import { tidyPhase } from './lib/tidy-phase.mjs';
import { vitestPhase } from './lib/vitest-phase.mjs';

/** The relay's processes that a test starts leave what they executed. */
const watched = { env: { NODE_V8_COVERAGE: processCoverageDir } };

const phases = [
  ...staticPhases(),
  vitestPhase('architecture', 60, ['architecture']),
  vitestPhase('unit', 300, ['unit'], { args: vitestCoverage('unit') }),
  nativePhase('native', 480, 'coverage', { configure: withAddon }),
  tidyPhase('coverage'),
  vitestPhase('bridge', 180, ['bridge'], { args: vitestCoverage('bridge') }),
  vitestPhase('integration', 720, ['integration'], watched),
  vitestPhase('interop', 720, ['interop'], watched),
  // Not watched: counting what is executed would slow the relay down under its floods.
  vitestPhase('attack', 300, ['attack']),
  countedAddonPhase(),
  nativePhase('native under address and undefined-behaviour sanitizers', 480, 'asan', {
    configure: withAddon,
    repeat: true,
  }),
  sanitizedAddonPhase(),
  sanitizedRelayPhase(),
  nativePhase('native under thread sanitizer', 480, 'tsan', { repeat: true }),
  fuzzPhase({ seconds: 3 }),
  coveragePhase(),
];

forgetCoverage();
process.exitCode = summarise(await runPhases(phases, 19.5 * 60_000));
