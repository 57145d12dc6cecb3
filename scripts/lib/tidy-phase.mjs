import fs from 'node:fs';
import os from 'node:os';
import { presetDir } from './native-phase.mjs';
import { buildDir } from './paths.mjs';
import { execute } from './phase.mjs';
import { hashFiles, isStamped, listFiles, writeStamp } from './stamp.mjs';

const filesAtATime = '4';

/** clang-tidy over native/, with the compile commands of a preset that was built before; skipped while nothing changed. */
export function tidyPhase(preset) {
  const run = async (deadline) => {
    const sources = listFiles(['native', '.clang-tidy'], (file) => /(\.cc|\.h|\.clang-tidy)$/.test(file));
    const stamp = hashFiles(sources);
    if (isStamped('tidy', stamp)) return { note: 'unchanged since it was clean' };
    const list = `${buildDir}/reports/tidy-files`;
    fs.mkdirSync(`${buildDir}/reports`, { recursive: true });
    fs.writeFileSync(list, sources.filter((file) => file.endsWith('.cc')).join('\n'));
    const tidy = ['clang-tidy', '-p', presetDir(preset), '--quiet'];
    const jobs = String(os.availableParallelism());
    // Findings go to standard output; standard error counts what was suppressed in system headers.
    const shell = ['-c', 'exec "$@" 2>/dev/null', 'sh', 'xargs', '-a', list, '-P', jobs, '-n', filesAtATime, ...tidy];
    const code = await execute('sh', shell, deadline);
    if (code === 0) writeStamp('tidy', stamp);
    return { failed: code === 0 ? 0 : 1 };
  };
  return { name: 'native lint', seconds: 900, run };
}
