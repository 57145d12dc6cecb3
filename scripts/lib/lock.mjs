import fs from 'node:fs';
import path from 'node:path';
import { buildDir } from './paths.mjs';

const lockFile = path.join(buildDir, 'setup.lock');
const giveUpAfterMilliseconds = 15 * 60_000;

/** Two builds in one checkout wait for each other. A lock whose owner has died is taken over. */
export async function withLock(work) {
  fs.mkdirSync(buildDir, { recursive: true });
  const giveUp = Date.now() + giveUpAfterMilliseconds;
  for (let told = false; !tryLock(); told = true) {
    if (Date.now() > giveUp) throw new Error(`${lockFile}: still held by another build after 15 minutes`);
    if (!told) console.log('setup: waiting for another build in this checkout');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    fs.rmSync(lockFile, { force: true });
  }
}

function tryLock() {
  try {
    fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!ownerIsAlive()) fs.rmSync(lockFile, { force: true });
    return false;
  }
}

function ownerIsAlive() {
  try {
    const pid = Number(fs.readFileSync(lockFile, 'utf8'));
    // An empty file is one that its owner is about to write.
    return pid === 0 || fs.existsSync(`/proc/${pid}`);
  } catch {
    return true;
  }
}
