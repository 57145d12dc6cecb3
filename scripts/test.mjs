/**
 * npm test: everything that `npm run check` does, then the seam, the integration and interop tests, engine and addon under
 * their sanitizers, and line coverage. The last line is `N passed, N failed`; N counts tests, each once, and a phase that
 * could not run counts as a failed one. Reports are left in build/reports and coverage/.
 */
import { countedAddonPhase, sanitizedAddonPhase, sanitizedRelayPhase, withAddon } from './lib/addon-phases.mjs';
import { coveragePhase } from './lib/coverage-phase.mjs';
import { fuzzBuildPhase, fuzzPhase } from './lib/fuzz-phase.mjs';
import { nativeBuildPhase, nativePhase } from './lib/native-phase.mjs';
import { runBeside, runPhases, summarise } from './lib/phase.mjs';
import { staticPhases } from './lib/phases.mjs';
import { forgetCoverage, processCoverageDir, vitestCoverage } from './lib/source-coverage.mjs';
import { tidyPhase } from './lib/tidy-phase.mjs';
import { vitestPhase } from './lib/vitest-phase.mjs';

/** Tests of processes on a machine that does other work, too, have a second try; the summary names those that needed it. */
const retry = '--retry=1';
/** The relay's processes that a test starts leave what they executed. */
const watched = { args: [retry], env: { NODE_V8_COVERAGE: processCoverageDir } };

/** What keeps time, and must not be disturbed. */
const tests = [
  vitestPhase('unit', 300, ['unit'], { args: vitestCoverage('unit') }),
  vitestPhase('bridge', 180, ['bridge'], { args: vitestCoverage('bridge') }),
  vitestPhase('integration', 900, ['integration'], watched),
  vitestPhase('interop', 900, ['interop'], watched),
  // Not watched: counting what is executed would slow the relay down under its floods.
  vitestPhase('attack', 400, ['attack'], { args: [retry] }),
];

/** What only has to be done, whenever there is time. */
const beside = [
  ...staticPhases(),
  vitestPhase('architecture', 300, ['architecture']),
  nativeBuildPhase(900, 'coverage', { configure: withAddon }),
  tidyPhase('coverage'),
  nativeBuildPhase(900, 'asan', { configure: withAddon }),
  nativeBuildPhase(900, 'tsan'),
  fuzzBuildPhase(900),
];

/** What needs those builds, and keeps time too. */
const afterwards = [
  nativePhase('native', 480, 'coverage', { configure: withAddon }),
  nativePhase('native under address and undefined-behaviour sanitizers', 480, 'asan', {
    configure: withAddon,
    repeat: true,
  }),
  nativePhase('native under thread sanitizer', 480, 'tsan', { repeat: true }),
  countedAddonPhase(),
  sanitizedAddonPhase(),
  sanitizedRelayPhase(),
  fuzzPhase({ seconds: 2 }),
  coveragePhase(),
];

/** Far above the 20 minutes that it should take on two cores: a slow machine is no failed test. */
const BOUND = 50 * 60_000;

forgetCoverage();
const together = await runBeside(tests, beside, BOUND);
process.exitCode = summarise([...together, ...(await runPhases(afterwards, 15 * 60_000))]);
