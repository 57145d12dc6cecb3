import type { BenchResult } from './result.js';
import { summarize, type SummaryRow } from './summary.js';
import { judgeTargets, type TargetRow } from './targets.js';

/** The result as a page: what was measured on what, every figure with a column a system, the targets. */
export function writeMarkdown(result: BenchResult): string {
  const rows = summarize(result);
  const sections = [
    header(result),
    ...figureSections(rows),
    operationSection(rows),
    targetSection(judgeTargets(result)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function header(result: BenchResult): string {
  const { machine, versions, placement } = result;
  const lines = [
    '# Benchmark',
    '',
    `\`${result.command}\`, ${result.startedAt}`,
    '',
    `- ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGibibytes} GiB, ${machine.kernel}, load ${machine.loadAtStart} at the start`,
    `- srtp-anchor ${versions.srtpAnchor} (${versions.commit}), Node ${versions.node}, ${versions.openssl}`,
    `- rtpengine ${versions.rtpengine ?? 'not installed'}, user space`,
    `- relay on CPU ${placement.relayCpus ?? 'any'}, generator on CPU ${placement.generatorCpu ?? 'any'}`,
    ...result.absent.map(({ system, reason }) => `- without ${system}: ${reason}`),
  ];
  return lines.join('\n');
}

const titles: Readonly<Record<string, string>> = {
  cpu: 'CPU time per packet',
  rate: 'Highest rate without loss, one worker',
  latency: 'Latency',
  life: 'Calls as in life: 50 packets a second each',
  workers: 'One worker and two',
  control: 'Control protocol',
  memory: 'Memory',
  churn: 'Calls set up and deleted',
  endurance: 'Soak',
};

function figureSections(rows: readonly SummaryRow[]): string[] {
  return Object.entries(titles).flatMap(([measure, title]) => {
    const own = rows.filter((row) => row.measure === measure && row.figure !== 'generator a packet');
    return own.length === 0 ? [] : [`## ${title}\n\n${systemTable(own)}`];
  });
}

/** A line a figure, a column a system. */
function systemTable(rows: readonly SummaryRow[]): string {
  const systems = [...new Set(rows.map((row) => row.system))];
  const lines = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const label = `${row.subject} | ${row.figure}${row.unit === '' ? '' : `, ${row.unit}`}`;
    const line = lines.get(label) ?? new Map<string, string>();
    line.set(row.system, figure(row.median));
    lines.set(label, line);
  }
  const body = [...lines].map(
    ([label, line]) => `| ${label} | ${systems.map((system) => line.get(system) ?? '–').join(' | ')} |`,
  );
  return [
    `| what | figure | ${systems.join(' | ')} |`,
    `|---|---|${systems.map(() => '---:|').join('')}`,
    ...body,
  ].join('\n');
}

function operationSection(rows: readonly SummaryRow[]): string {
  const own = rows.filter((row) => row.measure === 'crypto' || row.measure === 'micro');
  if (own.length === 0) return '';
  const body = own.map((row) => `| ${row.system} | ${row.subject} | ${figure(row.median)} |`);
  return ['## Single operations', '', '| source | operation | ns |', '|---|---|---:|', ...body].join('\n');
}

function targetSection(rows: readonly TargetRow[]): string {
  const verdict = (row: TargetRow): string => (row.met === null ? 'not measured' : row.met ? 'met' : '**missed**');
  const body = rows.map(
    (row) => `| ${row.what} | ${row.bound} | ${row.value === null ? '–' : figure(row.value)} | ${verdict(row)} |`,
  );
  return ['## Targets', '', '| what | bound | measured | |', '|---|---:|---:|---|', ...body].join('\n');
}

/** Three digits that matter; thousands with separators. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
