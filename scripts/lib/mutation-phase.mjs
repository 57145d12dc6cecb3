import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureLibsrtp } from '../fetch-libsrtp.mjs';
import { buildDir, inRoot } from './paths.mjs';
import { execute } from './phase.mjs';
import { output } from './run.mjs';
import { seed } from './seeded-faults.mjs';

const folder = path.join(buildDir, 'mutation');
const tree = path.join(folder, 'project');
const nativeBuild = path.join(folder, 'native');
const logFile = path.join(folder, 'last.log');

/** Tests of one room or folder; beyond that a fault made them hang. */
const JUDGE_MILLISECONDS = 300_000;
const TARGET = 0.95;

/** Seeds one fault after the other; fails when fewer than 95 % are caught, or one cannot be judged. */
export function mutationPhase(faults) {
  const run = async (deadline) => {
    if (faults.length === 0) return { failed: 1, note: 'no such fault' };
    copyProject();
    // Before anything is built: a list that is out of date is found at once.
    for (const fault of faults) seed(fs.readFileSync(inRoot(fault.file), 'utf8'), fault);
    await configureNative(faults, deadline);
    await checkBaseline(faults, deadline);
    const outcomes = [];
    for (const fault of faults) {
      const outcome = await judge(fault, deadline);
      console.log(`  ${outcome.padEnd(9)} ${fault.file}: ${fault.breaks}`);
      outcomes.push({ ...fault, outcome });
    }
    return report(outcomes);
  };
  return { name: 'mutation', seconds: 600 + faults.length * 60, run };
}

/** What git knows of, as it is now. A file that did not change is left alone, with its time, so that it is not built again. */
function copyProject() {
  const listed = output('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']).split('\0');
  const files = new Set(listed.filter((name) => fs.lstatSync(inRoot(name), { throwIfNoEntry: false })?.isFile()));
  fs.mkdirSync(tree, { recursive: true });
  for (const entry of fs.readdirSync(tree, { recursive: true, withFileTypes: true })) {
    const copy = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(path.relative(tree, copy))) fs.rmSync(copy);
  }
  for (const file of files) copyIfChanged(inRoot(file), path.join(tree, file));
  const packages = path.join(tree, 'node_modules');
  if (!fs.existsSync(packages)) fs.symlinkSync(inRoot('node_modules'), packages);
}

function copyIfChanged(from, to) {
  if (fs.existsSync(to) && fs.readFileSync(from).equals(fs.readFileSync(to))) return;
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
}

const isNative = ({ file }) => file.startsWith('native/');

async function configureNative(faults, deadline) {
  if (!faults.some(isNative)) return;
  // -w: what a fault leaves unused is no error.
  const flags = ['-DCMAKE_BUILD_TYPE=Debug', '-DANCHOR_TESTS=ON', '-DCMAKE_CXX_FLAGS=-w', '-DCMAKE_C_FLAGS=-w'];
  const source = `-DLIBSRTP_SOURCE_DIR=${ensureLibsrtp()}`;
  const code = await quietly(['cmake', '-S', '.', '-B', nativeBuild, ...flags, source], deadline);
  if (code !== 0) throw new Error(`the copy could not be configured, see ${logFile}`);
}

/** Without a fault the judges must find none, else their verdict says nothing. */
async function checkBaseline(faults, deadline) {
  for (const kind of [faults.filter(isNative), faults.filter((fault) => !isNative(fault))]) {
    if (kind.length === 0) continue;
    const everything = { file: kind[0].file, judges: [...new Set(kind.flatMap(({ judges }) => judges))] };
    const outcome = await runJudges(everything, deadline);
    if (outcome !== 'survived') throw new Error(`without a fault: ${outcome}, see ${logFile}`);
  }
}

async function judge(fault, deadline) {
  const file = path.join(tree, fault.file);
  const source = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, seed(source, fault));
  try {
    return await runJudges(fault, deadline);
  } finally {
    fs.writeFileSync(file, source);
  }
}

/** caught, hung (the tests did), survived, or unbuilt: that is no fault that a test could have caught. */
async function runJudges(fault, deadline) {
  if (!isNative(fault)) {
    const vitest = inRoot('node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--project', 'unit', '--bail', '1', ...fault.judges];
    return runTests([process.execPath, ...args]);
  }
  const targets = fault.judges.flatMap((room) => ['--target', `test_${room}`]);
  const parallel = String(os.availableParallelism());
  if ((await quietly(['cmake', '--build', nativeBuild, '--parallel', parallel, ...targets], deadline)) !== 0)
    return 'unbuilt';
  for (const room of fault.judges) {
    const program = path.join(nativeBuild, 'test/native', `test_${room}`);
    const outcome = await runTests([program, '--abort-after=1']);
    if (outcome !== 'survived') return outcome;
  }
  return 'survived';
}

async function runTests(command) {
  try {
    return (await quietly(command, Date.now() + JUDGE_MILLISECONDS)) === 0 ? 'survived' : 'caught';
  } catch {
    return 'hung';
  }
}

/** In the copy; what is said goes to a file that the next command overwrites. */
function quietly(command, deadline) {
  return execute('sh', ['-c', 'cd "$0" && exec "$@" > ../last.log 2>&1', tree, ...command], deadline);
}

function report(outcomes) {
  const of = (...wanted) => outcomes.filter(({ outcome }) => wanted.includes(outcome)).length;
  const caught = of('caught', 'hung');
  const ratio = caught / outcomes.length;
  const revision = (output('git', ['rev-parse', '--short', 'HEAD']) ?? '').trim();
  const text = JSON.stringify({ revision, seeded: outcomes.length, caught, outcomes }, null, 2);
  fs.writeFileSync(path.join(folder, 'report.json'), `${text}\n`);
  const note = `${caught} of ${outcomes.length} seeded faults caught, ${(100 * ratio).toFixed(1)} %`;
  return { failed: of('unbuilt') + (ratio < TARGET ? 1 : 0), note };
}
