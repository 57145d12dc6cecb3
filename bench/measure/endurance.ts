import { offerLoad, withPeer, type Bench } from '../bench.js';
import { openDescriptors, residentBytes } from '../process-memory.js';
import type { SystemName } from '../peers/peer.js';
import type { EnduranceSample } from '../result.js';
import { loadName, type LoadShape } from '../scenarios.js';

const lookEveryMilliseconds = 5_000;

/** One load for many minutes, with the relay's memory and descriptors every few seconds. */
export async function measureEndurance(
  bench: Bench,
  system: SystemName,
  shape: LoadShape,
  minutes: number,
): Promise<EnduranceSample> {
  bench.progress.step(`soak: ${system}, ${loadName(shape)}, ${minutes} minutes`);
  return withPeer(bench, system, { workers: 1 }, async (peer) => {
    const resident: number[] = [];
    const descriptors: number[] = [];
    const look = setInterval(() => {
      resident.push(residentBytes(peer.pid));
      descriptors.push(openDescriptors(peer.pid));
    }, lookEveryMilliseconds);
    try {
      const times = { ...bench.times, durationMilliseconds: Math.round(minutes * 60_000) };
      const outcome = await offerLoad(bench, peer, shape, { times });
      return { measure: 'endurance', system, run: 1, minutes, shape, outcome, residentBytes: resident, descriptors };
    } finally {
      clearInterval(look);
    }
  });
}
