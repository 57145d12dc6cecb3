import { describe, expect, it } from 'vitest';
import { writeChart } from '../../../bench/chart.js';
import { compareResults, writeComparison } from '../../../bench/compare.js';
import { figure, writeMarkdown } from '../../../bench/markdown.js';
import { parseResult } from '../../../bench/result.js';
import { growth, summarize } from '../../../bench/summary.js';
import { cpuSample, rateSample, resultOf } from './result-fixture.js';

const result = resultOf([
  cpuSample('srtp-anchor', 'rtp_srtp', 10_000, 6, 1),
  cpuSample('srtp-anchor', 'rtp_srtp', 10_000, 8, 2),
  cpuSample('srtp-anchor', 'rtp_srtp', 10_000, 40, 3),
  cpuSample('rtpengine', 'rtp_srtp', 10_000, 22),
  rateSample('srtp-anchor', 210_000),
  rateSample('rtpengine', 160_000),
]);

describe('a result file', () => {
  it('reads back as it was written', () => {
    expect(parseResult(JSON.stringify(result))).toEqual(result);
  });

  it('is refused when it is of another format', () => {
    expect(() => parseResult(JSON.stringify({ ...result, format: 'other' }))).toThrow();
  });
});

describe('the summary', () => {
  it('takes medians over the runs of one system under one load', () => {
    const cpu = summarize(result).filter((row) => row.figure === 'CPU a packet');
    expect(cpu.map((row) => [row.system, row.median, row.samples])).toEqual([
      ['srtp-anchor', 8, 3],
      ['rtpengine', 22, 1],
    ]);
  });

  it('has no CPU figure for a run that lost packets: those were cheap', () => {
    const lossy = summarize(resultOf([cpuSample('javascript', 'rtp_srtp', 80_000, 9, 1, 300)]));
    expect(lossy.map((row) => row.figure)).not.toContain('CPU a packet');
    expect(lossy.find((row) => row.figure === 'loss')?.median).toBe(30);
  });

  it('sees growth between an early and a late part of a soak, past the warm-up', () => {
    expect(growth([0, 50, 100, 100, 100, 100, 100, 100, 100, 100])).toBe(50);
    expect(growth(Array.from({ length: 20 }, () => 7))).toBe(0);
  });
});

describe('the table', () => {
  it('has a column a system, the machine, and the verdict on each target', () => {
    const page = writeMarkdown(result);
    expect(page).toContain('| what | figure | srtp-anchor | rtpengine |');
    expect(page).toContain('| rtp_srtp 64 calls 10 kpps 160 octets | CPU a packet, µs | 8 | 22 |');
    expect(page).toContain('A <fast> CPU, 2 cores');
    expect(page).toMatch(
      /\| highest rate without loss against rtpengine, rtp_srtp \| ≥ 1\.35 \| 1\.31 \| \*\*missed\*\* \|/,
    );
  });

  it('writes three digits that matter', () => {
    expect([figure(0.12345), figure(161_234), figure(22), figure(Number.NaN)]).toEqual(['0.123', '161,234', '22', '–']);
  });
});

describe('the comparison', () => {
  it('prints after ÷ before for what both results have', () => {
    const later = resultOf([cpuSample('srtp-anchor', 'rtp_srtp', 10_000, 4), rateSample('floor', 1)]);
    const rows = compareResults(result, later);
    expect(rows.find((row) => row.row.figure === 'CPU a packet')).toMatchObject({ before: 8, after: 4, ratio: 0.5 });
    expect(writeComparison(rows)).toMatch(/CPU a packet, µs +8 +4 +0\.500/);
  });

  it('says when there is nothing in common', () => {
    expect(writeComparison(compareResults(resultOf([]), result))).toContain('no measurement in common');
  });
});

describe('the chart', () => {
  const svg = writeChart(result);

  it('draws a bar for each system and rate, with its figure', () => {
    expect([...svg.matchAll(/<title>([^<]+)<\/title>/g)].map((match) => match[1])).toEqual([
      'srtp-anchor: 8',
      'rtpengine: 22',
      'srtp-anchor: 210',
      'rtpengine: 160',
    ]);
  });

  it('makes bars proportional to what they show', () => {
    const heights = [...svg.matchAll(/height="([\d.]+)" rx="2" fill="#[0-9a-f]+"><title>/g)].map((match) =>
      Number(match[1]),
    );
    expect(heights[0]! / heights[1]!).toBeCloseTo(8 / 22, 1);
  });

  it('says loss where losing packets spoiled the figure', () => {
    const lossy = writeChart(resultOf([cpuSample('rtpengine', 'rtp_srtp', 140_000, 15, 1, 900)]));
    expect(lossy).toMatch(/<text class="value"[^>]*>loss<\/text>/);
  });

  it('is readable on a dark page, and escapes what it prints', () => {
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).toContain('A &lt;fast&gt; CPU');
  });

  it('is drawn even from nothing', () => {
    expect(writeChart(resultOf([]))).toContain('</svg>');
  });
});
