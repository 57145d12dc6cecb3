import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, type CommandResult } from '../support/process.js';
import { TempDirectory } from '../support/temp-directory.js';

const root = path.resolve(import.meta.dirname, '../..');
const minutes = 60_000;
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** A checkout's scripts on a machine whose dpkg, apt and sudo are ours. */
let checkout: TempDirectory;

function program(name: string, script: string): void {
  const file = checkout.file(`bin-${name}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  cpSync(file, checkout.file(`path/${name}`));
}

function setup(mode: string, options: { readonly uid?: number } = {}): Promise<CommandResult> {
  return runCommand(process.execPath, [checkout.file('scripts/setup.mjs'), mode], {
    env: {
      ...process.env,
      PATH: `${checkout.file('path')}:${process.env['PATH'] ?? ''}`,
      npm_execpath: checkout.file('npm.cjs'),
    },
    ...options,
  });
}

beforeEach(() => {
  checkout = new TempDirectory('setup');
  chmodSync(checkout.path, 0o777);
  cpSync(path.join(root, 'scripts'), checkout.file('scripts'), { recursive: true });
  writeFileSync(checkout.file('npm.cjs'), 'console.log("npm", ...process.argv.slice(2)); process.exit(1);');
  program('dpkg-query', 'printf "g++ installed\\nmake installed\\n"');
  program('apt-cache', 'printf "Candidate: 1.0\\n"');
  program('apt-get', `echo "$DEBIAN_FRONTEND $RUNLEVEL apt-get $@" >> ${checkout.file('apt.log')}`);
  program('sudo', 'exit 1');
});
afterEach(() => checkout.remove());

describe('Set-up on a machine that lacks system packages', () => {
  it('without the right to install says exactly what to run, and ends with an error', async () => {
    const result = await setup('run', isRoot ? { uid: nobody } : {});
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends cmake libssl-dev\n',
    );
    expect(existsSync(checkout.file('apt.log'))).toBe(false);
  });

  it('with sudo that asks for no password installs them, starts no service, and goes on to npm', async () => {
    program('sudo', 'test "$1" = -n && shift && exec "$@"');
    const result = await setup('run', isRoot ? { uid: nobody } : {});
    expect(readFileSync(checkout.file('apt.log'), 'utf8')).toBe(
      'noninteractive 1 apt-get install -y -q --no-install-recommends cmake libssl-dev\n',
    );
    expect(result.stdout).toContain('npm ci --ignore-scripts');
    expect(result.stderr).toContain('npm.cjs');
  });

  it('updates the package lists once when they do not know what is missing', async () => {
    program('sudo', 'test "$1" = -n && shift && exec "$@"');
    program('apt-cache', `grep -q update ${checkout.file('apt.log')} 2>/dev/null && printf "Candidate: 1.0\\n"`);
    await setup('run', isRoot ? { uid: nobody } : {});
    expect(
      readFileSync(checkout.file('apt.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('update')),
    ).toHaveLength(1);
  });

  it('wants more to test than to check, and more to check than to run', async () => {
    const wanted = async (mode: string): Promise<readonly string[]> =>
      /no-install-recommends (.*)/.exec((await setup(mode, isRoot ? { uid: nobody } : {})).stderr)?.[1]?.split(' ') ??
      [];
    const [run, check, test] = [await wanted('run'), await wanted('check'), await wanted('test')];
    expect(check).toEqual(expect.arrayContaining([...run, 'doctest-dev', 'clang-format']));
    expect(test).toEqual(expect.arrayContaining([...check, 'kamailio', 'baresip-core', 'ffmpeg', 'rtpengine-daemon']));
    expect(run).not.toContain('doctest-dev');
    expect(check).not.toContain('kamailio');
  });
});

describe('Set-up of a checkout', () => {
  it(
    'that has nothing to do takes less than a second',
    async () => {
      const run = (): Promise<CommandResult> =>
        runCommand(process.execPath, [path.join(root, 'scripts/setup.mjs'), 'test'], {
          cwd: root,
          timeoutMilliseconds: 4 * minutes,
        });
      await run();
      const times: number[] = [];
      for (let attempt = 0; attempt < 3; attempt++) {
        const started = performance.now();
        expect(await run()).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
        times.push(performance.now() - started);
      }
      expect(Math.min(...times)).toBeLessThan(1_000);
    },
    5 * minutes,
  );

  it('knows its modes', async () => {
    const result = await setup('everything');
    expect(result).toMatchObject({ code: 1, stderr: 'setup: unknown mode everything: one of run, check, test\n' });
  });
});
