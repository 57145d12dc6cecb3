/**
 * What libFuzzer wrote: executions, findings, and how coverage grew. A line that begins with `#1234` says where the run
 * stood after so many executions; it writes one whenever an input found something, and at every power of two.
 */
export function readFuzzerLog(text) {
  const executions = Number(/number_of_executed_units:\s+(\d+)/.exec(text)?.[1] ?? 0);
  const seconds = Number(/^Done \d+ runs in (\d+) second/m.exec(text)?.[1] ?? 0);
  const stands = [...text.matchAll(/^#(\d+)\s.*?\bcov: (\d+) ft: (\d+)/gm)].map(([, at, coverage, features]) => ({
    at: Number(at),
    coverage: Number(coverage),
    features: Number(features),
  }));
  const coverage = [0.25, 0.5, 0.75, 1].map((part) => standAt(stands, part * executions));
  return { executions, seconds, perSecond: Math.round(executions / Math.max(1, seconds)), coverage };
}

/** Edges and features (edges with how often, compared values) that were covered by then; 0 before the first line. */
function standAt(stands, executions) {
  const { coverage = 0, features = 0 } = stands.findLast(({ at }) => at <= executions) ?? {};
  return { coverage, features };
}

/** Rows for people: target, executions, a second, edges covered at 25, 50, 75 and 100 % of the run, findings. */
export function fuzzTable(results) {
  const header = ['target', 'executions', 'a second', 'at 25 %', '50 %', '75 %', '100 %', 'findings'];
  const rows = results.map(({ target, executions, perSecond, coverage, finding }) => [
    target,
    grouped(executions),
    grouped(perSecond ?? 0),
    ...(coverage === undefined ? ['', '', '', ''] : coverage.map(({ coverage: edges }) => String(edges))),
    finding === null ? '0' : '1',
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const line = (cells) =>
    cells
      .map((cell, column) => pad(cell, widths[column], column))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}

function pad(cell, width, column) {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function grouped(number) {
  return number.toLocaleString('en-US');
}
