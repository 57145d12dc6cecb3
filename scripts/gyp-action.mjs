/**
 * The action of bindings.gyp.
 *
 *   node scripts/gyp-action.mjs --inputs             lists the sources, for the dependency check
 *   node scripts/gyp-action.mjs WORK_DIR PRODUCT     builds in WORK_DIR and copies the addon to PRODUCT
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureLibsrtp } from './fetch-libsrtp.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { listFiles } from './lib/stamp.mjs';

function build(workDir, product) {
  const work = path.resolve(workDir, 'cmake');
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const common = ['--out', work, '--config', 'Release', '--log-level', 'error'];
  run(process.execPath, [cmakeJs, 'configure', ...common, `--CDLIBSRTP_SOURCE_DIR=${ensureLibsrtp()}`], { cwd: root });
  run(process.execPath, [cmakeJs, 'build', ...common, '--parallel', String(os.availableParallelism())], { cwd: root });
  fs.mkdirSync(path.dirname(path.resolve(product)), { recursive: true });
  fs.copyFileSync(path.join(work, 'Release/srtp_anchor.node'), product);
}

const [first, second] = process.argv.slice(2);
if (first === '--inputs') console.log(listFiles(['native']).join('\n'));
else build(first, second);
