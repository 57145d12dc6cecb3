import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPTION_KEYS, optionRow } from '../../../src/config/options.js';
import { describeProblem } from '../../../src/config/problems.js';
import { readConfig } from '../../../src/config/read-config.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchor-hostile-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function outcome(text: string): string[] {
  const file = join(folder, 'file.yaml');
  writeFileSync(file, text);
  const read = readConfig({ flags: {}, environment: {}, file });
  return read.ok ? [] : read.error.map(describeProblem);
}

const names = OPTION_KEYS.map((key) => optionRow(key).name);
const sample = readFileSync(join(import.meta.dirname, '../../../deploy/config-sample.yaml'), 'utf8').replaceAll(
  /^#(?=[a-z]| {2})/gm,
  '',
);

describe('whatever the file holds', () => {
  it('the answer is a configuration or a list of problems, on one line each', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()),
      fc.dictionary(fc.string(), fc.string()),
    );
    const mapping = fc
      .dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), value)
      .map((object) => JSON.stringify(object));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), mapping), (text) => {
        for (const line of outcome(text)) expect(line).not.toContain('\n');
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it('so it is for the sample with some of its characters changed', () => {
    const change = fc.record({ at: fc.nat(sample.length - 1), length: fc.nat(5), insert: fc.string({ maxLength: 5 }) });
    fc.assert(
      fc.property(change, ({ at, length, insert }) => {
        outcome(sample.slice(0, at) + insert + sample.slice(at + length));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('aliases that multiply are refused in no time', () => {
    const bomb = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`),
      'ng-allow: *a30',
    ].join('\n');
    const before = performance.now();
    expect(outcome(bomb).length).toBeGreaterThan(0);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('a prototype is not to be reached', () => {
    outcome('{"__proto__": {"polluted": 1}, "trunk-profiles": {"__proto__": {"secure": "off"}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
