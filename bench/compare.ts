import { figure } from './markdown.js';
import type { BenchResult } from './result.js';
import { summarize, type SummaryRow } from './summary.js';

export interface ComparedRow {
  readonly row: SummaryRow;
  readonly before: number;
  readonly after: number;
  /** after ÷ before; null when before is 0. */
  readonly ratio: number | null;
}

/** What both results measured, in the order of the first. */
export function compareResults(before: BenchResult, after: BenchResult): ComparedRow[] {
  const later = new Map(summarize(after).map((row) => [identity(row), row.median]));
  return summarize(before).flatMap((row) => {
    const value = later.get(identity(row));
    if (value === undefined) return [];
    return [{ row, before: row.median, after: value, ratio: row.median === 0 ? null : value / row.median }];
  });
}

function identity(row: SummaryRow): string {
  return JSON.stringify([row.measure, row.system, row.subject, row.figure]);
}

export function writeComparison(rows: readonly ComparedRow[]): string {
  if (rows.length === 0) return 'The two results have no measurement in common.\n';
  const cells = rows.map(({ row, before, after, ratio }) => [
    `${row.system}: ${row.subject}`,
    `${row.figure}${row.unit === '' ? '' : `, ${row.unit}`}`,
    figure(before),
    figure(after),
    ratio === null ? '–' : ratio.toFixed(3),
  ]);
  return table([['what', 'figure', 'before', 'after', 'ratio'], ...cells]);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return `${rows.map(line).join('\n')}\n`;
}
