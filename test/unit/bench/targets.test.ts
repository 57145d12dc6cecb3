import { expect, it } from 'vitest';
import { judgeTargets, pairedRatio } from '../../../bench/targets.js';
import type { Sample } from '../../../bench/result.js';
import { cpuSample, rateSample, resultOf } from './result-fixture.js';

function target(samples: readonly Sample[], what: string) {
  const row = judgeTargets(resultOf(samples)).find((candidate) => candidate.what === what);
  if (row === undefined) throw new Error(`no target ${what}`);
  return row;
}

const cpuRow = 'CPU a packet against rtpengine, rtp_srtp, 40 kpps';

it('judges CPU per packet by the median of the ratios of pairs of runs', () => {
  const samples = [
    cpuSample('srtp-anchor', 'rtp_srtp', 40_000, 4, 1),
    cpuSample('rtpengine', 'rtp_srtp', 40_000, 10, 1),
    cpuSample('srtp-anchor', 'rtp_srtp', 40_000, 12, 2), // the machine was three times slower then
    cpuSample('rtpengine', 'rtp_srtp', 40_000, 30, 2),
  ];
  expect(target(samples, cpuRow)).toMatchObject({ value: 0.4, met: true });
});

it('misses a target by a hair', () => {
  const samples = [cpuSample('srtp-anchor', 'rtp_srtp', 40_000, 5.01), cpuSample('rtpengine', 'rtp_srtp', 40_000, 10)];
  expect(target(samples, cpuRow).met).toBe(false);
});

it('does not judge what was not measured, nor against runs of the other that lost packets', () => {
  expect(target([], cpuRow)).toMatchObject({ value: null, met: null });
  const lossy = [
    cpuSample('srtp-anchor', 'rtp_srtp', 40_000, 4),
    cpuSample('rtpengine', 'rtp_srtp', 40_000, 10, 1, 500),
  ];
  expect(target(lossy, cpuRow).met).toBeNull();
});

it('misses a CPU target when every run of ours lost packets, however cheap it was', () => {
  const lossy = [
    cpuSample('srtp-anchor', 'rtp_srtp', 40_000, 1, 1, 500),
    cpuSample('rtpengine', 'rtp_srtp', 40_000, 10),
  ];
  expect(target(lossy, cpuRow).met).toBe(false);
});

it('asks for a higher rate, not a lower one', () => {
  const what = 'highest rate without loss against rtpengine, rtp_srtp';
  expect(target([rateSample('srtp-anchor', 216_000), rateSample('rtpengine', 160_000)], what).met).toBe(true);
  expect(target([rateSample('srtp-anchor', 160_000), rateSample('rtpengine', 160_000)], what).met).toBe(false);
});

it('pairs runs by their number', () => {
  const ours = [rateSample('srtp-anchor', 10, 1), rateSample('srtp-anchor', 30, 2)];
  const theirs = [rateSample('rtpengine', 10, 2)];
  expect(pairedRatio(ours, theirs, (sample) => sample.packetsPerSecond)).toBe(3);
  expect(pairedRatio(ours, [], (sample) => sample.packetsPerSecond)).toBeNull();
});
