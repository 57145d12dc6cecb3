import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { buildDir, root } from './paths.mjs';

/** Every file under the given files and folders (relative to the root), sorted; missing ones are left out. */
export function listFiles(entries, keep = () => true) {
  const found = [];
  const visit = (relative) => {
    const stat = fs.statSync(path.join(root, relative), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (!stat.isDirectory()) {
      if (keep(relative)) found.push(relative);
      return;
    }
    for (const name of fs.readdirSync(path.join(root, relative))) visit(path.join(relative, name));
  };
  for (const entry of entries) visit(entry);
  return found.sort();
}

/** One hash over names and contents, so that a stamp says what was built and not when. */
export function hashFiles(files, ...extra) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  for (const file of files) {
    hash.update(`${file}\0`);
    hash.update(fs.readFileSync(path.join(root, file)));
    hash.update('\0');
  }
  return hash.digest('hex');
}

function stampFile(name) {
  return path.join(buildDir, 'stamps', name);
}

export function isStamped(name, value) {
  try {
    return fs.readFileSync(stampFile(name), 'utf8') === value;
  } catch {
    return false;
  }
}

export function writeStamp(name, value) {
  fs.mkdirSync(path.dirname(stampFile(name)), { recursive: true });
  fs.writeFileSync(stampFile(name), value);
}
