import fs from 'node:fs';
import os from 'node:os';
import { buildDir, inRoot } from './paths.mjs';
import { execute } from './phase.mjs';

const jobs = String(os.availableParallelism());

/** Where a preset of CMakePresets.json builds. */
export function presetDir(preset) {
  return inRoot(`build-${preset}`);
}

/** Configures and builds as a preset says, tests nothing: so that `nativePhase` has nothing left to build. */
export function nativeBuildPhase(seconds, preset, { configure = [] } = {}) {
  const run = async (deadline) => (await build(preset, configure, deadline)) ?? {};
  return { name: `build ${preset}`, seconds, run };
}

/** Null when all went well. */
async function build(preset, configure, deadline) {
  const steps = [
    ['cmake', '--preset', preset, '--log-level=WARNING', ...configure],
    ['cmake', '--build', '--preset', preset, '--parallel', jobs],
  ];
  for (const [command, ...args] of steps) {
    if ((await execute(command, args, deadline)) !== 0) return { failed: 1, note: `${command} ${args[0]} failed` };
  }
  return null;
}

/** Configures, builds and tests the engine as a preset says. A repeat of tests that were counted adds failures only. */
export function nativePhase(name, seconds, preset, { repeat = false, configure = [], env = {} } = {}) {
  const run = async (deadline) => {
    const unbuilt = await build(preset, configure, deadline);
    return unbuilt ?? runTests(name, preset, deadline, repeat, env);
  };
  return { name, seconds, run };
}

async function runTests(name, preset, deadline, repeat, env) {
  const report = `${buildDir}/reports/${name.replaceAll(' ', '-')}.xml`;
  fs.mkdirSync(`${buildDir}/reports`, { recursive: true });
  fs.rmSync(report, { force: true });
  const args = [
    '--preset',
    preset,
    '--no-tests=error',
    '--parallel',
    jobs,
    '--timeout',
    '120',
    '--output-junit',
    report,
  ];
  const code = await execute('ctest', args, deadline, env);
  const { passed, failed } = count(report);
  if (code !== 0 && failed === 0) return { passed, failed: 1, note: `ctest: exit code ${code}` };
  return repeat ? { failed, note: `${passed} tests again` } : { passed, failed };
}

/** Cases of doctest, from what each executable said last; one that said nothing (it crashed) counts by its fate. */
function count(report) {
  const counts = { passed: 0, failed: 0 };
  if (!fs.existsSync(report)) return counts;
  for (const [testcase] of fs.readFileSync(report, 'utf8').matchAll(/<testcase .*?<\/testcase>/gs)) {
    const cases = /test cases:\s*\d+\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed\s*\|\s*(\d+) skipped/.exec(testcase);
    const ran = /\bstatus="run"/.test(testcase);
    counts.passed += cases === null ? Number(ran) : Number(cases[1]);
    counts.failed += cases === null ? Number(!ran) : Number(cases[2]) + Number(cases[3]);
    // All cases passed and yet the executable failed: at exit, or by a sanitizer.
    if (!ran && cases !== null && counts.failed === 0) counts.failed = 1;
  }
  return counts;
}
