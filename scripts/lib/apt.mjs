import { spawnSync } from 'node:child_process';
import { output } from './run.mjs';
import { packagesFor } from './system-packages.mjs';

/** Alternatives lists of which none is installed; null where there is no dpkg to ask. */
export function missingPackages(mode) {
  const wanted = packagesFor(mode);
  const answer = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...wanted.flat()], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (answer.error) return null;
  const installed = new Set();
  for (const line of answer.stdout.split('\n')) {
    const [name, status] = line.split(' ');
    if (status === 'installed') installed.add(name);
  }
  return wanted.filter((names) => !names.some((name) => installed.has(name)));
}

/** Installs what a mode lacks, as root or by sudo without a password; else throws with the command to run. */
export function ensurePackages(mode) {
  const missing = missingPackages(mode);
  if (missing === null) {
    console.log(
      `setup: no dpkg here; taking for granted: ${packagesFor(mode)
        .map((names) => names[0])
        .join(' ')}`,
    );
    return;
  }
  if (missing.length === 0) return;
  const prefix = becomeRoot();
  if (prefix === null)
    throw new Error(`system packages are missing. Run this, then try again:\n\n${commandFor(missing)}\n`);
  install(missing, prefix);
}

export function commandFor(missing) {
  const names = missing.map((alternatives) => alternatives[0]).join(' ');
  return `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`;
}

function becomeRoot() {
  if (process.getuid() === 0) return [];
  return output('sudo', ['-n', 'true']) === null ? null : ['sudo', '-n'];
}

function install(missing, prefix) {
  let names = choose(missing);
  if (names === null) {
    apt(prefix, ['update', '-q']);
    names = choose(missing) ?? missing.map((alternatives) => alternatives[0]);
  }
  console.log(`setup: installing ${names.join(' ')}`);
  const args = ['install', '-y', '-q', '--no-install-recommends', ...names];
  if (apt(prefix, args)) return;
  // The lists may be older than the mirror.
  apt(prefix, ['update', '-q']);
  if (!apt(prefix, args))
    throw new Error(`apt-get could not install what is missing. Try:\n\n${commandFor(missing)}\n`);
}

/** One installable name for each list; null when apt knows none for some, as before the first `update`. */
function choose(missing) {
  const chosen = missing.map((alternatives) => alternatives.find(isInstallable));
  return chosen.includes(undefined) ? null : chosen;
}

function isInstallable(name) {
  return /Candidate: (?!\(none\))/.test(
    output('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } }) ?? '',
  );
}

function apt(prefix, args) {
  // RUNLEVEL=1: what is installed for the tests must not start as a service.
  const environment = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
  const [command, ...rest] = [...prefix, 'env', ...environment, 'apt-get', ...args];
  return spawnSync(command, rest, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
