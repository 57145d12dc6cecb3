import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LINE_REASONS, METRIC_NAMES } from '../../../src/metrics/catalogue.js';
import { metricsPage } from '../../../src/metrics/metrics-page.js';
import { UNUSABLE_REASONS } from '../../../src/negotiation/judge-crypto.js';

describe('docs/metrics.md', () => {
  it('is what the catalogue says', () => {
    const path = join(import.meta.dirname, '../../../docs/metrics.md');
    if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(path, metricsPage());
    expect(readFileSync(path, 'utf8')).toBe(metricsPage());
  });

  it('names every metric', () => {
    for (const name of METRIC_NAMES) expect(metricsPage()).toContain(`\`srtp_anchor_${name}\``);
  });
});

describe('the catalogue', () => {
  it('knows every reason for which an a=crypto line is unusable', () => {
    expect([...LINE_REASONS].sort()).toEqual([...UNUSABLE_REASONS, 'other'].sort());
  });
});
