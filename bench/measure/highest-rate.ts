import { offerLoad, offeredBridge, withPeer, type Bench } from '../bench.js';
import { findSystem } from '../peers/systems.js';
import type { SystemName } from '../peers/peer.js';
import type { RateSample } from '../result.js';
import { loadName, type LoadShape } from '../scenarios.js';

export interface Step {
  readonly packetsPerSecond: number;
  readonly lost: number;
  /** Why the generator, and not the relay, may have been the limit; `disturbed` = others were in the relay's way. */
  readonly limits: readonly string[];
}

export interface SearchBounds {
  /** Where to begin. */
  readonly first: number;
  /** Never beyond this. */
  readonly most: number;
  /** Stop when the lowest that failed is within this factor of the highest that held. */
  readonly precision: number;
}

export interface SearchResult {
  readonly packetsPerSecond: number;
  readonly generatorLimited: boolean;
  readonly steps: Step[];
}

const growth = 1.5;
const disturbed = 'disturbed';
/** Share of the time that the relay wanted a CPU and had none. */
const disturbedShare = 0.05;

/**
 * The highest rate that `offer` survives without loss: grows by half until one fails, then halves the gap. A rate that
 * fails is offered once more, so that one hiccup does not decide; a few times more when the machine was disturbed.
 */
export async function searchHighestRate(
  offer: (packetsPerSecond: number) => Promise<Step>,
  bounds: SearchBounds,
): Promise<SearchResult> {
  const steps: Step[] = [];
  let excuses = 8;
  const holds = async (rate: number): Promise<boolean> => {
    for (let attempts = 2; attempts > 0; attempts--) {
      const step = await offer(Math.round(rate));
      steps.push(step);
      if (step.lost === 0 && !step.limits.includes('unsent')) return true;
      if (step.lost > 0 && step.limits.includes(disturbed) && excuses-- > 0) attempts++;
    }
    return false;
  };
  let good = 0;
  let bad = Number.POSITIVE_INFINITY;
  for (let rate = bounds.first; ; rate = next(good, bad, bounds)) {
    if (await holds(rate)) good = rate;
    else bad = rate;
    if (isSettled(good, bad, bounds)) break;
  }
  return { packetsPerSecond: Math.round(good), generatorLimited: isGeneratorLimited(good, bad, steps), steps };
}

function next(good: number, bad: number, bounds: SearchBounds): number {
  if (bad === Number.POSITIVE_INFINITY) return Math.min(good * growth, bounds.most);
  return good === 0 ? bad / 2 : Math.sqrt(good * bad);
}

function isSettled(good: number, bad: number, bounds: SearchBounds): boolean {
  if (good >= bounds.most || bad <= bounds.first / 64) return true;
  return good > 0 && bad / good <= bounds.precision;
}

/** The rate that failed last failed because of the generator, or nothing failed at all. */
function isGeneratorLimited(good: number, bad: number, steps: readonly Step[]): boolean {
  if (bad === Number.POSITIVE_INFINITY) return true;
  const failed = steps.filter((step) => step.packetsPerSecond > good);
  return failed.some(
    (step) => step.packetsPerSecond === Math.round(bad) && step.limits.some((limit) => limit !== disturbed),
  );
}

/** One sample: fresh processes of the system, one a step. */
export async function measureHighestRate(
  bench: Bench,
  system: SystemName,
  shape: LoadShape,
  run: number,
  bounds: SearchBounds,
): Promise<RateSample> {
  const offered = offeredBridge(findSystem(system), shape.bridge);
  const workers = 1;
  bench.progress.step(
    `highest rate run ${run}: ${system}, ${loadName({ ...shape, packetsPerSecond: bounds.first })} and up`,
  );
  const found = await searchHighestRate(async (packetsPerSecond) => {
    const outcome = await withPeer(bench, system, { workers }, (peer) =>
      offerLoad(bench, peer, { ...shape, bridge: offered, packetsPerSecond }),
    );
    const limits = [...outcome.generator.limits, ...(outcome.waitShare > disturbedShare ? [disturbed] : [])];
    bench.progress.step(`  ${packetsPerSecond} packets a second: ${outcome.packetsLost} lost${limitText(limits)}`);
    return { packetsPerSecond, lost: outcome.packetsLost, limits };
  }, bounds);
  return { measure: 'rate', system, run, workers, shape, offered, ...found };
}

function limitText(limits: readonly string[]): string {
  return limits.length === 0 ? '' : ` (${limits.join(', ')})`;
}
