import { fileURLToPath } from 'node:url';
import type { SpawnOptions } from 'node:child_process';
import { waitUntilReady, type Anchor } from '../../support/anchor.js';
import type { TestHost } from '../../support/host.js';

const BINARY = fileURLToPath(new URL('../../../bin/srtp-anchor', import.meta.url));
const NG = { address: '127.0.0.1', port: 2223 };
const HTTP = { address: '127.0.0.1', port: 2225 };

export interface WrappedRelayOptions {
  /** A shell script that ends in `exec "$@"`, in which the relay starts: limits, redirections, another directory. */
  readonly script: string;
  readonly arguments?: readonly string[];
  readonly spawn?: SpawnOptions;
}

/** `serve` under a shell's hand, on the default control and HTTP ports of a host of its own. */
export async function startWrappedRelay(host: TestHost, options: WrappedRelayOptions): Promise<Anchor> {
  const serve = [process.execPath, BINARY, 'serve', '--port-min', '23000', '--port-max', '31999'];
  const child = host.spawn(
    'srtp-anchor',
    'sh',
    ['-c', options.script, 'sh', ...serve, ...(options.arguments ?? [])],
    options.spawn ?? {},
  );
  await waitUntilReady(host, child, NG);
  return {
    kind: 'srtp-anchor',
    ...{ host, process: child, ng: NG, http: HTTP },
    stop: async () => {
      await child.stop();
    },
  };
}
