import pino from 'pino';
import { textLine } from './text-line.js';

/** Where finished lines go. */
export interface LogSink {
  write(line: string): void;
}

/** Lines waiting for a reader that does not read: about 4 MiB, then new lines are dropped and counted. */
const longestBacklogOctets = 4 * 1024 * 1024;

/**
 * Lines to a file descriptor, written by the thread pool. A pipe whose reader stopped therefore never stops the event
 * loop, which a synchronous write would (a container's log driver that hangs must not cost a call). The price: lines
 * of the last instant are lost when the process is killed, so a clean end calls `flush`.
 */
export class DescriptorSink implements LogSink {
  readonly #destination: ReturnType<typeof pino.destination>;
  readonly #format: (line: string) => string;
  #dropped = 0;
  #failed = false;
  /** Lines were handed over that are not written yet. */
  #waiting = false;

  constructor(descriptor: number, format: 'json' | 'text') {
    this.#destination = pino.destination({ fd: descriptor, sync: false, maxLength: longestBacklogOctets });
    this.#format = format === 'text' ? textLine : (line) => line;
    this.#destination.on('drop', () => {
      this.#dropped++;
    });
    this.#destination.on('drain', () => {
      this.#waiting = false;
    });
    // EPIPE when the reader went away, ENOSPC on a full disk: the relay goes on without a log.
    this.#destination.on('error', () => {
      this.#failed = true;
      this.#waiting = false;
    });
  }

  /** Lines lost because the reader was too slow or gone; only grows. */
  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    if (this.#failed) this.#dropped++;
    this.#failed = false;
    this.#waiting = true;
    this.#destination.write(this.#format(line));
  }

  /**
   * Resolves when every line is written, when that failed, or after `patienceMilliseconds`, whatever the reader does.
   * Not by the destination's own `flush`: that one calls back at once, while the thread pool still writes.
   */
  async flush(patienceMilliseconds = 500): Promise<void> {
    if (!this.#waiting) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#destination.off('drain', done);
        this.#destination.off('error', done);
        resolve();
      };
      const timer = setTimeout(done, patienceMilliseconds);
      this.#destination.once('drain', done);
      this.#destination.once('error', done);
    });
  }
}
