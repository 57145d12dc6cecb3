import { openNgClient, type Anchor } from '../../support/anchor.js';
import { sleep } from '../../support/wait.js';

/** Pings the control port every 50 ms until `stop`, which answers the round trips, milliseconds, sorted. */
export class PingProbe {
  readonly #times: number[] = [];
  #running = true;
  readonly #done: Promise<void>;

  constructor(anchor: Anchor) {
    this.#done = this.#run(anchor);
  }

  async stop(): Promise<readonly number[]> {
    this.#running = false;
    await this.#done;
    return this.#times.sort((a, b) => a - b);
  }

  async #run(anchor: Anchor): Promise<void> {
    const client = await openNgClient(anchor);
    while (this.#running) {
      const started = performance.now();
      await client.request({ command: 'ping' }, 2_000).catch(() => undefined);
      this.#times.push(performance.now() - started);
      await sleep(50);
    }
    await client.close();
  }
}

/** The round trip that nine of ten stay below. */
export function ninthDecile(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) * 0.9)] ?? Infinity;
}
