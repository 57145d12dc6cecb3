import type { Clock } from '../shared/clock.js';
import type { LogFields, Logger, LogLevel } from './logger.js';

interface Window {
  startedMilliseconds: number;
  written: number;
  suppressed: number;
}

export interface LimitedLogOptions {
  /** Lines of one event let through in an interval. */
  readonly lines: number;
  readonly intervalMilliseconds: number;
}

const usual: LimitedLogOptions = { lines: 10, intervalMilliseconds: 10_000 };

/** Distinct events remembered: events are fixed names, so this is never reached unless a caller puts data into one. */
const mostEvents = 256;

/**
 * Events that strangers can cause: at most so many lines an interval, the rest is counted, and the first line of the
 * next interval says how many were left out as `suppressed`.
 */
export class LimitedLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #options: LimitedLogOptions;
  readonly #windows = new Map<string, Window>();

  constructor(logger: Logger, clock: Clock, options: LimitedLogOptions = usual) {
    this.#logger = logger;
    this.#clock = clock;
    this.#options = options;
  }

  log(level: LogLevel, event: string, fields: LogFields = {}): void {
    if (!this.#logger.isEnabled(level)) return;
    const window = this.#windowOf(event);
    const now = this.#clock.monotonicMilliseconds();
    if (now - window.startedMilliseconds >= this.#options.intervalMilliseconds)
      Object.assign(window, { startedMilliseconds: now, written: 0 });
    if (window.written >= this.#options.lines) {
      window.suppressed++;
      return;
    }
    window.written++;
    const suppressed = window.suppressed;
    window.suppressed = 0;
    this.#logger[level](event, suppressed === 0 ? fields : { ...fields, suppressed });
  }

  #windowOf(event: string): Window {
    const key = this.#windows.has(event) || this.#windows.size < mostEvents ? event : '';
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const fresh: Window = { startedMilliseconds: this.#clock.monotonicMilliseconds(), written: 0, suppressed: 0 };
    this.#windows.set(key, fresh);
    return fresh;
  }
}
