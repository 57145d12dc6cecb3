import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readMatrix, SECURITY_PAGE } from './support/security-page.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(SECURITY_PAGE, 'utf8');

/** `| promise | \`file\`: title |` */
const promises = [...page.matchAll(/^\| (.+) \| `(test\/[^`]+)`: (.+) \|$/gm)].map(([, promise, file, title]) => ({
  promise: promise ?? '',
  file: file ?? '',
  title: title ?? '',
}));

describe('docs/security.md', () => {
  it('makes its promises in rows that name a test each', () => {
    const rows = page.split('\n').filter((line) => line.includes('`test/'));
    expect(promises.length).toBeGreaterThan(30);
    expect(promises).toHaveLength(rows.length);
  });

  it.each(promises)('$promise: the test exists', ({ file, title }) => {
    expect(existsSync(`${ROOT}${file}`)).toBe(true);
    expect(readFileSync(`${ROOT}${file}`, 'utf8')).toContain(title);
  });

  it('has every cell of the attack matrix filled with figures', () => {
    const rows = readMatrix(page).split('\n').slice(2);
    expect(rows).toHaveLength(14);
    for (const row of rows) expect(row.match(/\d+ \/ \d+/g)).toHaveLength(7);
  });

  it('is named by SECURITY.md', () => {
    expect(readFileSync(`${ROOT}SECURITY.md`, 'utf8')).toContain('docs/security.md');
  });
});
