import { setTimeout as sleep } from 'node:timers/promises';
import { callRequest, withPeer, type Bench } from '../bench.js';
import { openDescriptors, residentBytes } from '../process-memory.js';
import type { RunningPeer, SystemName } from '../peers/peer.js';
import type { CallRequest } from '../relayed-call.js';
import type { ChurnSample, MemorySample } from '../result.js';
import { hot } from '../scenarios.js';

const warmupCalls = 50;
const settleMilliseconds = 500;

async function setUp(bench: Bench, peer: RunningPeer, count: number): Promise<CallRequest[]> {
  const calls: CallRequest[] = [];
  for (let i = 0; i < count; i++) {
    const call = callRequest(bench, hot('rtp_srtp', 1));
    await peer.setUpCall(call);
    calls.push(call);
    if (i % 100 === 99) bench.progress.detail(`${i + 1} of ${count} calls`);
  }
  return calls;
}

/** Growth of the resident set over so many calls that stay, per call. */
export async function measureMemory(
  bench: Bench,
  system: SystemName,
  calls: number,
  run: number,
): Promise<MemorySample> {
  bench.progress.step(`memory run ${run}: ${system}, ${calls} calls`);
  return withPeer(bench, system, { workers: 1 }, async (peer) => {
    await setUp(bench, peer, warmupCalls);
    const before = residentBytes(peer.pid);
    await setUp(bench, peer, calls);
    await sleep(settleMilliseconds);
    return { measure: 'memory', system, run, calls, bytesPerCall: (residentBytes(peer.pid) - before) / calls };
  });
}

const roundCalls = 500;

/**
 * Sets calls up and deletes them, round after round, twice as many as `calls`; memory and descriptors after each half.
 * The first half takes what is taken once (caches, heaps); what the second one adds was not given back. Before each look
 * the relay is left alone until what it keeps of old requests has expired.
 */
export async function measureChurn(
  bench: Bench,
  system: SystemName,
  calls: number,
  restSeconds: number,
): Promise<ChurnSample> {
  bench.progress.step(`churn: ${system}, twice ${calls} calls set up and deleted`);
  return withPeer(bench, system, { workers: 1, deleteDelay: 0 }, async (peer) => {
    const half = async (): Promise<{ resident: number; descriptors: number }> => {
      for (let left = calls; left > 0; left -= roundCalls) {
        for (const call of await setUp(bench, peer, Math.min(left, roundCalls))) await peer.deleteCall(call);
      }
      bench.progress.detail(`resting for ${restSeconds} seconds`);
      await sleep(restSeconds * 1000);
      return { resident: residentBytes(peer.pid), descriptors: openDescriptors(peer.pid) };
    };
    const before = await half();
    const after = await half();
    return {
      measure: 'churn',
      system,
      run: 1,
      calls,
      residentBytes: { before: before.resident, after: after.resident },
      descriptors: { before: before.descriptors, after: after.descriptors },
    };
  });
}
