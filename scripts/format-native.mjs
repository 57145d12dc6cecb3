/** node scripts/format-native.mjs [--check]: clang-format over native code, its tests and its load generator. */
import { inRoot, root } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { listFiles } from './lib/stamp.mjs';

const files = listFiles(['native', 'test', 'bench/load_generator'], (file) => /\.(cc|h)$/.test(file));
const mode = process.argv.includes('--check') ? ['--dry-run', '--Werror'] : ['-i'];

try {
  if (files.length > 0) run('clang-format', [...mode, ...files.map((file) => inRoot(file))], { cwd: root });
} catch (error) {
  console.error(error.message.split('\n')[0].slice(0, 200));
  process.exitCode = 1;
}
