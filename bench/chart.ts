import { figure } from './markdown.js';
import type { BenchResult } from './result.js';
import { summarize, type SummaryRow } from './summary.js';

interface Bar {
  readonly system: string;
  /** null = packets were lost, so that there is no figure. */
  readonly value: number | null;
}

interface BarGroup {
  readonly label: string;
  readonly bars: readonly Bar[];
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly BarGroup[];
}

/** Fill of each system's bars: told apart also without colour by their order, which the legend shows. */
const colours: Readonly<Record<string, string>> = {
  'srtp-anchor': '#0f766e',
  rtpengine: '#d97706',
  floor: '#94a3b8',
  javascript: '#7c3aed',
};
const order = Object.keys(colours);

const width = 860;
const panelHeight = 250;
const margin = { left: 16, top: 56, gap: 56 };
const barWidth = 26;
/** A panel is as wide as this many groups at least, for its title. */
const leastGroups = 1.4;
const longestCaption = 140;

/** CPU time per packet and highest rate, side by side; readable on light and on dark pages. */
export function writeChart(result: BenchResult): string {
  const rows = summarize(result).filter((row) => row.subject.startsWith('rtp_srtp'));
  const panels = [cpuPanel(rows), ratePanel(rows)].filter((panel) => panel.groups.length > 0);
  const weight = (panel: Panel): number => Math.max(panel.groups.length, leastGroups);
  const groups = panels.reduce((total, panel) => total + weight(panel), 0);
  const share = (width - 2 * margin.left - margin.gap * (panels.length - 1)) / Math.max(1, groups);
  let left = margin.left;
  const drawn = panels.map((panel) => {
    const part = drawPanel(panel, left, share * weight(panel));
    left += share * weight(panel) + margin.gap;
    return part;
  });
  return svg([legend(systemsIn(panels)), ...drawn], result);
}

type ChartRow = Pick<SummaryRow, 'system' | 'subject'> & { readonly value: number | null };

function cpuPanel(rows: readonly SummaryRow[]): Panel {
  // Every load has a loss figure; those that spoiled the CPU figure have nothing else.
  const own = rows
    .filter((row) => row.measure === 'cpu' && row.figure === 'loss')
    .map(({ system, subject }): ChartRow => {
      const cpu = rows.find(
        (row) =>
          row.figure === 'CPU a packet' && row.measure === 'cpu' && row.system === system && row.subject === subject,
      );
      return { system, subject, value: cpu?.median ?? null };
    });
  const rate = (row: ChartRow): string => / ([\d.]+ kpps)/.exec(row.subject)?.[1] ?? '';
  return { title: 'CPU time per packet, RTP to SRTP (lower is better)', unit: 'µs', groups: groupBy(own, rate) };
}

function ratePanel(rows: readonly SummaryRow[]): Panel {
  const own = rows
    .filter((row) => row.measure === 'rate')
    .map(({ system, subject, median }): ChartRow => ({ system, subject, value: median / 1000 }));
  return { title: 'Rate without loss', unit: 'kpps', groups: groupBy(own, () => 'one worker') };
}

function groupBy(rows: readonly ChartRow[], label: (row: ChartRow) => string): BarGroup[] {
  const labels = [...new Set(rows.map(label))];
  return labels.map((name) => ({
    label: name,
    bars: rows
      .filter((row) => label(row) === name)
      .map((row) => ({ system: row.system, value: row.value }))
      .sort((a, b) => order.indexOf(a.system) - order.indexOf(b.system)),
  }));
}

function systemsIn(panels: readonly Panel[]): string[] {
  const names = panels.flatMap((panel) => panel.groups.flatMap((group) => group.bars.map((bar) => bar.system)));
  return order.filter((system) => names.includes(system));
}

function drawPanel(panel: Panel, left: number, panelWidth: number): string {
  const most = Math.max(...panel.groups.flatMap((group) => group.bars.map((bar) => bar.value ?? 0)), Number.MIN_VALUE);
  const groupWidth = panelWidth / panel.groups.length;
  const bottom = margin.top + panelHeight;
  const groups = panel.groups.map((group, i) => drawGroup(group, left + i * groupWidth, groupWidth, most, bottom));
  const axis = `<line class="axis" x1="${round(left)}" y1="${bottom}" x2="${round(left + panelWidth)}" y2="${bottom}"/>`;
  const title = text(left, margin.top - 14, `${panel.title}, ${panel.unit}`, 'title');
  return [title, axis, ...groups].join('\n');
}

function drawGroup(group: BarGroup, left: number, groupWidth: number, most: number, bottom: number): string {
  const pitch = Math.min(barWidth + 10, groupWidth / group.bars.length);
  const first = left + (groupWidth - pitch * group.bars.length) / 2;
  const bars = group.bars.map((bar, i) => drawBar(bar, first + i * pitch, pitch, most, bottom));
  return [...bars, text(left + groupWidth / 2, bottom + 18, group.label, 'label')].join('\n');
}

function drawBar(bar: Bar, left: number, pitch: number, most: number, bottom: number): string {
  if (bar.value === null) return text(left + pitch / 2, bottom - 5, 'loss', 'value');
  const height = (bar.value / most) * (panelHeight - 24);
  const value = figure(bar.value);
  const shape = [left + (pitch - barWidth) / 2, bottom - height, Math.min(barWidth, pitch - 2), height].map(round);
  const [x = 0, y = 0, w = 0, h = 0] = shape;
  const title = `<title>${bar.system}: ${value}</title>`;
  return `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="2" fill="${colours[bar.system] ?? '#64748b'}">${title}</rect>\n${text(left + pitch / 2, y - 5, value, 'value')}`;
}

function legend(systems: readonly string[]): string {
  return systems
    .map((system, i) => {
      const x = margin.left + i * 130;
      return `<rect x="${x}" y="10" width="12" height="12" rx="2" fill="${colours[system] ?? '#64748b'}"/>${text(x + 18, 20, system === 'floor' ? 'no crypto' : system, 'legend')}`;
    })
    .join('\n');
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}">${content}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function svg(parts: readonly string[], result: BenchResult): string {
  const height = margin.top + panelHeight + 44;
  const { machine } = result;
  const caption = `${machine.cpu}, ${machine.cores} cores, ${machine.kernel}; PCMU over loopback, medians; ${result.command}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="CPU time per packet and highest packet rate by system">
<style>
text { font: 12px system-ui, sans-serif; fill: #1f2937; }
.title { font-weight: 600; }
.label, .value { text-anchor: middle; }
.value { font-size: 11px; }
.caption { font-size: 10px; }
.axis { stroke: #9ca3af; }
@media (prefers-color-scheme: dark) { text { fill: #e5e7eb; } .axis { stroke: #6b7280; } }
</style>
${parts.join('\n')}
${text(margin.left, height - 6, escapeText(caption.slice(0, longestCaption)), 'caption')}
</svg>
`;
}

function escapeText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
