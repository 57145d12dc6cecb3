import type { Clock } from '../shared/clock.js';

/** Lines of one kind a second; what is over is counted and told with the next line. */
const LINES_PER_SECOND = 5;
const MAX_KINDS = 64;

interface Kind {
  second: number;
  lines: number;
  suppressed: number;
}

/** Keeps a flood of bad messages from becoming a flood of log lines. */
export class LogThrottle {
  readonly #clock: Clock;
  readonly #kinds = new Map<string, Kind>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Writes unless this kind had its lines for the second; `suppressed` is how many were left out since the last. */
  write(kind: string, log: (suppressed: number) => void): void {
    const entry = this.#entry(kind);
    const second = Math.floor(this.#clock.monotonicMilliseconds() / 1000);
    if (entry.second !== second) Object.assign(entry, { second, lines: 0 });
    if (++entry.lines > LINES_PER_SECOND) {
      entry.suppressed++;
      return;
    }
    const { suppressed } = entry;
    entry.suppressed = 0;
    log(suppressed);
  }

  #entry(kind: string): Kind {
    const key = this.#kinds.has(kind) || this.#kinds.size < MAX_KINDS ? kind : '';
    const present = this.#kinds.get(key);
    if (present !== undefined) return present;
    const created: Kind = { second: -1, lines: 0, suppressed: 0 };
    this.#kinds.set(key, created);
    return created;
  }
}
