import type { Bench } from '../bench.js';
import type { BenchOptions, Measure } from '../options.js';
import { findSystem } from '../peers/systems.js';
import type { SystemName } from '../peers/peer.js';
import type { RateSample, Sample } from '../result.js';
import { hot, life, type LoadShape } from '../scenarios.js';
import { median } from '../statistics.js';
import { measureControlIdle, measureControlSaturated } from './control.js';
import { measureCrypto } from './crypto.js';
import { measureHighestRate } from './highest-rate.js';
import { alternate, measureLoad } from './load.js';
import { measureChurn, measureMemory } from './memory.js';
import { measureMicro } from './micro.js';

type Measurement = (bench: Bench, options: BenchOptions, before: readonly Sample[]) => Promise<Sample[]>;

/** Each measure, in the order in which a whole run does them. */
export const MEASUREMENTS: Readonly<Record<Measure, Measurement>> = {
  cpu: measureCpu,
  rate: measureRates,
  latency: measureLatency,
  life: measureLife,
  workers: measureWorkers,
  control: measureControl,
  memory: (bench, options) =>
    eachRun(bench, withCallControl(bench), (system, run) => measureMemory(bench, system, options.memoryCalls, run)),
  churn: (bench, options) =>
    eachSystem(withCallControl(bench), (system) =>
      measureChurn(bench, system, options.churnCalls, options.churnRestSeconds),
    ),
  crypto: (bench, options) => measureCrypto(bench, options.operationSeconds),
  micro: (bench, options) => measureMicro(bench, options.operationSeconds),
};

function shapeOptions(options: BenchOptions): Partial<LoadShape> {
  return { calls: options.hotCalls, payload: options.payload, direction: options.direction, burst: options.burst };
}

function measureCpu(bench: Bench, options: BenchOptions): Promise<Sample[]> {
  const shapes = options.bridges.flatMap((bridge) =>
    options.rates.map((rate) => hot(bridge, rate, shapeOptions(options))),
  );
  return alternate(
    bench,
    shapes.map((shape) => ({ measure: 'cpu', shape, workers: 1, kernelStamps: false })),
  );
}

async function measureRates(bench: Bench, options: BenchOptions): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const bridge of options.rateBridges ?? options.bridges) {
    const shape = hot(bridge, 0, shapeOptions(options));
    samples.push(
      ...(await eachRun(bench, bench.systems, (system, run) =>
        measureHighestRate(bench, system, shape, run, options.search),
      )),
    );
  }
  return samples;
}

/** Every system at the same rate: half of what this product carries. */
function measureLatency(bench: Bench, options: BenchOptions, before: readonly Sample[]): Promise<Sample[]> {
  const rate = options.latencyRate ?? halfOfHighest(before) ?? (options.rates.at(-1) ?? 0) / 2;
  const shape = hot('rtp_srtp', rate, shapeOptions(options));
  return alternate(bench, [{ measure: 'latency', shape, workers: 1, kernelStamps: true }]);
}

export function halfOfHighest(samples: readonly Sample[]): number | null {
  const ours = samples.filter(
    (sample): sample is RateSample =>
      sample.measure === 'rate' && sample.system === 'srtp-anchor' && sample.shape.bridge === 'rtp_srtp',
  );
  return ours.length === 0 ? null : Math.round(median(ours.map((sample) => sample.packetsPerSecond)) / 2000) * 1000;
}

function measureLife(bench: Bench, options: BenchOptions): Promise<Sample[]> {
  const shape = life('rtp_srtp', options.lifeCalls, { payload: options.payload });
  return alternate(bench, [{ measure: 'life', shape, workers: 1, kernelStamps: false }]);
}

async function measureWorkers(bench: Bench, options: BenchOptions): Promise<Sample[]> {
  const shape = life('rtp_srtp', Math.max(2, Math.round(options.lifeCalls * 0.4)), { payload: options.payload });
  const samples: Sample[] = [];
  for (let run = 1; run <= bench.runs; run++) {
    for (const system of withCallControl(bench)) {
      for (const workers of [1, 2])
        samples.push(
          await measureLoad(bench, system, { measure: 'workers', shape, workers, kernelStamps: false }, run),
        );
    }
  }
  return samples;
}

async function measureControl(bench: Bench, options: BenchOptions): Promise<Sample[]> {
  const load = hot('rtp_srtp', options.saturatingRate, { calls: options.hotCalls, burst: 8 });
  const systems = withCallControl(bench);
  return [
    ...(await eachRun(bench, systems, (system, run) => measureControlIdle(bench, system, options.pairs, run))),
    ...(await eachRun(bench, systems, (system, run) =>
      measureControlSaturated(bench, system, options.pairs, run, load),
    )),
  ];
}

function withCallControl(bench: Bench): SystemName[] {
  return bench.systems.filter((system) => findSystem(system).hasCallControl);
}

async function eachSystem(
  systems: readonly SystemName[],
  sample: (system: SystemName) => Promise<Sample>,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const system of systems) samples.push(await sample(system));
  return samples;
}

async function eachRun(
  bench: Bench,
  systems: readonly SystemName[],
  sample: (system: SystemName, run: number) => Promise<Sample>,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let run = 1; run <= bench.runs; run++)
    samples.push(...(await eachSystem(systems, (system) => sample(system, run))));
  return samples;
}
