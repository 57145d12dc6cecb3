import { spawnSync } from 'node:child_process';

/** Runs a command with its output shown; throws with the command line when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (done.error) throw new Error(`${command}: ${done.error.message}`);
  if (done.status !== 0) {
    const how = done.signal ? `ended by ${done.signal}` : `exit code ${done.status}`;
    throw new Error(`${[command, ...args].join(' ')}: ${how}`);
  }
}

/** Standard output of a command, or null when it is missing or fails. */
export function output(command, args, options = {}) {
  const done = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8', ...options });
  return done.status === 0 ? done.stdout : null;
}

/** How to call npm: the one that runs us, else the one on the path. */
export function npm(args, options = {}) {
  const script = process.env.npm_execpath;
  if (script && /\.c?js$/.test(script)) run(process.execPath, [script, ...args], options);
  else run('npm', args, options);
}
