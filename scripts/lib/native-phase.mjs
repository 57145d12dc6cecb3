import fs from 'node:fs';
import os from 'node:os';
import { buildDir, inRoot } from './paths.mjs';
import { execute } from './phase.mjs';

const jobs = String(os.availableParallelism());

/** Where a preset of CMakePresets.json builds. */
export function presetDir(preset) {
  return inRoot(`build-${preset}`);
}

/** Configures, builds and tests the engine as a preset says. A repeat of tests that were counted adds failures only. */
export function nativePhase(name, seconds, preset, { repeat = false, configure = [], env = {} } = {}) {
  const run = async (deadline) => {
    const steps = [
      ['cmake', '--preset', preset, '--log-level=WARNING', ...configure],
      ['cmake', '--build', '--preset', preset, '--parallel', jobs],
    ];
    for (const [command, ...args] of steps) {
      if ((await execute(command, args, deadline)) !== 0) return { failed: 1, note: `${command} ${args[0]} failed` };
    }
    return runTests(name, preset, deadline, repeat, env);
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

function count(report) {
  if (!fs.existsSync(report)) return { passed: 0, failed: 0 };
  const statuses = [...fs.readFileSync(report, 'utf8').matchAll(/<testcase [^>]*\bstatus="(\w+)"/g)].map(
    (match) => match[1],
  );
  const passed = statuses.filter((status) => status === 'run').length;
  return { passed, failed: statuses.length - passed };
}
