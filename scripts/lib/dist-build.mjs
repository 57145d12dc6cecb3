import fs from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { hashFiles, isStamped, listFiles, writeStamp } from './stamp.mjs';

const isSource = (file) => /\.ts$/.test(file);

/** Compiles src/ and bench/ to dist/, if one of their files has changed since the last time. */
export function ensureDist() {
  const sources = hashFiles(listFiles(['src', 'bench', 'tsconfig.json', 'package-lock.json'], isInput));
  if (fs.existsSync(inRoot('dist')) && isStamped('dist', sources)) return;
  console.log('typescript: compiling to dist/');
  run(process.execPath, [inRoot('node_modules/typescript/bin/tsc'), '-p', inRoot('tsconfig.json')]);
  copyAssets();
  removeStale();
  writeStamp('dist', sources);
}

function isInput(file) {
  return !file.startsWith('bench/') || isSource(file);
}

/** What the program reads beside its code: pages, styles, tables. */
function copyAssets() {
  for (const file of listFiles(['src'], (name) => !isSource(name))) {
    fs.mkdirSync(path.dirname(inRoot('dist', file)), { recursive: true });
    fs.copyFileSync(inRoot(file), inRoot('dist', file));
  }
}

/** A module that was renamed must not live on in the package. */
function removeStale() {
  for (const file of listFiles(['dist'])) {
    const source = file.replace(/^dist\//, '');
    const compiled = source.replace(/(\.d\.ts|\.js|\.js\.map)$/, '.ts');
    if (!fs.existsSync(inRoot(source)) && !fs.existsSync(inRoot(compiled))) fs.rmSync(inRoot(file));
  }
}
