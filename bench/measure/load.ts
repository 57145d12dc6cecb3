import { offerLoad, offeredBridge, withPeer, type Bench } from '../bench.js';
import { findSystem } from '../peers/systems.js';
import type { SystemName } from '../peers/peer.js';
import type { LoadSample } from '../result.js';
import { loadName, type LoadShape } from '../scenarios.js';

export interface LoadMeasure {
  readonly measure: LoadSample['measure'];
  readonly shape: LoadShape;
  readonly workers: number;
  readonly kernelStamps: boolean;
}

/** One sample: a fresh process of the system under the load. */
export async function measureLoad(
  bench: Bench,
  system: SystemName,
  wanted: LoadMeasure,
  run: number,
): Promise<LoadSample> {
  const offered = offeredBridge(findSystem(system), wanted.shape.bridge);
  bench.progress.step(`${wanted.measure} run ${run}: ${system}, ${loadName(wanted.shape)}`);
  const outcome = await withPeer(bench, system, { workers: wanted.workers }, (peer) =>
    offerLoad(bench, peer, { ...wanted.shape, bridge: offered }, { kernelStamps: wanted.kernelStamps }),
  );
  const { measure, workers, shape } = wanted;
  return { measure, system, run, workers, shape, offered, outcome };
}

/** A B A B …: every system in each run, so that a machine that changes its mood changes it for all. */
export async function alternate(
  bench: Bench,
  wanted: readonly LoadMeasure[],
  systems = bench.systems,
): Promise<LoadSample[]> {
  const samples: LoadSample[] = [];
  for (let run = 1; run <= bench.runs; run++) {
    for (const measure of wanted) {
      for (const system of systems) samples.push(await measureLoad(bench, system, measure, run));
    }
  }
  return samples;
}
