import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureLibsrtp } from '../fetch-libsrtp.mjs';
import { fuzzTable, readFuzzerLog } from './fuzz-report.mjs';
import { buildDir, inRoot } from './paths.mjs';
import { execute } from './phase.mjs';
import { output } from './run.mjs';
import { vitestPhase } from './vitest-phase.mjs';

const nativeBuild = inRoot('build-fuzz');
const reportFile = path.join(buildDir, 'fuzz/report.json');

/** The native targets, one a file. */
export const nativeTargets = fs
  .readdirSync(inRoot('test/fuzz/native'))
  .flatMap((name) => /^(.+)_fuzzer\.cc$/.exec(name)?.[1] ?? [])
  .sort();

/** The TypeScript targets, one a file. */
export const scriptTargets = fs
  .readdirSync(inRoot('test/fuzz/typescript/targets'))
  .map((name) => name.replace(/\.ts$/, ''))
  .sort();

const buildSeconds = 420;

/** Builds the native targets, runs none. */
export function fuzzBuildPhase(seconds) {
  const run = async (deadline) => ({ failed: (await buildNative(deadline)) ? 0 : 1 });
  return { name: 'build fuzz', seconds, run };
}

/**
 * All targets, or the one named, for so many seconds or executions each, whichever is over first. Fails when one finds
 * something, or could not be run.
 */
export function fuzzPhase({ seconds, executions = null, target, seed = String(Math.floor(Date.now() / 86_400_000)) }) {
  const native = nativeTargets.filter((name) => target === undefined || name === target);
  const script = scriptTargets.filter((name) => target === undefined || name === target);
  const run = async (deadline) => {
    if (native.length + script.length === 0)
      return { failed: 1, note: `no target ${target}: ${[...nativeTargets, ...scriptTargets].join(', ')}` };
    const results = [];
    if (native.length > 0) {
      if (!(await buildNative(deadline))) return { failed: 1, note: 'the native targets could not be built' };
      for (const name of native) results.push(await runNative(name, { seconds, executions, seed }, deadline));
    }
    if (script.length > 0) results.push(...(await runScripts(script, { seconds, executions, target, seed }, deadline)));
    return report(results);
  };
  return { name: 'fuzz', seconds: buildSeconds + (native.length + script.length) * (seconds + 10), run };
}

/** What must hold for any body, over so many generated ones each; the unit tests do it with some hundred. */
export function generatedBodiesPhase(bodies) {
  return vitestPhase(`properties over ${bodies} generated bodies`, 3600, ['unit'], {
    args: ['test/unit/negotiation/holds-for-any-body.test.ts', '--testTimeout=3600000'],
    env: { SRTP_ANCHOR_PROPERTY_RUNS: String(bodies) },
  });
}

async function buildNative(deadline) {
  const options = ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DANCHOR_FUZZ=ON', '-DANCHOR_SANITIZE=address,undefined'];
  const compilers = ['-DCMAKE_C_COMPILER=clang', '-DCMAKE_CXX_COMPILER=clang++'];
  const source = `-DLIBSRTP_SOURCE_DIR=${ensureLibsrtp()}`;
  const configure = ['-S', '.', '-B', nativeBuild, '--log-level=WARNING', ...options, ...compilers, source];
  if ((await execute('cmake', configure, deadline)) !== 0) return false;
  const build = ['--build', nativeBuild, '--parallel', String(os.availableParallelism())];
  return (await execute('cmake', build, deadline)) === 0;
}

/** Where a block was allocated and freed is of use after a finding, and dear before: replay the crasher to see it. */
const environment = { ASAN_OPTIONS: 'malloc_context_size=1:quarantine_size_mb=16' };

/** libFuzzer's own corpus grows in build/; the committed one is read only. */
async function runNative(name, { seconds, executions, seed }, deadline) {
  const corpus = path.join(buildDir, 'fuzz/corpus', name);
  const crashers = inRoot('test/fuzz/crashers', name);
  const log = path.join(buildDir, 'fuzz', `${name}.log`);
  fs.mkdirSync(corpus, { recursive: true });
  const limits = [`-max_total_time=${seconds}`, `-seed=${seed}`, '-timeout=5', '-rss_limit_mb=1024', '-max_len=2048'];
  if (executions !== null) limits.push(`-runs=${executions}`);
  const artifacts = `-artifact_prefix=${path.join(buildDir, 'fuzz', `${name}-`)}`;
  const inputs = [corpus, inRoot('test/fuzz/corpus', name), ...(fs.existsSync(crashers) ? [crashers] : [])];
  const program = path.join(nativeBuild, 'test/fuzz/native', `fuzz_${name}`);
  const args = [...limits, artifacts, '-print_final_stats=1', ...inputs];
  // The log holds thousands of lines; only what says something is shown.
  const code = await execute('sh', ['-c', 'exec "$@" >"$0" 2>&1', log, program, ...args], deadline, environment);
  const text = fs.readFileSync(log, 'utf8');
  const finding = code === 0 ? null : tail(text);
  if (finding !== null) keepArtifacts(name, crashers);
  return { target: name, kind: 'libFuzzer', seed: Number(seed), ...readFuzzerLog(text), finding };
}

function tail(text) {
  const lines = text.trimEnd().split('\n');
  const from = lines.findIndex((line) => /does not hold|ERROR|runtime error/.test(line));
  return lines
    .slice(from < 0 ? -20 : from)
    .slice(0, 40)
    .join('\n');
}

/** What ended a target becomes a test. */
function keepArtifacts(name, crashers) {
  const folder = path.join(buildDir, 'fuzz');
  for (const file of fs.readdirSync(folder).filter((one) => one.startsWith(`${name}-`))) {
    fs.mkdirSync(crashers, { recursive: true });
    fs.renameSync(path.join(folder, file), path.join(crashers, file.slice(name.length + 1).slice(0, 24)));
  }
}

async function runScripts(names, { seconds, executions, target, seed }, deadline) {
  const folder = path.join(buildDir, 'fuzz/typescript');
  fs.rmSync(folder, { recursive: true, force: true });
  const env = { ANCHOR_FUZZ_SECONDS: String(seconds), ANCHOR_FUZZ_SEED: String(seed) };
  if (executions !== null) env.ANCHOR_FUZZ_EXECUTIONS = String(executions);
  if (target !== undefined) env.ANCHOR_FUZZ_TARGET = target;
  const outcome = await vitestPhase('fuzz', 0, ['fuzz'], { env }).run(deadline);
  const results = names.map((name) => readResult(folder, name));
  // Something failed that is no finding: a seed, a former crasher, or the run itself.
  if (outcome.failed > 0 && results.every(({ finding }) => finding === null))
    results[0].finding = 'see the output above';
  return results;
}

function readResult(folder, name) {
  const file = path.join(folder, `${name}.json`);
  if (!fs.existsSync(file))
    return { target: name, kind: 'properties', seconds: 0, executions: 0, finding: 'it did not run' };
  return { kind: 'properties', ...JSON.parse(fs.readFileSync(file, 'utf8')) };
}

function report(results) {
  const revision = (output('git', ['rev-parse', '--short', 'HEAD']) ?? '').trim();
  fs.writeFileSync(reportFile, `${JSON.stringify({ revision, targets: results }, null, 2)}\n`);
  console.log(`\n${fuzzTable(results)}\n`);
  for (const { target, finding } of results) {
    if (finding !== null) console.log(`${target}: ${finding}`);
  }
  // A target that executed nothing has shown nothing.
  const failed = results.filter(({ executions, finding }) => finding !== null || executions === 0).length;
  return { passed: results.length - failed, failed, note: `${path.relative(inRoot(), reportFile)}` };
}
