import { fileURLToPath } from 'node:url';
import { waitUntilReady, type Anchor, type AnchorOptions } from './anchor.js';
import { relayEnvironment } from './relay-environment.js';
import { freeTcpPort, freeUdpPort } from './free-port.js';
import type { TestHost } from './host.js';
import type { RunningProcess } from './process.js';
import type { SocketAddress } from './udp-endpoint.js';

const BINARY = fileURLToPath(new URL('../../bin/srtp-anchor', import.meta.url));

/** `bin/srtp-anchor serve` as a child process on a test host. */
export class RelayProcess implements Anchor {
  readonly kind = 'srtp-anchor';

  private constructor(
    readonly host: TestHost,
    readonly process: RunningProcess,
    readonly ng: SocketAddress,
    readonly http: SocketAddress,
  ) {}

  static async start(host: TestHost, options: AnchorOptions = {}): Promise<RelayProcess> {
    const ng = options.ng ?? { address: '127.0.0.1', port: await freeUdpPort(host) };
    const http = options.http ?? { address: '127.0.0.1', port: await freeTcpPort(host) };
    const args = [
      BINARY,
      'serve',
      ...['--listen-ng', `${ng.address}:${ng.port}`],
      ...['--listen-http', `${http.address}:${http.port}`],
      ...(options.interfaces ?? ['127.0.0.1']).flatMap((one) => ['--interface', one]),
      ...['--port-min', String(options.portMin ?? 23_000)],
      ...['--port-max', String(options.portMax ?? 31_999)],
      ...['--log-level', 'info'],
      ...(options.extraArguments ?? []),
    ];
    const env = relayEnvironment(options.environment);
    const child = host.spawn('srtp-anchor', process.execPath, args, { env });
    await waitUntilReady(host, child, ng);
    return new RelayProcess(host, child, ng, http);
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}
