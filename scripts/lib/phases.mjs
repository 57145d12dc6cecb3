/** The phases that `npm run check` and `npm test` share. Bounds are seconds, several times what they take on 2 cores. */
import { commandPhase, tool } from './phase.mjs';

const prettier = tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.');
const clangFormat = [process.execPath, 'scripts/format-native.mjs', '--check'];
const eslint = tool(
  'eslint/bin/eslint.js',
  '--cache',
  '--cache-location',
  'build/eslint-cache',
  '--max-warnings',
  '0',
  '.',
);
const typeScript = tool('typescript/bin/tsc', '-p', 'tsconfig.test.json');

export function staticPhases() {
  return [
    commandPhase('format', 120, [prettier, clangFormat]),
    commandPhase('lint', 240, [eslint]),
    commandPhase('types', 120, [typeScript]),
  ];
}
