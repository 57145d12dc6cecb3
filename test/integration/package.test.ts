import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntilReady } from '../support/anchor.js';
import { TestHost } from '../support/host.js';
import { httpRequest } from '../support/metrics.js';
import { runCommand, type CommandResult } from '../support/process.js';
import { TempDirectory } from '../support/temp-directory.js';

const root = path.resolve(import.meta.dirname, '../..');
const minutes = 60_000;

let temp: TempDirectory;
let host: TestHost;
/** What `npm pack` put into the tarball, and an empty folder that it is installed into. */
let packed: readonly string[];
let folder: string;

function installed(...parts: string[]): string {
  return path.join(folder, 'node_modules/srtp-anchor', ...parts);
}

async function npm(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const result = await runCommand('npm', args, {
    cwd,
    env: { ...process.env, ...env },
    timeoutMilliseconds: 4 * minutes,
  });
  if (result.code !== 0) throw new Error(`npm ${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return result;
}

/** The tracked files, in a folder of their own: packing must not disturb the checkout, nor find what it left there. */
async function cleanCheckout(): Promise<string> {
  const checkout = temp.file('checkout');
  const { stdout } = await runCommand('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { cwd: root });
  for (const file of stdout.split('\0').filter((name) => name !== '' && existsSync(path.join(root, name)))) {
    cpSync(path.join(root, file), path.join(checkout, file));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'));
  return checkout;
}

async function libsrtpSource(): Promise<string> {
  const { stdout } = await runCommand(process.execPath, [path.join(root, 'scripts/fetch-libsrtp.mjs')]);
  return stdout.trim();
}

beforeAll(async () => {
  temp = new TempDirectory('package');
  host = await TestHost.open();
  const checkout = await cleanCheckout();
  const env = { LIBSRTP_SOURCE_DIR: await libsrtpSource() };
  const { stdout } = await npm(['pack', '--json', '--pack-destination', temp.path], checkout, env);
  const [report] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [{ filename: string; files: { path: string }[] }];
  packed = report.files.map((file) => file.path);
  folder = temp.file('empty');
  mkdirSync(folder);
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', temp.file(report.filename)], folder);
}, 6 * minutes);

afterAll(async () => {
  await host.close();
  temp.remove();
});

describe('The npm package', () => {
  it('carries what it is built from, libsrtp and all notices included', () => {
    const wanted = [
      ...['bin/srtp-anchor', 'dist/src/main.js', 'CMakeLists.txt', 'bindings.gyp', 'LICENSE', 'NOTICE', 'README.md'],
      ...['native/relay/relay.h', 'native/addon/module.cc', 'scripts/install.mjs'],
      ...['vendor/libsrtp/srtp/srtp.c', 'vendor/libsrtp/LICENSE'],
    ];
    expect(wanted.filter((file) => !packed.includes(file))).toEqual([]);
  });

  it('carries no source that it does not run, no test, and nothing that node-gyp would build', () => {
    const unwanted = /^(src|test|node_modules|build)\/|(^|\/)binding\.gyp$|\.node$/;
    expect(packed.filter((file) => unwanted.test(file))).toEqual([]);
  });

  it(
    'builds its addon in an empty folder, without a network, from its own contents',
    async () => {
      const built = await host.run('npm', ['rebuild', 'srtp-anchor', '--foreground-scripts'], {
        cwd: folder,
        timeoutMilliseconds: 4 * minutes,
      });
      expect(built).toMatchObject({ code: 0 });
      const cache = readFileSync(installed('build/CMakeCache.txt'), 'utf8');
      expect(cache).toContain(`LIBSRTP_SOURCE_DIR:PATH=${installed('vendor/libsrtp')}`);
      const print = `const { versions, createRelay } = require(${JSON.stringify(installed('build/Release/srtp_anchor.node'))});
        console.log(typeof createRelay, JSON.stringify(versions()));`;
      const loaded = await runCommand(process.execPath, ['-e', print], { cwd: folder });
      expect(loaded).toMatchObject({ code: 0, stderr: '' });
      expect(loaded.stdout).toMatch(/^function \{"libsrtp":".+","openssl":".+"\}\n$/);
    },
    5 * minutes,
  );

  it('brings the command srtp-anchor', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    const { stdout } = await npm(['exec', '--offline', '--', 'srtp-anchor', '--version'], folder);
    expect(stdout).toContain(version);
  });

  it('runs the relay with its page and metrics', async () => {
    const ng = { address: '127.0.0.1', port: 2223 };
    const http = { address: '127.0.0.1', port: 2225 };
    const relay = host.spawn('installed srtp-anchor', process.execPath, [installed('bin/srtp-anchor'), 'serve'], {
      cwd: folder,
    });
    await waitUntilReady(host, relay, ng);
    const anchor = { host, http };
    const page = await httpRequest(anchor, '/');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    for (const [, file] of page.body.matchAll(/(?:src|href)="(\/live\/[^"]+)"/g))
      expect(await httpRequest(anchor, file ?? ''), file).toMatchObject({ status: 200 });
    const metrics = await httpRequest(anchor, '/metrics');
    expect(metrics.body).toMatch(/^srtp_anchor_ready 1$/m);
    expect(await relay.stop()).toEqual({ code: 0, signal: null });
  });

  it('is installed in a checkout without doing anything there', async () => {
    const result = await runCommand(process.execPath, [path.join(root, 'scripts/install.mjs')], { cwd: root });
    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });
});
