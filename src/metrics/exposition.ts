import type { Family, Sample } from './family.js';

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

const textType = 'text/plain; version=0.0.4; charset=utf-8';
const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Whether the scraper prefers OpenMetrics (it names the type, and not with weight 0). */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  const entry = (accept ?? '')
    .split(',')
    .find((part) => part.trim().toLowerCase().startsWith('application/openmetrics-text'));
  return entry !== undefined && !/;\s*q=0(?:\.0*)?\s*(?:;|$)/.test(entry);
}

/**
 * Both formats from one list. Not prom-client's own writer: its OpenMetrics form renames the metrics it prints, so that
 * a server which answers both formats loses `_total` in the other.
 */
export function writeExposition(families: readonly Family[], openMetrics: boolean): Exposition {
  if (!openMetrics)
    return {
      contentType: textType,
      body: families.map((family) => writeFamily(family, family.name, family.type, false)).join(''),
    };
  const names = new Set(families.map(({ name }) => name));
  const body = families.map((family) => writeOpenFamily(family, names)).join('');
  return { contentType: openMetricsType, body: `${body}# EOF\n` };
}

/**
 * OpenMetrics names the family of a counter without the suffix of its samples. Where a gauge has that name already
 * (`sessions` beside `sessions_total`), two families would be one: the counter then goes out under its full name,
 * which that format calls a metric of unknown type.
 */
function writeOpenFamily(family: Family, names: ReadonlySet<string>): string {
  const bare = family.name.replace(/_total$/, '');
  if (family.type !== 'counter') return writeFamily(family, family.name, family.type, true);
  return names.has(bare)
    ? writeFamily(family, family.name, 'unknown', true)
    : writeFamily(family, bare, 'counter', true);
}

function writeFamily(family: Family, name: string, type: string, openMetrics: boolean): string {
  const head = `# HELP ${name} ${escapeHelp(family.help, openMetrics)}\n# TYPE ${name} ${type}\n`;
  return head + family.samples.map((one) => writeSample(family.name, one)).join('');
}

function writeSample(name: string, { suffix, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(String(text))}"`);
  return `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${writeNumber(value)}\n`;
}

function writeNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string, openMetrics: boolean): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return openMetrics ? escaped.replaceAll('"', '\\"') : escaped;
}
