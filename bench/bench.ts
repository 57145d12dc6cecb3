import type { GeneratorPlacement, LoadTimes } from './load-plan.js';
import { runLoad, type LoadOutcome } from './load.js';
import { findSystem } from './peers/systems.js';
import type { Peer, RunningPeer, SystemName } from './peers/peer.js';
import type { Progress } from './progress.js';
import type { CallRequest, RelayedCall } from './relayed-call.js';
import { isSecure, type Bridge, type LoadShape } from './scenarios.js';
import { generateKey } from './suite-key.js';
import type { Tools } from './tools.js';

/** What every measurement needs. */
export interface Bench {
  readonly tools: Tools;
  readonly progress: Progress;
  readonly systems: readonly SystemName[];
  readonly runs: number;
  readonly times: LoadTimes;
  /** CPUs of a relay with one worker, and of one with several; null = not pinned. */
  readonly relayCpus: string | null;
  readonly allCpus: string | null;
  readonly placement: GeneratorPlacement;
  /** First of four ports on 127.0.0.1 of the generator; the relays' ports lie below. */
  readonly generatorPort: number;
  readonly relayPortMin: number;
}

export interface PeerOptions {
  readonly workers: number;
  readonly deleteDelay?: number;
}

/** A fresh process for what `use` does, ended whatever happens. */
export async function withPeer<T>(
  bench: Bench,
  system: SystemName,
  options: PeerOptions,
  use: (peer: RunningPeer) => Promise<T>,
): Promise<T> {
  const peer = await findSystem(system).start({
    cpus: options.workers === 1 ? bench.relayCpus : bench.allCpus,
    nice: bench.placement.nice,
    workers: options.workers,
    portMin: bench.relayPortMin,
    portMax: bench.generatorPort - 1,
    deleteDelay: options.deleteDelay ?? 30,
    tools: bench.tools,
  });
  try {
    return await use(peer);
  } finally {
    await peer.stop();
  }
}

/** What a system can be offered in the place of a bridge: one without SRTP gets plain RTP. */
export function offeredBridge(peer: Peer, bridge: Bridge): Bridge {
  return peer.hasSrtp ? bridge : 'rtp_rtp';
}

let callsMade = 0;

/** A call between the generator's two endpoints, with fresh keys. */
export function callRequest(bench: Bench, shape: Pick<LoadShape, 'bridge' | 'suite'>): CallRequest {
  const secure = isSecure(shape.bridge);
  const media = (offset: number): CallRequest['a']['media'] => ({
    address: '127.0.0.1',
    rtp: bench.generatorPort + offset,
    rtcp: bench.generatorPort + offset + 1,
  });
  return {
    id: `bench-${process.pid}-${Date.now().toString(36)}-${++callsMade}`,
    a: { media: media(0), crypto: secure.a ? generateKey(shape.suite) : null },
    b: { media: media(2), crypto: secure.b ? generateKey(shape.suite) : null },
  };
}

export async function setUpCalls(bench: Bench, peer: RunningPeer, shape: LoadShape): Promise<RelayedCall[]> {
  const calls: RelayedCall[] = [];
  for (let i = 0; i < shape.calls; i++) {
    calls.push(await peer.setUpCall(callRequest(bench, shape)));
    if (i % 100 === 99) bench.progress.detail(`${i + 1} of ${shape.calls} calls set up`);
  }
  return calls;
}

export interface RunOptions {
  readonly kernelStamps?: boolean;
  readonly times?: LoadTimes;
}

/** Sets the calls up and offers the load. */
export async function offerLoad(
  bench: Bench,
  peer: RunningPeer,
  shape: LoadShape,
  options: RunOptions = {},
): Promise<LoadOutcome> {
  const calls = await setUpCalls(bench, peer, shape);
  const load = {
    calls,
    shape,
    times: options.times ?? bench.times,
    placement: bench.placement,
    watchedPids: [peer.pid],
    kernelStamps: options.kernelStamps ?? false,
    progress: true,
  };
  return runLoad(bench.tools, load, (line) => bench.progress.detail(line));
}
