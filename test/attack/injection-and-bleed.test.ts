import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { TestHost } from '../support/host.js';
import { RelayProcess } from '../support/relay-process.js';
import { measureMatrix, PHASES, type MatrixRow } from './support/attack-matrix.js';
import { readMatrix, renderMatrix, replaceMatrix, SECURITY_PAGE, shapeOf } from './support/security-page.js';

let host: TestHost;
let anchor: Anchor;
let rows: readonly MatrixRow[];

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await RelayProcess.start(host);
  rows = await measureMatrix(anchor);
}, 120_000);
afterAll(async () => {
  await host.close();
});

/** `phase: inject/bleed` of every phase in which there was any. */
function harm(row: MatrixRow, phases: readonly (typeof PHASES)[number][] = PHASES): string[] {
  return phases
    .map((phase) => ({ phase, ...row.damage[phase] }))
    .filter(({ inject, bleed }) => inject + bleed > 0)
    .map(({ phase, inject, bleed }) => `${row.leg}, ${row.mode}, ${row.attacker}, ${phase}: ${inject}/${bleed}`);
}

function plainRows(mode: string): readonly MatrixRow[] {
  return rows.filter((row) => row.leg === 'plain' && row.mode === mode);
}

describe('attacks from other sources', () => {
  it('were made: no row without a spray in each phase', () => {
    expect(rows).toHaveLength(36);
    for (const row of rows) {
      for (const phase of PHASES) expect(row.damage[phase].sent).toBeGreaterThanOrEqual(16);
    }
  });

  it('on a secure leg inject nothing and draw nothing, in any mode, at any time', () => {
    const secure = rows.filter(({ leg }) => leg !== 'plain');
    expect(secure.flatMap((row) => harm(row))).toEqual([]);
    expect(secure.filter(({ alive }) => !alive)).toEqual([]);
  });

  it('on a plain leg in the default mode do nothing once the signalled address has sent', () => {
    const after = ['party speaks', 'mid-call', 'on hold', 'party speaks again'] as const;
    const found = plainRows('heuristic (default)');
    expect(found).toHaveLength(2);
    expect(found.flatMap((row) => harm(row, after))).toEqual([]);
    expect(found.every(({ alive }) => alive)).toBe(true);
  });

  it('on a plain leg in the default mode get five packets a port through at most before that, and draw none', () => {
    const [stranger] = plainRows('heuristic (default)').filter(({ attacker }) => attacker === 'third address');
    for (const phase of ['before media', 'hold over, party silent'] as const) {
      expect(stranger?.damage[phase].inject).toBeLessThanOrEqual(10);
      expect(stranger?.damage[phase].bleed).toBe(0);
    }
  });

  it('on a plain leg without learning do nothing at any time', () => {
    expect(plainRows('off').flatMap((row) => harm(row))).toEqual([]);
  });

  it('with strict-source inject nothing before the source is settled', () => {
    const found = plainRows('heuristic, strict-source').flatMap((row) =>
      harm(row, ['party speaks', 'mid-call', 'on hold', 'party speaks again']),
    );
    expect(found).toEqual([]);
  });

  it('are in the table of docs/security.md, row by row', () => {
    const page = readFileSync(SECURITY_PAGE, 'utf8');
    const matrix = renderMatrix(rows);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(SECURITY_PAGE, replaceMatrix(page, matrix));
    expect(shapeOf(readMatrix(readFileSync(SECURITY_PAGE, 'utf8')))).toBe(shapeOf(matrix));
  });
});
