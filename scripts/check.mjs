/** npm run check: format, lint, types, unit, architecture and native tests. Minutes, and nothing but this machine. */
import { withAddon } from './lib/addon-phases.mjs';
import { nativePhase } from './lib/native-phase.mjs';
import { runPhases, summarise } from './lib/phase.mjs';
import { staticPhases } from './lib/phases.mjs';
import { tidyPhase } from './lib/tidy-phase.mjs';
import { vitestPhase } from './lib/vitest-phase.mjs';

const phases = [
  ...staticPhases(),
  vitestPhase('unit', 300, ['unit']),
  vitestPhase('architecture', 60, ['architecture']),
  nativePhase('native', 600, 'debug', { configure: withAddon }),
  tidyPhase('debug'),
];

process.exitCode = summarise(await runPhases(phases, 15 * 60_000));
