import { writeFileSync } from 'node:fs';
import type { TestHost } from '../../../support/host.js';
import type { RunningProcess } from '../../../support/process.js';
import type { TempDirectory } from '../../../support/temp-directory.js';
import { UdpEndpoint, type SocketAddress } from '../../../support/udp-endpoint.js';
import { waitFor } from '../../../support/wait.js';

const MODULES = '/usr/lib/x86_64-linux-gnu/kamailio/modules';

/** IP address by host name. */
export type HostNames = Readonly<Record<string, string>>;

export interface NamedKamailioOptions {
  readonly name: string;
  /** Holds the configuration and all that it names by relative path. */
  readonly directory: TempDirectory;
  readonly configuration: string;
  /** Where it answers OPTIONS over UDP. */
  readonly udp: SocketAddress;
  /** Takes the place of /etc/hosts, for this process alone. */
  readonly hosts: HostNames;
  /** `-A NAME` or `-A NAME=VALUE`. */
  readonly defines: readonly string[];
}

/** Kamailio that knows hosts by name: in a mount namespace of its own, where /etc/hosts is the test's. */
export async function startNamedKamailio(host: TestHost, options: NamedKamailioOptions): Promise<RunningProcess> {
  const { name, directory, configuration, defines } = options;
  const hosts = directory.file('hosts');
  writeFileSync(hosts, ['127.0.0.1 localhost', ...hostLines(options.hosts), ''].join('\n'));
  const kamailio = [
    ...['kamailio', '-f', directory.file(configuration), '-DD', '-E', '-m', '64', '-M', '8', '-L', MODULES],
    ...['-Y', directory.path, '-P', directory.file('pid'), '-w', directory.path],
    ...defines.flatMap((define) => ['-A', define]),
  ];
  const script = 'mount --bind "$0" /etc/hosts && exec "$@"';
  const child = host.spawn(name, 'unshare', ['-m', 'sh', '-c', script, hosts, ...kamailio]);
  await waitUntilListening(host, child, options.udp);
  return child;
}

function hostLines(hosts: HostNames): string[] {
  return Object.entries(hosts).map(([name, address]) => `${address} ${name}`);
}

async function waitUntilListening(host: TestHost, child: RunningProcess, to: SocketAddress): Promise<void> {
  const probe = await UdpEndpoint.open(host, to.address);
  try {
    await waitFor(
      `${child.name} to answer`,
      async () => {
        child.assertRunning();
        await probe.send(optionsRequest(probe.local, to), to);
        return probe.received.length > 0;
      },
      { timeoutMilliseconds: 20_000, intervalMilliseconds: 100 },
    );
  } catch (error) {
    throw new Error(`${String(error)}\n${child.output.slice(-4_000)}`, { cause: error });
  } finally {
    await probe.close();
  }
}

function optionsRequest(from: SocketAddress, to: SocketAddress): Buffer {
  const here = `${from.address}:${from.port}`;
  const branch = `z9hG4bK${String(performance.now()).replace('.', '')}`;
  return Buffer.from(
    [
      `OPTIONS sip:${to.address}:${to.port} SIP/2.0`,
      `Via: SIP/2.0/UDP ${here};branch=${branch}`,
      `From: <sip:probe@${here}>;tag=probe`,
      `To: <sip:${to.address}>`,
      `Call-ID: probe-${branch}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
}
