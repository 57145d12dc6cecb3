import { copyFileSync, existsSync, mkdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../../support/process.js';

/** What a maintainer script and the packaged program find on every Debian system. */
const PROGRAMS = ['/bin/sh', '/usr/bin/env', '/usr/bin/getent', '/usr/sbin/useradd', '/bin/chgrp', '/bin/chmod'];
/** Installed on the clean root as far as dpkg knows: their status is that of this machine. */
const PACKAGES = ['nodejs', 'libc6', 'libstdc++6', 'passwd'];
const ACCOUNTS = { passwd: 'root:x:0:0:root:/root:/bin/sh\n', group: 'root:x:0:\n', shadow: '', gshadow: '' };

/**
 * A root of a few files: Node.js, a shell, the programs above, their libraries, and dpkg's books of the packages that those
 * come from. Nothing of the checkout, no npm, no compiler.
 */
export async function makeCleanRoot(root: string): Promise<void> {
  for (const folder of ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'etc', 'tmp', 'dev', 'var/log'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${folder}`, join(root, folder));
  for (const [name, text] of Object.entries(ACCOUNTS)) writeFileSync(join(root, 'etc', name), text);
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nshadow: files\n');
  writeFileSync(join(root, 'dev/null'), '');
  await copyProgram(root, process.execPath, '/usr/bin/node');
  for (const program of PROGRAMS) await copyProgram(root, program, program);
  await writeDpkgStatus(root);
}

async function copyProgram(root: string, from: string, to: string): Promise<void> {
  copy(root, from, to);
  const { stdout } = await runCommand('ldd', [from]);
  for (const [library] of stdout.matchAll(/\/\S+(?= \(0x)/g)) copy(root, library, library);
}

/** Also libraries, which the addon needs as well as Node does. */
function copy(root: string, from: string, to: string): void {
  const target = join(root, to);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(from), target);
  if (!statSync(target).isFile()) throw new Error(`${from} is no file`);
}

async function writeDpkgStatus(root: string): Promise<void> {
  const books = join(root, 'var/lib/dpkg');
  for (const folder of ['info', 'updates', 'triggers']) mkdirSync(join(books, folder), { recursive: true });
  const { stdout } = await runCommand('dpkg-query', ['-s', ...PACKAGES]);
  const stanzas = stdout.trim().split(/\n\n(?=Package: )/);
  if (stanzas.length !== PACKAGES.length) throw new Error(`dpkg knows not all of ${PACKAGES.join(', ')}`);
  // Their own dependencies and files are not on the clean root, nor asked for.
  const kept = stanzas.map((stanza) => stanza.replace(/^(?:Depends|Pre-Depends|Conffiles):.*(?:\n .*)*\n?/gm, ''));
  writeFileSync(join(books, 'status'), `${kept.join('\n\n')}\n`);
}
