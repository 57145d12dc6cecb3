import { NgClient, type NgClientOptions } from './ng-client.js';
import type { RunningProcess } from './process.js';
import type { TestHost } from './host.js';
import type { SocketAddress } from './udp-endpoint.js';
import { waitFor } from './wait.js';

export interface AnchorOptions {
  readonly ng?: SocketAddress;
  readonly http?: SocketAddress;
  /** As on the command line: [NAME/]ADDR[!ADVERTISED]. */
  readonly interfaces?: readonly string[];
  /** Below the ports that the kernel hands out to the tests' own sockets (32768 and up), unless told. */
  readonly portMin?: number;
  readonly portMax?: number;
  readonly extraArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running media anchor, ours or the stand-in, with the same face. */
export interface Anchor {
  readonly kind: 'srtp-anchor' | 'rtpengine';
  readonly host: TestHost;
  readonly process: RunningProcess;
  readonly ng: SocketAddress;
  readonly http: SocketAddress;
  stop(): Promise<void>;
}

export async function openNgClient(anchor: Anchor, options: NgClientOptions = {}): Promise<NgClient> {
  return NgClient.open(anchor.host, anchor.ng, options);
}

/** Pings until the process answers, or fails with what it printed. */
export async function waitUntilReady(host: TestHost, process: RunningProcess, ng: SocketAddress): Promise<void> {
  const client = await NgClient.open(host, ng);
  try {
    await waitFor(
      `${process.name} to answer a ping`,
      async () => {
        process.assertRunning();
        const reply = await client.request({ command: 'ping' }, 250).catch(() => undefined);
        return reply?.result === 'pong';
      },
      { timeoutMilliseconds: 20_000 },
    );
  } catch (error) {
    throw new Error(`${String(error)}\n${process.output.slice(-4_000)}`, { cause: error });
  } finally {
    await client.close();
  }
}
