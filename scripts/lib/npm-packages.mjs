import fs from 'node:fs';
import { inRoot, root } from './paths.mjs';
import { npm } from './run.mjs';

/** Brings node_modules to what package-lock.json says. Dependencies run no scripts of theirs. */
export function ensureNpmPackages() {
  if (installedAsLocked()) return;
  console.log('npm: installing the packages that package-lock.json names');
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: root });
}

/** npm keeps what it installed in node_modules/.package-lock.json. */
function installedAsLocked() {
  const locked = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (locked === null || installed === null) return false;
  return Object.entries(locked).every(([place, entry]) => {
    if (place === '') return true;
    const there = installed[place];
    if (there === undefined) return entry.optional === true || entry.devOptional === true;
    return there.version === entry.version && fs.existsSync(inRoot(place, 'package.json'));
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(fs.readFileSync(inRoot(file), 'utf8')).packages;
  } catch {
    return null;
  }
}
