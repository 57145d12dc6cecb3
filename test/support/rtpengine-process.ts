import { waitUntilReady, type Anchor, type AnchorOptions } from './anchor.js';
import { freeTcpPort, freeUdpPort } from './free-port.js';
import type { TestHost } from './host.js';
import type { RunningProcess } from './process.js';
import { TempDirectory } from './temp-directory.js';
import type { SocketAddress } from './udp-endpoint.js';

/** Debian's rtpengine-daemon as a stand-in: the same protocol from other hands. Its metrics have other names. */
export class RtpengineProcess implements Anchor {
  readonly kind = 'rtpengine';

  private constructor(
    readonly host: TestHost,
    readonly process: RunningProcess,
    readonly ng: SocketAddress,
    readonly http: SocketAddress,
    readonly directory: TempDirectory,
  ) {}

  static async start(host: TestHost, options: AnchorOptions = {}): Promise<RtpengineProcess> {
    const ng = options.ng ?? { address: '127.0.0.1', port: await freeUdpPort(host) };
    const http = options.http ?? { address: '127.0.0.1', port: await freeTcpPort(host) };
    const directory = new TempDirectory('rtpengine');
    const args = [
      ...(options.interfaces ?? ['127.0.0.1']).map((one) => `--interface=${one}`),
      `--listen-ng=${ng.address}:${ng.port}`,
      `--listen-http=${http.address}:${http.port}`,
      ...['--table=-1', '--foreground', '--log-stderr', '--log-level=4', '--num-threads=1'],
      ...['-m', String(options.portMin ?? 23_000), '-M', String(options.portMax ?? 31_999)],
      `--pidfile=${directory.file('pid')}`,
      ...['--config-file=none'],
      ...(options.extraArguments ?? []),
    ];
    const child = host.spawn('rtpengine', 'rtpengine', args);
    await waitUntilReady(host, child, ng);
    return new RtpengineProcess(host, child, ng, http, directory);
  }

  async stop(): Promise<void> {
    await this.process.stop(2_000);
    this.directory.remove();
  }
}
