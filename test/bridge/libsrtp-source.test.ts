import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, type CommandResult } from '../support/process.js';
import { TempDirectory } from '../support/temp-directory.js';

const root = path.resolve(import.meta.dirname, '../..');
let checkout: TempDirectory;

/** The script in a checkout of its own, with a npm that packs something else. */
function fetchLibsrtp(env: Readonly<Record<string, string>>): Promise<CommandResult> {
  return runCommand(process.execPath, [checkout.file('scripts/fetch-libsrtp.mjs')], {
    env: { ...process.env, ...env },
  });
}

beforeAll(() => {
  checkout = new TempDirectory('libsrtp-source');
  cpSync(path.join(root, 'scripts'), checkout.file('scripts'), { recursive: true });
  writeFileSync(
    checkout.file('npm.cjs'),
    `require('node:fs').writeFileSync(process.argv[process.argv.indexOf('--pack-destination') + 1] + '/x.tgz', 'other');`,
  );
  writeFileSync(checkout.file('broken.cjs'), 'process.exit(1);');
});
afterAll(() => checkout.remove());

describe('The source of libsrtp', () => {
  it('is not taken from a package whose hash is not the pinned one', async () => {
    const result = await fetchLibsrtp({ npm_execpath: checkout.file('npm.cjs') });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/sha512 is [0-9a-f]{128}, pinned is [0-9a-f]{128}; nothing was taken from it/);
    expect(existsSync(checkout.file('build/_deps')) ? readdirSync(checkout.file('build/_deps')) : []).toEqual([]);
  });

  it('when it cannot be fetched, is asked for with the way around', async () => {
    const result = await fetchLibsrtp({ npm_execpath: checkout.file('broken.cjs') });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('set LIBSRTP_SOURCE_DIR');
  });

  it('named by LIBSRTP_SOURCE_DIR must be libsrtp', async () => {
    const result = await fetchLibsrtp({ LIBSRTP_SOURCE_DIR: checkout.path });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`LIBSRTP_SOURCE_DIR=${checkout.path}: no libsrtp source there`);
  });

  it('inside a package comes before a fetched one', async () => {
    cpSync(path.join(root, 'LICENSE'), checkout.file('vendor/libsrtp/srtp/srtp.c'));
    const result = await fetchLibsrtp({ npm_execpath: checkout.file('broken.cjs') });
    expect(result).toMatchObject({ code: 0, stdout: `${checkout.file('vendor/libsrtp')}\n` });
  });
});
