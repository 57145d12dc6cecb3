import fs from 'node:fs';
import { buildDir } from './paths.mjs';
import { execute, tool } from './phase.mjs';

/**
 * One vitest run over some of its projects, counted from the report that it writes. `args` may name test files. A repeat
 * of tests that were counted adds failures only.
 */
export function vitestPhase(name, seconds, projects, { args = [], env = {}, repeat = false } = {}) {
  const run = async (deadline) => {
    const report = `${buildDir}/reports/${name.replaceAll(' ', '-')}.json`;
    fs.rmSync(report, { force: true });
    const [command, ...rest] = tool(
      'vitest/vitest.mjs',
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      '--passWithNoTests',
      ...args,
    );
    const code = await execute(command, rest, deadline, env);
    if (!fs.existsSync(report)) return { failed: 1, note: `vitest wrote no report (exit code ${code})` };
    const counted = count(JSON.parse(fs.readFileSync(report, 'utf8')), code);
    return repeat ? { ...counted, passed: 0, note: `${counted.passed} tests again ${counted.note}` } : counted;
  };
  return { name, seconds, run };
}

function count(report, code) {
  // A file that could not be loaded has no tests to fail; a skipped test has shown nothing.
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const skipped = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + unloaded + skipped;
  const passed = report.numPassedTests;
  if (failed === 0 && code !== 0) return { passed, failed: 1, note: `exit code ${code}: an error outside the tests` };
  return { passed, failed, note: skipped === 0 ? '' : `${skipped} skipped` };
}
