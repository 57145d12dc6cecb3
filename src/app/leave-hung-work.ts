import { loadAddon } from '../relay/addon.js';

/** Long enough for what was written to be passed on. */
const PATIENCE_MILLISECONDS = 1_000;

/**
 * All is done, yet the process ends only when the thread pool is empty, and there may be work that never ends: a name
 * that no resolver answers, a line for a log that nobody reads. `process.exit` would wait for it too.
 */
export function leaveHungWork(code: number): number {
  setTimeout(() => loadAddon().endProcess(code), PATIENCE_MILLISECONDS).unref();
  return code;
}
