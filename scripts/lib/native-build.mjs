import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureLibsrtp } from '../fetch-libsrtp.mjs';
import { buildDir, inRoot, root } from './paths.mjs';
import { run } from './run.mjs';
import { hashFiles, isStamped, listFiles, writeStamp } from './stamp.mjs';

export const addonFile = path.join(buildDir, 'Release/srtp_anchor.node');

/** Builds build/Release/srtp_anchor.node with cmake-js, if a source of it has changed since the last time. */
export function ensureAddon() {
  const sources = hashFiles(
    listFiles(['CMakeLists.txt', 'native', 'vendor/libsrtp', 'scripts/lib/libsrtp-pin.json']),
    process.env.LIBSRTP_SOURCE_DIR ?? '',
    process.arch,
  );
  if (fs.existsSync(addonFile) && isStamped('addon', sources)) return;
  buildAddon();
  writeStamp('addon', sources);
}

function buildAddon() {
  const libsrtp = ensureLibsrtp();
  forgetMovedCache();
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const common = ['--out', buildDir, '--config', 'Release', '--log-level', 'error'];
  console.log('native: building srtp_anchor.node');
  run(process.execPath, [cmakeJs, 'configure', ...common, `--CDLIBSRTP_SOURCE_DIR=${libsrtp}`], { cwd: root });
  run(process.execPath, [cmakeJs, 'build', ...common, '--parallel', String(os.availableParallelism())], { cwd: root });
}

/** CMake refuses a cache that was made elsewhere: a checkout that was copied or moved starts afresh. */
function forgetMovedCache() {
  const cache = path.join(buildDir, 'CMakeCache.txt');
  if (!fs.existsSync(cache)) return;
  if (fs.readFileSync(cache, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${root}\n`)) return;
  fs.rmSync(cache);
  fs.rmSync(path.join(buildDir, 'CMakeFiles'), { recursive: true, force: true });
}

export function isCheckout() {
  return fs.existsSync(inRoot('src'));
}
