import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { METRIC_NAMES, METRIC_PREFIX, metricRow } from '../../../src/metrics/catalogue.js';

const deploy = join(import.meta.dirname, '../../../deploy');
const alerts = parse(readFileSync(join(deploy, 'prometheus/alerts.yml'), 'utf8')) as {
  groups: { rules: { alert: string; expr: string }[] }[];
};
const dashboard = readFileSync(join(deploy, 'grafana/srtp-anchor.json'), 'utf8');

/** Every series name that a scrape can hold, by the catalogue and by prom-client's own metrics. */
function seriesNames(): Set<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ours = METRIC_NAMES.flatMap((name) =>
    (metricRow(name).type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map(
      (suffix) => METRIC_PREFIX + name + suffix,
    ),
  );
  return new Set([...ours, ...registry.getMetricsAsArray().map(({ name }) => name), 'up']);
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/\b(?:srtp_anchor|nodejs|process)_[a-z0-9_]+\b|\bup\b(?=[{ ])/g)].map((match) => match[0]);
}

/** `metric{label="value", …}` → metric and its equality matchers. */
function* matchers(text: string): Generator<[string, string, string]> {
  for (const [, name, inside] of text.matchAll(/\bsrtp_anchor_([a-z0-9_]+?)(?:_bucket|_sum|_count)?\{([^}]*)\}/g)) {
    for (const [, label, operator, value] of inside!.matchAll(/(\w+)(=|!=)"([^"$]*)"/g))
      if (operator !== undefined) yield [name!, label!, value!];
  }
}

const expressions = alerts.groups.flatMap(({ rules }) => rules.map((rule) => rule.expr));
const queries = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(
  (match) => JSON.parse(`"${match[1]}"`) as string,
);

describe.each([
  ['the alerts', expressions],
  ['the dashboard', queries],
])('%s', (_what, texts) => {
  it('name only series that exist', () => {
    const known = seriesNames();
    const used = texts.flatMap(namesIn);
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  it('ask only for labels and values that the catalogue lists', () => {
    for (const text of texts) {
      for (const [name, label, value] of matchers(text)) {
        const metric = METRIC_NAMES.find((candidate) => candidate === name);
        if (metric === undefined || label === 'instance' || label === 'job') continue;
        const values = metricRow(metric).labels[label];
        expect(values, `${name}{${label}}`).toBeDefined();
        if (Array.isArray(values)) expect(values, `${name}{${label}}`).toContain(value);
      }
    }
  });

  it('group only by labels that the metrics have', () => {
    for (const text of texts) {
      for (const [, labels, rest] of text.matchAll(/by \(([^)]*)\) \((.*)$/gm)) {
        const metric = METRIC_NAMES.find(
          (name) => namesIn(rest!)[0]?.replace(/_(?:bucket|sum|count)$/, '') === METRIC_PREFIX + name,
        );
        if (metric === undefined) continue;
        const known = [...Object.keys(metricRow(metric).labels), 'instance', 'job', 'le'];
        for (const label of labels!.split(/,\s*/)) expect(known, `${metric} by ${label}`).toContain(label);
      }
    }
  });
});

describe('the alerts', () => {
  it('are each tested firing and quiet', () => {
    const tests = readFileSync(join(deploy, 'prometheus/alerts.test.yml'), 'utf8');
    for (const { alert } of alerts.groups.flatMap(({ rules }) => rules)) {
      expect(tests).toContain(`name: ${alert} fires`);
      expect(tests).toContain(`name: ${alert} stays quiet`);
    }
  });
});

describe('the dashboard', () => {
  it('is JSON whose panels have names, queries and places of their own', () => {
    const { panels } = JSON.parse(dashboard) as {
      panels: {
        id: number;
        title: string;
        type: string;
        targets?: unknown[];
        gridPos: { x: number; y: number; w: number; h: number };
      }[];
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const panel of panels) {
      if (panel.type !== 'row') expect(panel.targets?.length, panel.title).toBeGreaterThan(0);
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
    }
    expect(new Set(panels.map(({ gridPos }) => `${gridPos.x},${gridPos.y}`)).size).toBe(panels.length);
  });
});
