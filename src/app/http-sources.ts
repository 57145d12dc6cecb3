import type { EventLoopLag } from '../http/event-loop-lag.js';
import type { HttpSources } from '../http/sources.js';
import type { RootLogger } from '../log/logger.js';
import { callId } from '../shared/brand.js';
import type { Clock } from '../shared/clock.js';
import type { AnchorApp } from './anchor-app.js';
import type { ControlRoom } from './control-room.js';
import type { MetricsAdapter } from './metrics-adapter.js';

export interface HttpSourceParts {
  readonly app: AnchorApp;
  readonly adapter: MetricsAdapter;
  readonly clock: Clock;
  readonly version: string;
  readonly lag: EventLoopLag;
  readonly logger: RootLogger;
  readonly control: ControlRoom;
}

/** What the HTTP side sees of the relay and may do to it. */
export function httpSources(parts: HttpSourceParts): HttpSources {
  const { app, clock } = parts;
  const find = (id: string) => (id === '' ? null : app.service.calls.get(callId(id)));
  return {
    calls: {
      count: () => app.service.calls.active,
      list: (limit) => app.service.list(limit),
      report: (id) => {
        const call = find(id);
        return call === null ? null : app.service.report(call);
      },
    },
    refusals: app.refusals,
    totals: parts.adapter,
    health: {
      eventLoopLagMilliseconds: () => parts.lag.milliseconds(),
      workerHeartbeatAgesMilliseconds: () => heartbeatAges(app, clock),
      draining: () => app.service.admission.draining,
      listening: () => parts.control.isListening,
    },
    control: {
      drain: () => app.drain(),
      terminate: (id) => {
        const call = find(id);
        if (call !== null) app.service.close(call, 'forced');
        return call !== null;
      },
      setLogLevel: (level) => parts.logger.setLevel(level),
      logLevel: () => parts.logger.level,
    },
    metrics: { render: (accept) => app.metrics.render(accept) },
    version: parts.version,
    startedUnixSeconds: Math.floor(clock.wallMilliseconds() / 1_000),
    posts: parts.control.posts,
    upgrade: parts.control.upgrade,
    refused: (reason) => app.metrics.recorder.httpRefused(reason),
  };
}

/** Time since each worker's loop last turned. */
function heartbeatAges(app: AnchorApp, clock: Clock): readonly number[] {
  const now = clock.monotonicMilliseconds();
  return Array.from({ length: app.relay.workers }, (_, worker) => app.relay.heartbeatAge(worker, now));
}
