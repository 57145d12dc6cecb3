import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '../shared/clock.js';
import { writeExposition, wantsOpenMetrics, type Exposition } from './exposition.js';
import type { Family, Sample } from './family.js';
import { MetricsRecorder } from './recorder.js';
import { snapshotFamilies } from './snapshot-families.js';
import type { BuildInfo, MetricsSource } from './source.js';

/** Gauges of prom-client whose names claim to be counters; `nodejs_active_resources` says the same in each case. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_requests',
];

/** Milliseconds between two looks at the event loop's delay. The usual 10 wake an idle process a hundred times a second. */
const LAG_RESOLUTION = 250;

/** Joins what was counted as it happened with one snapshot of the native counters a scrape. Owns its registry. */
export class MetricsCollector {
  readonly recorder: MetricsRecorder;
  readonly #registry = new Registry();
  readonly #source: MetricsSource;
  readonly #build: BuildInfo;
  readonly #clock: Clock;
  readonly #highest = new Map<string, number>();

  constructor(source: MetricsSource, build: BuildInfo, interfaces: readonly string[], clock: Clock) {
    this.#source = source;
    this.#build = build;
    this.#clock = clock;
    this.recorder = new MetricsRecorder(this.#registry, interfaces);
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_RESOLUTION });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
  }

  /** The answer to a scrape whose Accept header is `accept`. */
  async render(accept: string | undefined): Promise<Exposition> {
    return writeExposition(await this.families(), wantsOpenMetrics(accept));
  }

  async families(): Promise<Family[]> {
    const view = {
      snapshot: this.#source.snapshot(),
      build: this.#build,
      nowMilliseconds: this.#clock.monotonicMilliseconds(),
    };
    const fromSnapshot = snapshotFamilies(view).map((family) =>
      family.type === 'counter' ? this.#onlyGrowing(family) : family,
    );
    return [...fromSnapshot, ...(await registryFamilies(this.#registry))];
  }

  /** A total that is computed (lost packets, after a late one came) may step back; a counter must not. */
  #onlyGrowing(family: Family): Family {
    return { ...family, samples: family.samples.map((one) => ({ ...one, value: this.#grow(family.name, one) })) };
  }

  #grow(name: string, { labels, value }: Sample): number {
    const key = `${name} ${Object.values(labels).join(' ')}`;
    const highest = Math.max(value, this.#highest.get(key) ?? 0);
    this.#highest.set(key, highest);
    return highest;
  }
}

interface RegistryValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string;
}

async function registryFamilies(registry: Registry): Promise<Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map((metric) => ({
    name: metric.name,
    help: metric.help,
    // Declared as a numeric enumeration, yet a string at run time.
    type: String(metric.type) as Family['type'],
    samples: metric.values.map((value) => sampleOf(metric.name, value)),
  }));
}

function sampleOf(name: string, { value, labels, metricName }: RegistryValue): Sample {
  const known = Object.entries(labels).flatMap(([label, text]): [string, string | number][] =>
    text === undefined ? [] : [[label, text]],
  );
  return {
    suffix: metricName === undefined ? '' : metricName.slice(name.length),
    labels: Object.fromEntries(known),
    value,
  };
}
