import { WORKER_STALL_MILLISECONDS } from '../relay/relay.js';
import type { HealthSource } from './sources.js';

export const EVENT_LOOP_STALL_MILLISECONDS = 1_000;

export interface HealthVerdict {
  readonly healthy: boolean;
  readonly ready: boolean;
  /** What is wrong, in words; empty when nothing is. */
  readonly problems: readonly string[];
}

/** Alive: the event loop and every worker make progress. Ready: alive, served, and not draining. */
export function judgeHealth(source: HealthSource): HealthVerdict {
  const stalled = source
    .workerHeartbeatAgesMilliseconds()
    .flatMap((age, index) =>
      age > WORKER_STALL_MILLISECONDS ? [`worker ${index} stalled for ${Math.round(age)} ms`] : [],
    );
  const lag = source.eventLoopLagMilliseconds();
  const late = lag > EVENT_LOOP_STALL_MILLISECONDS ? [`the event loop was late by ${Math.round(lag)} ms`] : [];
  const alive = [...stalled, ...late];
  const closed = source.listening() ? [] : ['the control protocol is not served'];
  const leaving = source.draining() ? ['draining: no new calls'] : [];
  return {
    healthy: alive.length === 0,
    ready: alive.length + closed.length + leaving.length === 0,
    problems: [...alive, ...closed, ...leaving],
  };
}
