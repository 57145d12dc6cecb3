/**
 * node scripts/setup.mjs run|check|test
 *
 * Makes a checkout ready: system packages, npm packages, the addon, dist/. Needs Node alone, does each step only when
 * something is missing or has changed, and costs a fraction of a second when nothing has.
 */
import { ensurePackages } from './lib/apt.mjs';
import { ensureDist } from './lib/dist-build.mjs';
import { withLock } from './lib/lock.mjs';
import { ensureAddon } from './lib/native-build.mjs';
import { ensureNpmPackages } from './lib/npm-packages.mjs';

const oldestNode = [20, 17];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Error(`Node ${process.versions.node} is too old: ${oldestNode.join('.')} or newer is needed`);
}

async function setup(mode) {
  checkNode();
  await withLock(() => {
    ensurePackages(mode);
    ensureNpmPackages();
    ensureAddon();
    ensureDist();
  });
}

try {
  await setup(process.argv[2] ?? 'run');
} catch (error) {
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
