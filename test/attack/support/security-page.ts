import { fileURLToPath } from 'node:url';
import { LEGS, PHASES, type MatrixRow } from './attack-matrix.js';

export const SECURITY_PAGE = fileURLToPath(new URL('../../../docs/security.md', import.meta.url));

const BEGIN =
  '<!-- attack matrix: UPDATE_DOCS=1 npx vitest run --project attack test/attack/injection-and-bleed.test.ts -->';
const END = '<!-- end of the attack matrix -->';

/** Plain legs row by row; a secure leg is one row, which says that every mode gave the same. */
export function renderMatrix(rows: readonly MatrixRow[]): string {
  const head = ['leg', 'learning', 'attacker', ...PHASES];
  const plain = rows
    .filter(({ leg }) => leg === 'plain')
    .map((row) => [row.leg, row.mode, row.attacker, ...PHASES.map((phase) => cell(row, phase))]);
  const secure = LEGS.filter((leg) => leg !== 'plain').map((leg) => {
    const ofLeg = rows.filter((row) => row.leg === leg);
    return [leg, 'every mode', 'both', ...PHASES.map((phase) => worst(ofLeg, phase))];
  });
  return [head, head.map(() => '---'), ...plain, ...secure].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell({ damage }: MatrixRow, phase: (typeof PHASES)[number]): string {
  const { inject, bleed } = damage[phase];
  return `${inject} / ${bleed}`;
}

function worst(rows: readonly MatrixRow[], phase: (typeof PHASES)[number]): string {
  const most = (kind: 'inject' | 'bleed'): number => Math.max(...rows.map(({ damage }) => damage[phase][kind]));
  return `${most('inject')} / ${most('bleed')}`;
}

/** The part of the page between the markers. Throws when the page has lost them. */
export function readMatrix(page: string): string {
  const { begin, end } = markers(page);
  return page.slice(begin, end).trim();
}

export function replaceMatrix(page: string, matrix: string): string {
  const { begin, end } = markers(page);
  return `${page.slice(0, begin)}\n${matrix}\n${page.slice(end)}`;
}

/** The table without its figures, which differ a little from run to run where an attacker races a party. */
export function shapeOf(matrix: string): string {
  return matrix
    .split('\n')
    .filter((line) => !/^\|[ -|]*$/.test(line))
    .map((line) => line.replaceAll(/\d+ \/ \d+/g, 'N').replaceAll(/ +/g, ' '))
    .join('\n');
}

function markers(page: string): { begin: number; end: number } {
  const at = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (at < 0 || end < at) throw new Error('docs/security.md has lost the markers of the attack matrix');
  return { begin: at + BEGIN.length, end };
}
