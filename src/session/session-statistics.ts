import type { RelayTotals } from '../relay/totals.js';
import type { Clock } from '../shared/clock.js';
import type { Load } from './admission.js';
import type { CloseReason } from './call.js';
import type { CallTable } from './call-table.js';
import { isOneWay, isSilent } from './one-way.js';
import type { StatisticsReport } from './reports.js';

/** What happened to calls since start. */
export class SessionStatistics {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #closed = new Map<CloseReason, number>();
  #closedCalls = 0;
  #closedSeconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonicMilliseconds();
  }

  closed(reason: CloseReason, ageSeconds: number): void {
    this.#closed.set(reason, (this.#closed.get(reason) ?? 0) + 1);
    this.#closedCalls += 1;
    this.#closedSeconds += ageSeconds;
  }

  report(calls: CallTable, totals: RelayTotals, load: Load): StatisticsReport {
    const { counters, drops } = totals;
    const errors = Object.values(drops).reduce((sum, count) => sum + count, 0);
    const answered = [...calls].filter((call) => call.answered);
    return {
      sessions: calls.active,
      sessionsTotal: calls.created,
      uptimeSeconds: Math.floor((this.#clock.monotonicMilliseconds() - this.#startedAt) / 1_000),
      rtp: {
        packets: counters.rtp_packets + counters.rtcp_packets,
        bytes: counters.rtp_bytes + counters.rtcp_bytes,
        errors,
      },
      packetRate: Math.round(load.packetRate),
      byteRate: Math.round(load.byteRate),
      errorRate: 0,
      timeoutSessions: this.#count('media_timeout'),
      silentTimeoutSessions: this.#count('silent_timeout'),
      finalTimeoutSessions: this.#count('final_timeout'),
      offerTimeoutSessions: this.#count('offer_timeout'),
      regularTerminatedSessions: this.#count('delete'),
      forcedTerminatedSessions: this.#count('forced') + this.#count('drain'),
      oneWayStreams: answered.filter(isOneWay).length,
      zeroWayStreams: answered.filter(isSilent).length,
      averageCallDurationSeconds: this.#closedCalls === 0 ? 0 : this.#closedSeconds / this.#closedCalls,
    };
  }

  #count(reason: CloseReason): number {
    return this.#closed.get(reason) ?? 0;
  }
}
