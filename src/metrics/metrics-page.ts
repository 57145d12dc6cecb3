import { METRIC_NAMES, METRIC_PREFIX, metricRow, type LabelValues, type MetricName } from './catalogue.js';

/** docs/metrics.md, from the catalogue. */
export function metricsPage(): string {
  return `${HEAD}\n${METRIC_NAMES.map(section).join('\n')}`;
}

const HEAD = `# Metrics

<!-- Generated from src/metrics/catalogue.ts: change it there, then run \`UPDATE_DOCS=1 npx vitest run --project unit test/unit/metrics\`. -->

\`GET /metrics\` answers in the Prometheus text format, or in OpenMetrics when the scraper asks for it. Names begin with
\`${METRIC_PREFIX}\`; units are seconds and bytes; counters end in \`_total\` and only grow. No label holds a call-id, an address or
an SSRC: the number of series is bounded by the lists below. *Read at the scrape* means: from the counters that the media
workers write, in one pass, without stopping them. Beside these there are the usual \`process_*\` and \`nodejs_*\` series.

Packets balance: \`${METRIC_PREFIX}datagrams_received_total\` is the sum of \`${METRIC_PREFIX}packets_total{direction="in"}\` and
\`${METRIC_PREFIX}packets_dropped_total\`.
`;

function section(name: MetricName): string {
  const row = metricRow(name);
  const facts = [
    row.type,
    ...(row.unit === null ? [] : [row.unit]),
    row.source === 'snapshot' ? 'read at the scrape' : 'counted as it happens',
  ];
  const lines = [`### \`${METRIC_PREFIX}${name}\``, '', `${row.help}. *${facts.join(', ')}*`];
  const labels = Object.entries(row.labels).map(([label, values]) => `- \`${label}\`: ${labelText(values)}`);
  if (labels.length > 0) lines.push('', ...labels);
  if (row.buckets.length > 0) lines.push('', `Buckets: ${row.buckets.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function labelText(values: LabelValues): string {
  return 'boundedBy' in values ? values.boundedBy : values.map((value) => `\`${value}\``).join(', ');
}
