import type { LoadOutcome } from './load.js';
import type { BenchResult, Sample } from './result.js';
import { loadName } from './scenarios.js';
import { median } from './statistics.js';

/** One figure, the median of its samples. What it is about is in the first four fields, alike in every result. */
export interface SummaryRow {
  readonly measure: Sample['measure'];
  /** A system, or the source of an operation. */
  readonly system: string;
  readonly subject: string;
  readonly figure: string;
  readonly unit: string;
  readonly median: number;
  readonly samples: number;
}

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

/** Rows in the order in which they were first measured. */
export function summarize(result: BenchResult): SummaryRow[] {
  const groups = new Map<string, { row: Omit<SummaryRow, 'median' | 'samples'>; values: number[] }>();
  for (const sample of result.samples) {
    for (const figure of figuresOf(sample)) {
      const row = {
        measure: sample.measure,
        system: systemOf(sample),
        subject: subjectOf(sample),
        figure: figure.name,
        unit: figure.unit,
      };
      const key = JSON.stringify(row);
      const group = groups.get(key) ?? { row, values: [] };
      group.values.push(figure.value);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ row, values }) => ({ ...row, median: median(values), samples: values.length }));
}

function systemOf(sample: Sample): string {
  return 'system' in sample ? sample.system : sample.source;
}

/** What was done, in words that are the same in each run and for each system. */
export function subjectOf(sample: Sample): string {
  switch (sample.measure) {
    case 'rate':
      return loadName(sample.shape).replace(/ [\d.]+ kpps/, '');
    case 'control':
      return sample.condition;
    case 'memory':
    case 'churn':
      return `${sample.calls} calls`;
    case 'endurance':
      return `${loadName(sample.shape)}, ${sample.minutes} minutes`;
    case 'crypto':
    case 'micro':
      return `${sample.subject} ${sample.operation} ${sample.octets} octets`;
    case 'workers':
      return `${loadName(sample.shape)}, ${sample.workers} workers`;
    default:
      return loadName(sample.shape);
  }
}

function figuresOf(sample: Sample): Figure[] {
  switch (sample.measure) {
    case 'rate':
      return [{ name: 'highest rate without loss', unit: 'packets/s', value: sample.packetsPerSecond }];
    case 'control':
      return [
        { name: 'pairs a second', unit: '1/s', value: sample.pairsPerSecond },
        { name: 'reply p50', unit: 'ms', value: sample.replyMilliseconds.p50 },
        { name: 'reply p99', unit: 'ms', value: sample.replyMilliseconds.p99 },
      ];
    case 'memory':
      return [{ name: 'memory a call', unit: 'kB', value: sample.bytesPerCall / 1000 }];
    case 'churn':
      return [
        { name: 'growth', unit: 'kB', value: (sample.residentBytes.after - sample.residentBytes.before) / 1000 },
        { name: 'descriptors more', unit: '', value: sample.descriptors.after - sample.descriptors.before },
      ];
    case 'endurance':
      return [
        ...loadFigures(sample.outcome),
        { name: 'growth', unit: 'kB', value: growth(sample.residentBytes) / 1000 },
      ];
    case 'crypto':
    case 'micro':
      return [{ name: 'time', unit: 'ns', value: sample.medianNanoseconds }];
    case 'latency':
      return [
        { name: 'latency p50', unit: 'µs', value: sample.outcome.latencyMicroseconds.p50 },
        { name: 'latency p99', unit: 'µs', value: sample.outcome.latencyMicroseconds.p99 },
        { name: 'latency p99.9', unit: 'µs', value: sample.outcome.latencyMicroseconds.p999 },
        ...loadFigures(sample.outcome),
      ];
    default:
      return loadFigures(sample.outcome);
  }
}

const lossThatSpoils = 0.01;

function loadFigures(outcome: LoadOutcome): Figure[] {
  const lost = outcome.packetsLost / Math.max(1, outcome.packetsSent);
  // A relay that drops packets saves the cost of sending them: no figure.
  const cpu = lost > lossThatSpoils ? null : outcome.cpuMicrosecondsPerPacket;
  return [
    ...(cpu === null ? [] : [{ name: 'CPU a packet', unit: 'µs', value: cpu }]),
    { name: 'loss', unit: '%', value: 100 * lost },
    { name: 'relay kept waiting', unit: '%', value: 100 * outcome.waitShare },
    { name: 'generator a packet', unit: 'µs', value: outcome.generator.microsecondsPerPacket },
  ];
}

/** From the mean of the second tenth of the readings (caches are full by then) to that of the last tenth. */
export function growth(readings: readonly number[]): number {
  const tenth = Math.max(1, Math.floor(readings.length / 10));
  const mean = (part: readonly number[]): number => part.reduce((a, b) => a + b, 0) / Math.max(1, part.length);
  return mean(readings.slice(-tenth)) - mean(readings.slice(tenth, 2 * tenth));
}
