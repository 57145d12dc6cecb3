import {
  BRIDGES,
  SESSION_STATES,
  type Bridge,
  type InterfacePorts,
  type MetricsSnapshot,
  type MetricsSource,
  type SessionState,
  type SrtpCount,
} from '../metrics/source.js';
import { WORKER_COUNTERS, type WorkerCounter } from '../relay/counters.js';
import type { Relay } from '../relay/relay.js';
import type { RelayTotals } from '../relay/totals.js';
import type { AnchorService } from '../session/anchor-service.js';
import type { Call } from '../session/call.js';
import type { Interfaces } from '../session/interfaces.js';
import type { MediaSide } from '../session/party.js';

/** What the adapter asks of the rest of the process. */
export interface MetricsQuestions {
  readonly isReady: () => boolean;
  readonly controlDrops: () => number;
}

/** Reads the relay and the calls into what a scrape and the live page show. */
export class MetricsAdapter implements MetricsSource {
  readonly #relay: Relay;
  readonly #service: AnchorService;
  readonly #interfaces: Interfaces;
  readonly #questions: MetricsQuestions;
  /** A late packet takes a loss back; what is exported as a counter stays where it was until it is passed again. */
  #lost = 0;

  constructor(room: { relay: Relay; service: AnchorService; interfaces: Interfaces }, questions: MetricsQuestions) {
    this.#relay = room.relay;
    this.#service = room.service;
    this.#interfaces = room.interfaces;
    this.#questions = questions;
  }

  snapshot(): MetricsSnapshot {
    const totals = this.#relay.totals();
    const { counters } = totals;
    this.#lost = Math.max(this.#lost, totals.streams.lost);
    return {
      received: { packets: counters.rx_packets, bytes: counters.rx_bytes },
      accepted: {
        rtp: { packets: counters.rtp_packets, bytes: counters.rtp_bytes },
        rtcp: { packets: counters.rtcp_packets, bytes: counters.rtcp_bytes },
      },
      sent: {
        rtp: { packets: counters.tx_rtp_packets, bytes: counters.tx_rtp_bytes },
        rtcp: { packets: counters.tx_rtcp_packets, bytes: counters.tx_rtcp_bytes },
      },
      drops: totals.drops,
      srtp: srtpCounts(totals),
      rocResync: {
        kept: counters.roc_resync_kept,
        reset: counters.roc_resync_reset,
        adjusted: counters.roc_resync_adjusted,
        failed: counters.roc_resync_failed,
      },
      rekeys: { kept: Math.max(0, counters.rekeys - counters.roc_resync_reset), reset: counters.roc_resync_reset },
      sequenceRestarts: counters.sequence_restarts,
      socketOverflows: counters.socket_overflows,
      controlSocketDrops: this.#questions.controlDrops(),
      relearned: totals.relearned,
      workers: Array.from({ length: this.#relay.workers }, (_, worker) => this.workerCounters(worker)),
      sessions: this.#sessions(),
      sessionsTotal: this.#service.calls.created,
      streams: this.#streams(),
      ports: this.#ports(),
      lostPackets: this.#lost,
      reorderedPackets: totals.streams.reordered,
      duplicatePackets: totals.streams.duplicates,
      draining: this.#service.admission.draining,
      ready: this.#questions.isReady(),
    };
  }

  workerCounters(worker: number): Readonly<Record<WorkerCounter, number>> {
    const slab = this.#relay.slab(worker);
    return Object.fromEntries(WORKER_COUNTERS.map((name) => [name, slab.worker(name)])) as Record<
      WorkerCounter,
      number
    >;
  }

  #sessions(): Record<SessionState, number> {
    const sessions = Object.fromEntries(SESSION_STATES.map((state) => [state, 0])) as Record<SessionState, number>;
    for (const call of this.#service.calls) sessions[stateOf(call)] += 1;
    return sessions;
  }

  #streams(): Record<Bridge, number> {
    const streams = Object.fromEntries(BRIDGES.map((bridge) => [bridge, 0])) as Record<Bridge, number>;
    for (const call of this.#service.calls) for (const bridge of bridgesOf(call)) streams[bridge] += 1;
    return streams;
  }

  /** An interface name that has two families counts once. */
  #ports(): readonly InterfacePorts[] {
    const byName = new Map<string, { total: number; used: number }>();
    for (const { name, pool } of this.#interfaces.all) {
      const before = byName.get(name) ?? { total: 0, used: 0 };
      byName.set(name, { total: before.total + pool.size, used: before.used + pool.used });
    }
    return [...byName].map(([name, { total, used }]) => ({ interface: name, total, used }));
  }
}

export function stateOf(call: Call): SessionState {
  if (call.isLeaving) return 'deleting';
  if (!call.answered) return 'offered';
  const legs = call.parties.flatMap((party) => party.media.flatMap((side) => (side.leg === null ? [] : [side.leg])));
  return legs.some((leg) => leg.held) ? 'held' : 'answered';
}

function srtpCounts(totals: RelayTotals): readonly SrtpCount[] {
  return [...totals.srtp].map(([key, packets]) => {
    const [op, suite, kind] = key.split('/') as [SrtpCount['op'], SrtpCount['suite'], SrtpCount['kind']];
    return { op, suite, kind, packets };
  });
}

/** One a direction of every connected m= line. */
function* bridgesOf(call: Call): Generator<Bridge> {
  for (const party of call.parties) {
    for (const [index, side] of party.media.entries()) {
      const peer = party.counterpart?.media[index];
      if (isInUse(side) && peer !== undefined && isInUse(peer)) {
        yield `${(side.leg?.inbound ?? null) === null ? 'rtp' : 'srtp'}_${(peer.leg?.outbound ?? null) === null ? 'rtp' : 'srtp'}`;
      }
    }
  }
}

function isInUse(side: MediaSide): boolean {
  return side.kind === 'rtp' && side.leg !== null && side.rtp !== null;
}
