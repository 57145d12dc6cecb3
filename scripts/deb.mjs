/** npm run deb: build/srtp-anchor_VERSION_ARCHITECTURE.deb, from a staged tree, with what the relay needs to run and nothing more. */
import fs from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { ensureDist } from './lib/dist-build.mjs';
import { withLock } from './lib/lock.mjs';
import { ensureAddon } from './lib/native-build.mjs';
import { buildDir, inRoot } from './lib/paths.mjs';
import { output, run } from './lib/run.mjs';
import { runtimePackages } from './lib/runtime-packages.mjs';

const manifest = JSON.parse(fs.readFileSync(inRoot('package.json'), 'utf8'));
const home = 'usr/lib/srtp-anchor';

/** Source below the checkout, place below the file system's root. */
function contents() {
  const pages = fs.readdirSync(inRoot('docs')).filter((name) => name.endsWith('.md'));
  return [
    ...['package.json', 'bin', 'dist/src', 'build/Release/srtp_anchor.node', 'LICENSE', 'NOTICE'].map((name) => [
      name,
      `${home}/${name}`,
    ]),
    ...runtimePackages().map((name) => [name, `${home}/${name}`]),
    ...pages.map((name) => [`docs/${name}`, `usr/share/doc/srtp-anchor/${name}`]),
    ['LICENSE', 'usr/share/doc/srtp-anchor/copyright'],
    ['deploy/sysctl.conf', 'usr/share/doc/srtp-anchor/examples/sysctl.conf'],
    ['deploy/prometheus/alerts.yml', 'usr/share/doc/srtp-anchor/examples/alerts.yml'],
    ['deploy/systemd/srtp-anchor.service', 'lib/systemd/system/srtp-anchor.service'],
    ['deploy/config-sample.yaml', 'etc/srtp-anchor/anchor.yaml'],
  ];
}

function stage(folder) {
  for (const [from, to] of contents()) {
    const target = path.join(folder, to);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.cpSync(inRoot(from), target, { recursive: true, dereference: true });
  }
  fs.mkdirSync(path.join(folder, 'usr/bin'), { recursive: true });
  fs.symlinkSync('../lib/srtp-anchor/bin/srtp-anchor', path.join(folder, 'usr/bin/srtp-anchor'));
  openToAll(folder);
}

/** Whatever umask and checkout had: readable by all, written by root. */
function openToAll(folder) {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) openToAll(file);
    else if (entry.isFile()) fs.chmodSync(file, fs.statSync(file).mode & 0o100 ? 0o755 : 0o644);
  }
}

function filesIn(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .filter((name) => !name.startsWith('DEBIAN/'))
    .sort();
}

function writeControl(folder, architecture) {
  const files = filesIn(folder);
  const octets = files.reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
  const { glibcVersionRuntime } = process.report.getReport().header;
  const control = {
    Package: manifest.name,
    Version: manifest.version,
    Architecture: architecture,
    Maintainer: 'srtp-anchor contributors <srtp-anchor@localhost>',
    'Installed-Size': Math.ceil(octets / 1024),
    Depends: [
      `nodejs (>= ${manifest.engines.node.replace('>=', '')})`,
      `libc6 (>= ${glibcVersionRuntime})`,
      'libstdc++6',
      'passwd',
    ].join(', '),
    Recommends: 'systemd',
    Section: 'net',
    Priority: 'optional',
    Description: manifest.description,
  };
  const place = (name, text, mode) => fs.writeFileSync(path.join(folder, 'DEBIAN', name), text, { mode });
  fs.mkdirSync(path.join(folder, 'DEBIAN'));
  place(
    'control',
    `${Object.entries(control)
      .map((pair) => pair.join(': '))
      .join('\n')}\n`,
    0o644,
  );
  place('conffiles', '/etc/srtp-anchor/anchor.yaml\n', 0o644);
  const sum = (name) =>
    createHash('md5')
      .update(fs.readFileSync(path.join(folder, name)))
      .digest('hex');
  place(
    'md5sums',
    files
      .filter((name) => !name.startsWith('etc/'))
      .map((name) => `${sum(name)}  ${name}\n`)
      .join(''),
    0o644,
  );
  for (const script of ['postinst', 'prerm']) place(script, fs.readFileSync(inRoot('deploy/debian', script)), 0o755);
}

async function build() {
  await withLock(() => {
    ensureAddon();
    ensureDist();
  });
  const architecture = output('dpkg', ['--print-architecture'])?.trim();
  if (architecture === undefined) throw new Error('dpkg is needed to build a Debian package');
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'srtp-anchor-deb-'));
  try {
    stage(folder);
    writeControl(folder, architecture);
    const file = path.join(process.argv[2] ?? buildDir, `${manifest.name}_${manifest.version}_${architecture}.deb`);
    run('dpkg-deb', ['--root-owner-group', '-Zxz', '-z3', '--build', folder, file]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

try {
  await build();
} catch (error) {
  console.error(`deb: ${error.message}`);
  process.exitCode = 1;
}
