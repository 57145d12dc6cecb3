import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestHost } from '../support/host.js';
import { runCommand } from '../support/process.js';
import { addon } from '../bridge/seam.js';

const root = path.resolve(import.meta.dirname, '../..');
const out = path.join(root, 'build/gyp');
const product = path.join(out, 'out/Default/srtp_anchor.node');
const minutes = 60_000;

/** A machine without any network: the build must not want Node's headers, nor anything else, from elsewhere. */
let host: TestHost;

beforeAll(async () => {
  host = await TestHost.open();
});
afterAll(() => host.close());

describe('bindings.gyp', () => {
  it(
    'builds the addon through gyp without a network, and the product loads',
    async () => {
      rmSync(out, { recursive: true, force: true });
      const gyp = path.join(root, 'node_modules/node-gyp/gyp/gyp_main.py');
      const flags = ['-f', 'make', '--depth=.', `--generator-output=${out}`, '--no-parallel'];
      const generated = await host.run('python3', [gyp, 'bindings.gyp', ...flags], { cwd: root });
      expect(generated).toMatchObject({ code: 0 });
      const made = await host.run('make', ['-C', out], { cwd: root, timeoutMilliseconds: 4 * minutes });
      expect(made).toMatchObject({ code: 0 });
      const print = `console.log(JSON.stringify(require(${JSON.stringify(product)}).versions()))`;
      const loaded = await runCommand(process.execPath, ['-e', print]);
      expect(JSON.parse(loaded.stdout)).toEqual(addon.versions());
    },
    5 * minutes,
  );

  it('builds again only what has changed', async () => {
    const built = statSync(product).mtimeMs;
    const again = await host.run('make', ['-C', out], { cwd: root });
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).not.toContain('ACTION');
    expect(statSync(product).mtimeMs).toBe(built);
  });
});
