import path from 'node:path';
import { presetDir } from './native-phase.mjs';
import { output } from './run.mjs';
import { vitestPhase } from './vitest-phase.mjs';

/** The seam's tests that exercise the addon's code; what is left out looks at how the release is built. */
const files = ['closes', 'environments-end', 'refuses-wrong-types', 'relays-packets', 'tables'].map(
  (name) => `test/bridge/${name}.test.ts`,
);

function addonOf(preset) {
  return { SRTP_ANCHOR_ADDON: path.join(presetDir(preset), 'native/addon/srtp_anchor.node') };
}

/** What a sanitizer's preset needs to build the addon as well. */
export const withAddon = ['-DANCHOR_ADDON=ON'];

/** The seam's tests again, in the build that counts executed lines. */
export function countedAddonPhase() {
  return vitestPhase('bridge with counted lines', 180, ['bridge'], {
    args: files,
    env: addonOf('coverage'),
    repeat: true,
  });
}

/** What makes a Node process that loads the addon of build-asan report at the first fault and end. */
function sanitizerEnvironment() {
  const runtime = ['libasan.so', 'libubsan.so'].map((name) =>
    (output('g++', [`-print-file-name=${name}`]) ?? name).trim(),
  );
  return {
    // Node itself is not instrumented, so that the runtime must be there first; what V8 keeps to the end is no leak of ours.
    LD_PRELOAD: runtime.join(' '),
    ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1',
    UBSAN_OPTIONS: 'print_stacktrace=1',
  };
}

/** The seam's tests again, with the addon and the engine under the address and undefined-behaviour sanitizers. */
export function sanitizedAddonPhase() {
  const env = { ...addonOf('asan'), ...sanitizerEnvironment() };
  return vitestPhase('bridge under sanitizers', 240, ['bridge'], { args: files, env, repeat: true });
}

/** Calls through the whole relay process, in the same build; the test's own process is as always. */
export function sanitizedRelayPhase() {
  const environment = { ...addonOf('asan'), ...sanitizerEnvironment() };
  const env = { ANCHOR_RELAY_ENVIRONMENT: JSON.stringify(environment) };
  return vitestPhase('relay under sanitizers', 180, ['sanitizers'], { env });
}
