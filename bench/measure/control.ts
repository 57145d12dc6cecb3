import { callRequest, setUpCalls, withPeer, type Bench } from '../bench.js';
import { runLoad } from '../load.js';
import type { RunningPeer, SystemName } from '../peers/peer.js';
import type { ControlSample } from '../result.js';
import { hot, type LoadShape } from '../scenarios.js';
import { quantile } from '../statistics.js';

/**
 * Calls made and deleted before anything is counted: a daemon whose code is compiled as it runs is measured as it is from its
 * first minute on.
 */
const mostWarmupCalls = 5_000;

interface Pace {
  readonly pairs: number;
  readonly pairsPerSecond: number;
  readonly replyMilliseconds: ControlSample['replyMilliseconds'];
}

/** Offer and answer in lock-step, `pairs` times or until `stop` says so. */
async function pairUp(
  bench: Bench,
  peer: RunningPeer,
  pairs: number,
  stop: () => boolean = () => false,
): Promise<Pace> {
  const times: number[] = [];
  const began = performance.now();
  let done = 0;
  for (; done < pairs && !stop(); done++) {
    await peer.setUpCall(callRequest(bench, hot('rtp_srtp', 1)), (milliseconds) => times.push(milliseconds));
    if (done % 100 === 99) bench.progress.detail(`${done + 1} pairs`);
  }
  const seconds = (performance.now() - began) / 1000;
  return { pairs: done, pairsPerSecond: done / seconds, replyMilliseconds: figures(times) };
}

async function warmUp(bench: Bench, peer: RunningPeer, calls: number): Promise<void> {
  for (let done = 0; done < Math.min(mostWarmupCalls, calls); done++) {
    const call = callRequest(bench, hot('rtp_srtp', 1));
    await peer.setUpCall(call);
    await peer.deleteCall(call);
    if (done % 100 === 99) bench.progress.detail(`${done + 1} calls to warm up`);
  }
}

function figures(times: readonly number[]): ControlSample['replyMilliseconds'] {
  return { p50: quantile(times, 0.5), p90: quantile(times, 0.9), p99: quantile(times, 0.99), max: Math.max(...times) };
}

export async function measureControlIdle(
  bench: Bench,
  system: SystemName,
  pairs: number,
  run: number,
): Promise<ControlSample> {
  bench.progress.step(`control run ${run}: ${system}, ${pairs} offers and answers`);
  return withPeer(bench, system, { workers: 1, deleteDelay: 0 }, async (peer) => {
    await warmUp(bench, peer, 3 * pairs);
    return { measure: 'control', system, run, condition: 'idle', ...(await pairUp(bench, peer, pairs)) };
  });
}

/** The same while the relay is offered more packets than it can carry. */
export async function measureControlSaturated(
  bench: Bench,
  system: SystemName,
  pairs: number,
  run: number,
  load: LoadShape,
): Promise<ControlSample> {
  bench.progress.step(
    `control run ${run}: ${system}, ${pairs} offers and answers under ${load.packetsPerSecond} packets a second`,
  );
  return withPeer(bench, system, { workers: 1, deleteDelay: 0 }, async (peer) => {
    await warmUp(bench, peer, 3 * pairs);
    const calls = await setUpCalls(bench, peer, load);
    let over = false;
    const traffic = runLoad(
      bench.tools,
      {
        calls,
        shape: load,
        times: { ...bench.times, durationMilliseconds: Math.max(3_000, bench.times.durationMilliseconds) },
        placement: bench.placement,
        watchedPids: [peer.pid],
        kernelStamps: false,
        progress: false,
      },
      () => undefined,
    ).finally(() => (over = true));
    await new Promise((resolve) => setTimeout(resolve, bench.times.warmupMilliseconds));
    const pace = await pairUp(bench, peer, pairs, () => over);
    await traffic;
    return { measure: 'control', system, run, condition: 'saturated', ...pace };
  });
}
