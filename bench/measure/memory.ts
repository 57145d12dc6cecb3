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

const churnRounds = 20;

/** Sets calls up and deletes them, round after round; memory and descriptors after a quarter of them and at the end. */
export async function measureChurn(bench: Bench, system: SystemName, calls: number, run: number): Promise<ChurnSample> {
  bench.progress.step(`churn run ${run}: ${system}, ${calls} calls set up and deleted`);
  return withPeer(bench, system, { workers: 1, deleteDelay: 0 }, async (peer) => {
    const look = async (): Promise<[number, number]> => {
      await sleep(settleMilliseconds * 3);
      return [residentBytes(peer.pid), openDescriptors(peer.pid)];
    };
    const rounds = async (count: number): Promise<void> => {
      for (let round = 0; round < count; round++) {
        for (const call of await setUp(bench, peer, Math.ceil(calls / churnRounds))) await peer.deleteCall(call);
      }
    };
    await rounds(churnRounds / 4);
    const [residentBefore, descriptorsBefore] = await look();
    await rounds((churnRounds * 3) / 4);
    const [residentAfter, descriptorsAfter] = await look();
    return {
      measure: 'churn',
      system,
      run,
      calls,
      residentBytes: { before: residentBefore, after: residentAfter },
      descriptors: { before: descriptorsBefore, after: descriptorsAfter },
    };
  });
}
