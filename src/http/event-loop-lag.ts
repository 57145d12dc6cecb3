import type { Clock } from '../shared/clock.js';

/** Each turn of an idle loop costs about a tenth of a millisecond of cold caches. */
const tickMilliseconds = 250;
/** How long a delay is remembered: long enough for a probe every second to see it, over within two seconds. */
const memoryMilliseconds = 1_500;

/** Watches how late timers fire. Owns one unreferenced timer until `close`. */
export class EventLoopLag {
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;
  #lastTick: number;
  #worst = { lag: 0, seen: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastTick = clock.monotonicMilliseconds();
    this.#timer = setInterval(() => this.tick(), tickMilliseconds);
    this.#timer.unref();
  }

  /** Longest recent delay; a tick that is overdue right now counts. */
  milliseconds(): number {
    const now = this.#clock.monotonicMilliseconds();
    const current = Math.max(0, now - this.#lastTick - tickMilliseconds);
    return Math.max(current, now - this.#worst.seen <= memoryMilliseconds ? this.#worst.lag : 0);
  }

  /** Called by the timer; public for tests with a clock of their own. */
  tick(): void {
    const now = this.#clock.monotonicMilliseconds();
    const lag = Math.max(0, now - this.#lastTick - tickMilliseconds);
    if (lag >= this.#worst.lag || now - this.#worst.seen > memoryMilliseconds) this.#worst = { lag, seen: now };
    this.#lastTick = now;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
