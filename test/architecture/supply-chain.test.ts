import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { read } from './source-tree.js';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
interface LockEntry {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}
interface Locked {
  readonly name: string;
  readonly version: string;
  readonly licence: string | null;
  readonly integrity: string | null;
  readonly tool: boolean;
}
interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly scope: 'required' | 'excluded';
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly unknown[];
}
interface Sbom {
  readonly lockedPackages: (lock: unknown) => readonly Locked[];
  readonly problemOf: (locked: Locked) => string | null;
}

const { lockedPackages, problemOf } = (await import(
  new URL('../../scripts/lib/sbom.mjs', import.meta.url).href
)) as Sbom;

const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Readonly<Record<string, LockEntry>> };
const page = read('docs/supply-chain.md');

/** First cells in backticks of the table under a heading, with the reasons beside them. */
function reasonsUnder(heading: string): ReadonlyMap<string, string> {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)];
  return new Map(rows.map(([, name, reason]) => [name!, reason!]));
}

function bill(...args: string[]): readonly Component[] {
  const script = new URL('../../scripts/sbom.mjs', import.meta.url).pathname;
  const text = execFileSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return (JSON.parse(text) as { readonly components: readonly Component[] }).components;
}

describe('Every dependency', () => {
  it.each([
    ['What ships', manifest.dependencies],
    ['Tools', manifest.devDependencies],
  ])('under "%s" has its reason in docs/supply-chain.md, and no reason is left over', (heading, dependencies) => {
    const reasons = reasonsUnder(heading);
    expect([...reasons.keys()].sort()).toEqual(Object.keys(dependencies).sort());
    for (const reason of reasons.values()) expect(reason.length).toBeGreaterThan(3);
  });

  it('has a pinned SHA-512 and a licence that is allowed where it is used', () => {
    expect(lockedPackages(lock).length).toBeGreaterThan(Object.keys(manifest.dependencies).length);
    expect(
      lockedPackages(lock)
        .map(problemOf)
        .filter((problem) => problem !== null),
    ).toEqual([]);
  });

  it('that ships runs nothing when it is installed', () => {
    const scripts = Object.entries(lock.packages).filter(
      ([path, entry]) => path !== '' && entry.dev !== true && entry.hasInstallScript === true,
    );
    expect(scripts).toEqual([]);
  });
});

describe('The check of a package', () => {
  const good = { name: 'x', version: '1.0.0', licence: 'MIT', integrity: 'sha512-AAAA', tool: false };

  it.each([
    ['an unknown licence', { ...good, licence: 'SSPL-1.0' }],
    ['no licence', { ...good, licence: null }],
    ["a tool's licence in what ships", { ...good, licence: 'MPL-2.0' }],
    ['both of two licences, of which one is unknown', { ...good, licence: 'MIT AND GPL-3.0-only' }],
    ['no hash', { ...good, integrity: null }],
    ['a weak hash', { ...good, integrity: 'sha1-AAAA' }],
  ])('refuses %s', (_, locked) => {
    expect(problemOf(locked)).not.toBeNull();
  });

  it('takes a choice of licences when one is allowed', () => {
    expect(problemOf({ ...good, licence: '(GPL-3.0-only OR MIT)' })).toBeNull();
    expect(problemOf({ ...good, licence: 'MPL-2.0', tool: true })).toBeNull();
  });
});

describe('The bill of materials', () => {
  it('lists what ships once, each with a hash and a licence, and what is linked in', () => {
    const components = bill();
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...Object.keys(manifest.dependencies), 'libsrtp', 'openssl']));
    expect(names).not.toContain('vitest');
    expect(new Set(components.map((component) => component['bom-ref'])).size).toBe(components.length);
    for (const { name, hashes, licenses } of components) {
      expect(licenses, name).toHaveLength(1);
      if (name !== 'openssl') expect(hashes?.[0]?.content, name).toMatch(/^[0-9a-f]{128}$/);
    }
  });

  it('lists the tools as excluded when asked, and is the same each time', () => {
    const components = bill('--tools');
    expect(components.find(({ name }) => name === 'vitest')?.scope).toBe('excluded');
    expect(components.find(({ name }) => name === 'commander')?.scope).toBe('required');
    expect(bill('--tools')).toEqual(components);
  });

  it('agrees with NOTICE about what is linked in', () => {
    expect(read('NOTICE')).toMatch(/libsrtp/);
    expect(read('NOTICE')).toMatch(/OpenSSL/);
  });
});
