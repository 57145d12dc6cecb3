import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { buildDir, inRoot, root } from './paths.mjs';

/** What a phase came to. Tests that could not run count as failed ones: `failed` is at least 1 when anything went wrong. */
export function outcome(name, { passed = 0, failed = 0, note = '', details = [] } = {}) {
  return { name, passed, failed, note, details, seconds: 0 };
}

/** Runs phases one after the other, each within its own bound and the common one, and says how they went. */
export async function runPhases(phases, totalMilliseconds) {
  const end = Date.now() + totalMilliseconds;
  const outcomes = [];
  for (const phase of phases) {
    const started = Date.now();
    console.log(`\n▸ ${phase.name}`);
    const bound = Math.min(phase.seconds * 1000, end - started);
    const result = await attempt(phase, bound);
    result.seconds = (Date.now() - started) / 1000;
    console.log(line(result));
    outcomes.push(result);
  }
  return outcomes;
}

/**
 * Runs two lists of phases at the same time. The second stands back: lowest priority, its output in build/reports and
 * shown only where it failed. Tests that keep time go into the first, builds and checks into the second.
 */
export async function runBeside(foremost, background, totalMilliseconds) {
  fs.mkdirSync(`${buildDir}/reports`, { recursive: true });
  const log = `${buildDir}/reports/background.log`;
  const quiet = { log: fs.openSync(log, 'w') };
  const both = [
    runPhases(foremost, totalMilliseconds),
    lane.run(quiet, () => runPhases(background, totalMilliseconds)),
  ];
  const [first, second] = await Promise.all(both);
  fs.closeSync(quiet.log);
  if (second.some(({ failed }) => failed > 0)) console.log(`\n${lastLines(fs.readFileSync(log, 'utf8'))}`);
  return [...first, ...second];
}

function lastLines(text) {
  return text.split('\n').slice(-400).join('\n');
}

async function attempt(phase, milliseconds) {
  if (milliseconds <= 0) return outcome(phase.name, { failed: 1, note: 'no time left' });
  try {
    return { ...outcome(phase.name), ...(await phase.run(Date.now() + milliseconds)) };
  } catch (error) {
    return outcome(phase.name, { failed: 1, note: error.message });
  }
}

function line({ name, passed, failed, note, seconds }) {
  const counts = passed + failed === 0 ? 'ok' : `${passed} passed, ${failed} failed`;
  return `  ${failed === 0 ? '✓' : '✗'} ${name}: ${counts} (${seconds.toFixed(1)} s)${note === '' ? '' : `  ${note}`}`;
}

/** The table of all phases and, as the very last line, the sum. Returns the exit code. */
export function summarise(outcomes) {
  console.log('\nSummary');
  for (const result of outcomes) {
    console.log(line(result));
    for (const detail of result.details) console.log(`      ${detail}`);
  }
  const sum = (key) => outcomes.reduce((total, result) => total + result[key], 0);
  const seconds = Math.round(process.uptime());
  console.log(`  ${Math.floor(seconds / 60)} min ${seconds % 60} s in all\n`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}

/** Descriptor for the output of what stands back; undefined for what is shown. */
const lane = new AsyncLocalStorage();

/** Children run in sessions of their own, and the kernel shares its time among sessions first: both must step back. */
const STANDING_BACK = 'echo 19 > /proc/self/autogroup 2> /dev/null; exec nice -n 19 "$@"';

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of running) end(child);
    process.exit(130);
  });
}

function end(child) {
  try {
    // The group: what the command started goes with it.
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Runs a command with its output shown; resolves with its exit code, or throws when it outlives the deadline. */
export function execute(command, args, deadline, env = {}) {
  const { log = 'inherit' } = lane.getStore() ?? {};
  const [program, ...rest] =
    log === 'inherit' ? [command, ...args] : ['sh', '-c', STANDING_BACK, 'sh', command, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    running.add(child);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end(child);
    }, deadline - Date.now());
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      if (late) reject(new Error(`${command}: stopped, it took too long`));
      else resolve(code ?? 1);
    });
  });
}

/** A phase that is no test: it fails as one, and adds nothing when it passes. */
export function commandPhase(name, seconds, commands) {
  const run = async (deadline) => {
    let failed = 0;
    for (const [command, ...args] of commands) {
      if ((await execute(command, args, deadline)) !== 0) failed = 1;
    }
    return { failed };
  };
  return { name, seconds, run };
}

/** A program of node_modules, as a command. */
export function tool(file, ...args) {
  return [process.execPath, inRoot('node_modules', file), ...args];
}
