/**
 * Brings the source of libsrtp to build/_deps: packed out of a pinned npm package, checked by its hash before anything
 * is taken from it. Does nothing when it is there. Prints the folder.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDir, inRoot } from './lib/paths.mjs';
import { npm, run } from './lib/run.mjs';

export const pin = JSON.parse(fs.readFileSync(inRoot('scripts/lib/libsrtp-pin.json'), 'utf8'));
const fetched = path.join(buildDir, '_deps', `libsrtp-${pin.commit}`);

/** Where the build takes libsrtp from: named by the user, inside the published package, or fetched; null = nowhere yet. */
export function findLibsrtp(named = process.env.LIBSRTP_SOURCE_DIR) {
  if (named) {
    if (!isLibsrtp(named))
      throw new Error(`LIBSRTP_SOURCE_DIR=${named}: no libsrtp source there (srtp/srtp.c is missing)`);
    return path.resolve(named);
  }
  return [inRoot('vendor/libsrtp'), fetched].find(isLibsrtp) ?? null;
}

export function ensureLibsrtp() {
  return findLibsrtp() ?? fetchLibsrtp();
}

function isLibsrtp(directory) {
  return fs.existsSync(path.join(directory, 'srtp/srtp.c'));
}

function fetchLibsrtp() {
  const work = path.join(buildDir, '_deps', `fetch-${process.pid}`);
  fs.mkdirSync(work, { recursive: true });
  try {
    const tarball = pack(work);
    checkHash(tarball);
    extract(tarball, work);
    fs.rmSync(fetched, { recursive: true, force: true });
    fs.renameSync(path.join(work, pin.directory), fetched);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  return fetched;
}

function pack(work) {
  console.log(`libsrtp: fetching its source from ${pin.package}`);
  try {
    npm(['pack', pin.package, '--ignore-scripts', '--silent', '--pack-destination', work], {
      cwd: work,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch (error) {
    throw new Error(
      `could not fetch ${pin.package} (${error.message}). Without a registry, unpack libsrtp 2.5 to 2.8 yourself and set LIBSRTP_SOURCE_DIR to it.`,
      { cause: error },
    );
  }
  const tarball = fs.readdirSync(work).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`npm pack ${pin.package} left no tarball`);
  return path.join(work, tarball);
}

function checkHash(tarball) {
  const sha512 = createHash('sha512').update(fs.readFileSync(tarball)).digest('hex');
  if (sha512 !== pin.sha512) {
    throw new Error(`${pin.package}: sha512 is ${sha512}, pinned is ${pin.sha512}; nothing was taken from it`);
  }
}

function extract(tarball, work) {
  const parts = pin.parts.map((part) => `${pin.directory}/${part}`);
  run('tar', ['-xzf', tarball, '-C', work, '--no-same-owner', ...parts]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureLibsrtp());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
