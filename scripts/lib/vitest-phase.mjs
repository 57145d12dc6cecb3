import fs from 'node:fs';
import { buildDir, inRoot } from './paths.mjs';
import { execute, tool } from './phase.mjs';

/**
 * One vitest run over some of its projects, counted from the report that it writes. `args` may name test files. A repeat
 * of tests that were counted adds failures only. The names of tests that failed, or needed a second try, are told.
 */
export function vitestPhase(name, seconds, projects, { args = [], env = {}, repeat = false } = {}) {
  const run = async (deadline) => {
    const report = `${buildDir}/reports/${name.replaceAll(' ', '-')}.json`;
    const verdict = report.replace(/json$/, 'verdict.json');
    for (const file of [report, verdict]) fs.rmSync(file, { force: true });
    const [command, ...rest] = tool(
      'vitest/vitest.mjs',
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--reporter=${inRoot('scripts/lib/verdict-reporter.mjs')}`,
      `--outputFile.json=${report}`,
      '--passWithNoTests',
      ...args,
    );
    const code = await execute(command, rest, deadline, { ...env, VERDICT_FILE: verdict });
    if (!fs.existsSync(report)) return { failed: 1, note: `vitest wrote no report (exit code ${code})` };
    const counted = { ...count(readJson(report), code), details: detailsOf(readJson(verdict)) };
    return repeat ? { ...counted, passed: 0, note: `${counted.passed} tests again ${counted.note}` } : counted;
  };
  return { name, seconds, run };
}

function readJson(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
}

function detailsOf({ failed = [], secondTry = [] }) {
  return [...failed.map((what) => `failed: ${what}`), ...secondTry.map((what) => `passed at the second try: ${what}`)];
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
