import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ROWS, rowTable, rowTests } from './rig/row-table.js';

const PAGE = fileURLToPath(new URL('../../../docs/trunks.md', import.meta.url));
const GENERATED = /(<!-- generated: [^\n]*-->\n)[^]*(<!-- end of the generated part -->)/;

describe('the rows of docs/trunks.md', () => {
  it('are each shown by a test, and every test that names a row names one of them', () => {
    const shown = new Set(rowTests().map(({ row }) => row));
    expect([...shown].toSorted()).toEqual(ROWS.map(({ id }) => id).toSorted());
  });

  it('stand in the page as the tests have them', () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toMatch(GENERATED);
    const expected = page.replace(GENERATED, (_, begin: string, end: string) => `${begin}\n${rowTable()}\n\n${end}`);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, expected);
    else expect(page).toBe(expected);
  });
});
