import { judgeHealth } from './health.js';
import type { ServiceNotifier } from './service-notifier.js';
import type { HealthSource } from './sources.js';

/**
 * Feeds the service manager's watchdog for as long as the event loop and every worker make progress: a stalled worker
 * starves it as surely as a stalled loop, and the service is restarted. Owns one timer until `close`.
 */
export class Watchdog {
  readonly #timer: NodeJS.Timeout;

  constructor(health: HealthSource, notifier: ServiceNotifier, intervalMilliseconds: number) {
    const feed = (): void => {
      const { healthy, problems } = judgeHealth(health);
      if (healthy) notifier.alive();
      else notifier.status(problems.join('; '));
    };
    feed();
    this.#timer = setInterval(feed, intervalMilliseconds).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
