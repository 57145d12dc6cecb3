import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { flagDocumentation } from '../../../src/control/flag-documentation.js';
import { evidenceFor, printEvidence, readEvidence, SUBJECTS } from '../../support/conformance.js';

const PAGE = fileURLToPath(new URL('../../../docs/ng-protocol.md', import.meta.url));
const GENERATED = /(<!-- generated: [^\n]*-->\n)[^]*(<!-- end of the generated part -->)/;

const evidence = readEvidence();

function shownBy(section: string, name: string): string {
  const subject = SUBJECTS.find((one) => one.section === section && one.name === name);
  const found = subject === undefined ? undefined : evidenceFor(subject, evidence);
  return found === undefined ? '' : printEvidence(found);
}

describe('docs/ng-protocol.md', () => {
  it('shows the table as the code has it, and the tests as their sources have them', async () => {
    const page = await readFile(PAGE, 'utf8');
    const expected = page.replace(
      GENERATED,
      (_, begin: string, end: string) => `${begin}\n${flagDocumentation(shownBy)}\n${end}`,
    );
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(PAGE, expected);
    else expect(page).toBe(expected);
    expect(expected).toContain('SDES');
  });
});

describe('the tests of the flag table', () => {
  it('are there for every command and every row', () => {
    const bare = SUBJECTS.filter((subject) => evidenceFor(subject, evidence) === undefined);
    expect(bare.map(({ section, name, status }) => `${section}: ${name} (${status})`)).toEqual([]);
  });

  it('name no row that the table does not have, or does not support', () => {
    const known = new Set(
      SUBJECTS.filter(({ status }) => status === 'supported').map(({ section, name }) => `${section}: ${name}`),
    );
    const named = evidence.flatMap(({ section, names }) => names.map((name) => `${section}: ${name}`));
    expect(named.filter((one) => !known.has(one))).toEqual([]);
    expect(named.length).toBeGreaterThan(100);
  });
});
