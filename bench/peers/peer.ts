import type { Tools } from '../tools.js';
import type { CallRequest, RelayedCall } from '../relayed-call.js';

export type SystemName = 'srtp-anchor' | 'rtpengine' | 'floor' | 'javascript';

export interface StartOptions {
  /** As for `taskset -c`; null = not pinned. */
  readonly cpus: string | null;
  readonly nice: number;
  readonly workers: number;
  readonly portMin: number;
  readonly portMax: number;
  /** Seconds between a delete and the release of its ports. */
  readonly deleteDelay: number;
  readonly tools: Tools;
}

/** A relay in a process of its own. */
export interface RunningPeer {
  readonly pid: number;
  /** `onReply` gets the milliseconds that each control request took. */
  setUpCall(call: CallRequest, onReply?: (milliseconds: number) => void): Promise<RelayedCall>;
  deleteCall(call: CallRequest): Promise<void>;
  /** The shortest control request there is. */
  ping(): Promise<void>;
  stop(): Promise<void>;
}

export interface Peer {
  readonly name: SystemName;
  /** It has SRTP; without, the same load is offered as plain RTP in, plain RTP out. */
  readonly hasSrtp: boolean;
  /** It has call control worth measuring. */
  readonly hasCallControl: boolean;
  /** Why it cannot run here, or null. */
  unavailable(): string | null;
  start(options: StartOptions): Promise<RunningPeer>;
}
