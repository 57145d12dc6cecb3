import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntilReady } from '../../support/anchor.js';
import { TestHost } from '../../support/host.js';
import { httpRequest } from '../../support/metrics.js';
import { runCommand, type CommandResult } from '../../support/process.js';
import { TempDirectory } from '../../support/temp-directory.js';
import { makeCleanRoot } from './clean-root.js';

const project = resolve(import.meta.dirname, '../../..');
const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };

let temp: TempDirectory;
let root: string;
let file: string;
let host: TestHost;

beforeAll(async () => {
  temp = new TempDirectory('deb');
  root = temp.file('root');
  host = await TestHost.open();
  const built = await runCommand(process.execPath, [join(project, 'scripts/deb.mjs'), temp.path], {
    timeoutMilliseconds: 120_000,
  });
  expect(built).toMatchObject({ code: 0 });
  file = temp.file(readdirSync(temp.path).find((name) => name.endsWith('.deb')) ?? 'none');
  await makeCleanRoot(root);
}, 150_000);

afterAll(async () => {
  await host.close();
  temp.remove();
});

async function dpkg(...args: string[]): Promise<CommandResult> {
  return runCommand('dpkg', [`--root=${root}`, '--log=/dev/null', ...args], { timeoutMilliseconds: 60_000 });
}

/** A command inside the clean root. */
async function inside(...command: string[]): Promise<CommandResult> {
  return host.run('chroot', [root, ...command]);
}

const owners = (): string => readFileSync(join(root, 'etc/passwd'), 'utf8');

describe('the Debian package', () => {
  it('is named after its version, and holds no source, test or build tool', async () => {
    expect(file).toContain(`srtp-anchor_${version}_`);
    const { stdout } = await runCommand('dpkg-deb', ['--contents', file]);
    expect(stdout).toContain('./usr/lib/srtp-anchor/build/Release/srtp_anchor.node');
    expect(stdout).toContain('./usr/lib/srtp-anchor/dist/src/http/live/assets/index.html');
    expect(stdout).not.toMatch(
      /node_modules\/(?:cmake-js|node-addon-api|typescript|vitest)\/|\/test\/support\/|\.cc$/m,
    );
    const [owner] = new Set(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/)[1]),
    );
    expect(owner).toBe('root/root');
  });

  it('is refused where Node.js is too old', async () => {
    const status = join(root, 'var/lib/dpkg/status');
    const present = readFileSync(status, 'utf8');
    writeFileSync(status, present.replace(/(Package: nodejs\n[^]*?\nVersion: )\S+/, '$118.20.4'));
    const refused = await dpkg('--install', file);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('srtp-anchor depends on nodejs (>= 20.17)');
    writeFileSync(status, present);
  });

  it('installs on a clean root, with its own user and a configuration that others cannot read', async () => {
    expect(await dpkg('--install', file)).toMatchObject({ code: 0 });
    // Every file is as it was packed.
    expect(await dpkg('--verify', 'srtp-anchor')).toMatchObject({ code: 0, stdout: '' });
    expect(owners()).toMatch(/^srtp-anchor:x:\d+:\d+::\/nonexistent:\/usr\/sbin\/nologin$/m);
    const config = statSync(join(root, 'etc/srtp-anchor/anchor.yaml'));
    expect(config.mode & 0o777).toBe(0o640);
    expect(`${config.gid}`).toBe(/^srtp-anchor:x:\d+:(\d+)/m.exec(owners())?.[1]);
    const unit = readFileSync(join(root, 'lib/systemd/system/srtp-anchor.service'), 'utf8');
    const [, program = '', configured = ''] = /^ExecStart=(\S+) serve --config (\S+)$/m.exec(unit) ?? [];
    expect([program, configured].map((name) => existsSync(join(root, name)))).toEqual([true, true]);
  });

  it('runs there: version, configuration check, control protocol, live page, metrics, drain', async () => {
    expect(await inside('/usr/bin/srtp-anchor', '--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
    const checked = await inside('/usr/bin/srtp-anchor', 'check-config', '/etc/srtp-anchor/anchor.yaml');
    expect(checked).toMatchObject({ code: 0 });
    const relay = host.spawn('installed relay', 'chroot', [
      root,
      ...['/usr/bin/srtp-anchor', 'serve', '--config', '/etc/srtp-anchor/anchor.yaml'],
    ]);
    await waitUntilReady(host, relay, { address: '127.0.0.1', port: 2223 });
    const http = { address: '127.0.0.1', port: 2225 };
    expect((await httpRequest({ host, http }, '/')).body).toContain('<title>srtp-anchor</title>');
    expect((await httpRequest({ host, http }, '/metrics')).body).toMatch(/^srtp_anchor_ready 1$/m);
    expect((await inside('/usr/bin/srtp-anchor', 'ctl', 'stats')).stdout).toContain('calls    0 now');
    expect(await relay.stop()).toEqual({ code: 0, signal: null });
  });

  it('keeps a changed configuration over an upgrade, and after a removal until it is purged', async () => {
    const config = join(root, 'etc/srtp-anchor/anchor.yaml');
    writeFileSync(config, 'max-sessions: 7\n');
    expect(await dpkg('--install', '--force-confold', file)).toMatchObject({ code: 0 });
    expect(readFileSync(config, 'utf8')).toBe('max-sessions: 7\n');
    expect(await dpkg('--remove', 'srtp-anchor')).toMatchObject({ code: 0 });
    expect(existsSync(join(root, 'usr/bin/srtp-anchor'))).toBe(false);
    expect(existsSync(config)).toBe(true);
    expect(await dpkg('--purge', 'srtp-anchor')).toMatchObject({ code: 0 });
    expect(existsSync(config)).toBe(false);
  });
});
