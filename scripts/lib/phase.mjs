import { spawn } from 'node:child_process';
import { inRoot, root } from './paths.mjs';

/** What a phase came to. Tests that could not run count as failed ones: `failed` is at least 1 when anything went wrong. */
export function outcome(name, { passed = 0, failed = 0, note = '' } = {}) {
  return { name, passed, failed, note, seconds: 0 };
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
  for (const result of outcomes) console.log(line(result));
  const sum = (key) => outcomes.reduce((total, result) => total + result[key], 0);
  const seconds = Math.round(sum('seconds'));
  console.log(`  ${Math.floor(seconds / 60)} min ${seconds % 60} s\n`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}

let current = null;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    end(current);
    process.exit(130);
  });
}

function end(child) {
  try {
    // The group: what the command started goes with it.
    if (child !== null) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Runs a command with its output shown; resolves with its exit code, or throws when it outlives the deadline. */
export function execute(command, args, deadline, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    current = child;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end(child);
    }, deadline - Date.now());
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      current = null;
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
