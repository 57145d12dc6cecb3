import { fileURLToPath } from 'node:url';
import { openNgClient, type Anchor } from '../../support/anchor.js';
import { freeUdpPort } from '../../support/free-port.js';
import { httpRequest } from '../../support/metrics.js';
import { UdpEndpoint } from '../../support/udp-endpoint.js';
import { sleep, waitFor } from '../../support/wait.js';

const ECHO = fileURLToPath(new URL('./echo.mjs', import.meta.url));
const EVERY_MILLISECONDS = 50;
/** How long a proxy waits before it asks again. A ping that is lost counts as that. */
export const PATIENCE_MILLISECONDS = 500;

/** Asks again and again until `stop`, which answers how long each reply took, milliseconds, sorted. */
export class RoundTrips {
  readonly #times: number[] = [];
  #asking = true;
  readonly #done: Promise<void>;

  private constructor(ask: () => Promise<unknown>, end: () => Promise<unknown> = () => Promise.resolve()) {
    this.#done = this.#run(ask).finally(end);
    // `stop` tells; a test that failed before it closes the sockets under us.
    this.#done.catch(() => undefined);
  }

  /** A proxy that pings over UDP. */
  static async ofPings(anchor: Anchor): Promise<RoundTrips> {
    const client = await openNgClient(anchor);
    const ping = async (): Promise<unknown> =>
      client.request({ command: 'ping' }, PATIENCE_MILLISECONDS).catch(() => undefined);
    return new RoundTrips(ping, () => client.close());
  }

  /** A monitor that reads /healthz, on a new connection each time. Where the machine stands still, 503 is right. */
  static ofHealth(anchor: Anchor): RoundTrips {
    return new RoundTrips(async () => {
      const { status } = await httpRequest(anchor, '/healthz');
      if (status !== 200 && status !== 503) throw new Error(`/healthz answered ${status}`);
    });
  }

  /** Datagrams to a process beside the relay that does nothing but send them back. */
  static async ofEchoes({ host }: Anchor): Promise<RoundTrips> {
    const to = { address: '127.0.0.1', port: await freeUdpPort(host) };
    const child = host.spawn('echo', process.execPath, [ECHO, JSON.stringify(to)]);
    await child.waitForOutput(/ready/);
    const endpoint = await UdpEndpoint.open(host);
    const ask = async (): Promise<void> => {
      const heard = endpoint.received.length;
      await endpoint.send(Buffer.from('?'), to);
      await waitFor('an echo', () => endpoint.received.length > heard, { intervalMilliseconds: 2 });
    };
    return new RoundTrips(ask, () => Promise.all([child.stop(), endpoint.close()]));
  }

  async stop(): Promise<readonly number[]> {
    this.#asking = false;
    await this.#done;
    return this.#times.sort((a, b) => a - b);
  }

  async #run(ask: () => Promise<unknown>): Promise<void> {
    while (this.#asking) {
      const started = performance.now();
      await ask();
      this.#times.push(performance.now() - started);
      await sleep(EVERY_MILLISECONDS);
    }
  }
}

/** The value that `share` of all stay at or below; 1 asks for the largest. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Infinity;
}

/** For a failure's message and for a run by hand. */
export function distribution(sorted: readonly number[]): string {
  const at = (share: number): string => quantile(sorted, share).toFixed(1);
  return `${sorted.length} round trips: p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)} ms`;
}
