import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { flagDocumentation } from '../../../src/control/flag-documentation.js';

const PAGE = fileURLToPath(new URL('../../../docs/ng-protocol.md', import.meta.url));
const GENERATED = /(<!-- generated: [^\n]*-->\n)[^]*(<!-- end of the generated part -->)/;

describe('docs/ng-protocol.md', () => {
  it('shows the table as the code has it', async () => {
    const page = await readFile(PAGE, 'utf8');
    const expected = page.replace(
      GENERATED,
      (_, begin: string, end: string) => `${begin}\n${flagDocumentation()}\n${end}`,
    );
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(PAGE, expected);
    else expect(page).toBe(expected);
    expect(expected).toContain('SDES');
  });
});
