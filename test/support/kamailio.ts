import { readFileSync, writeFileSync } from 'node:fs';
import type { TestHost } from './host.js';
import type { RunningProcess } from './process.js';
import { TempDirectory } from './temp-directory.js';
import type { SocketAddress } from './udp-endpoint.js';
import { UdpEndpoint } from './udp-endpoint.js';
import { waitFor } from './wait.js';

const MODULES = '/usr/lib/x86_64-linux-gnu/kamailio/modules';
const STOCK_CONFIGURATION = '/etc/kamailio/kamailio.cfg';

export interface KamailioOptions {
  /** Where it listens for SIP over UDP. */
  readonly sip: SocketAddress;
  readonly configuration: string;
  /** Files put beside the configuration (for `import_file`). */
  readonly files?: Readonly<Record<string, string>>;
  /** `-A NAME` or `-A NAME=VALUE`. */
  readonly defines?: readonly string[];
}

/** Debian's Kamailio in the foreground with a run directory of its own. */
export class Kamailio {
  private constructor(
    readonly sip: SocketAddress,
    readonly process: RunningProcess,
    readonly directory: TempDirectory,
  ) {}

  static async start(host: TestHost, options: KamailioOptions): Promise<Kamailio> {
    const directory = new TempDirectory('kamailio');
    const file = directory.file('kamailio.cfg');
    writeFileSync(file, options.configuration);
    for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(directory.file(name), text);
    const child = host.spawn('kamailio', 'kamailio', [
      ...['-f', file, '-DD', '-E', '-m', '64', '-M', '8', '-L', MODULES],
      ...['-Y', directory.path, '-P', directory.file('pid'), '-w', directory.path],
      ...(options.defines ?? []).flatMap((define) => ['-A', define]),
    ]);
    const kamailio = new Kamailio(options.sip, child, directory);
    await kamailio.#waitUntilListening(host);
    return kamailio;
  }

  async stop(): Promise<void> {
    await this.process.stop(5_000);
    this.directory.remove();
  }

  /** Any SIP answer to OPTIONS will do. */
  async #waitUntilListening(host: TestHost): Promise<void> {
    const probe = await UdpEndpoint.open(host, this.sip.address);
    try {
      await waitFor(
        `kamailio to answer\n`,
        async () => {
          this.process.assertRunning();
          await probe.send(optionsRequest(probe.local, this.sip), this.sip);
          return probe.received.length > 0;
        },
        { timeoutMilliseconds: 20_000, intervalMilliseconds: 100 },
      );
    } catch (error) {
      throw new Error(`${String(error)}\n${this.process.output.slice(-4_000)}`, { cause: error });
    } finally {
      await probe.close();
    }
  }
}

function optionsRequest(from: SocketAddress, to: SocketAddress): Buffer {
  const here = `${from.address}:${from.port}`;
  return Buffer.from(
    [
      `OPTIONS sip:${to.address}:${to.port} SIP/2.0`,
      `Via: SIP/2.0/UDP ${here};branch=z9hG4bK${String(performance.now()).replace('.', '')}`,
      `From: <sip:probe@${here}>;tag=probe`,
      `To: <sip:${to.address}>`,
      `Call-ID: probe-${from.port}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
}

/** Lines for `kamailio-local.cfg`, which Debian's stock file imports first: only what a rig needs. */
export function stockLocalConfiguration(sip: SocketAddress): string {
  return [
    '#!define WITH_NAT',
    '#!define WITH_RTPENGINE',
    `listen=udp:${sip.address}:${sip.port}`,
    'log_stderror=yes',
    'dns=no',
    'rev_dns=no',
    'disable_tcp=yes',
    '',
  ].join('\n');
}

/**
 * Debian's stock kamailio.cfg with the two additions a secure leg needs: which protocol goes to whom, and saying so in
 * the two `rtpengine_manage` calls. `secureUser` is the one whose leg is RTP/SAVP; everyone else's is RTP/AVP.
 */
export function stockConfiguration(secureUser: string, moreFlags = ''): string {
  const stock = readFileSync(STOCK_CONFIGURATION, 'utf8').replace(/^children=\d+$/m, 'children=2');
  const anchor = '#!ifdef WITH_RTPENGINE\n\tif(nat_uac_test("8")) {\n';
  const choice = [
    '\t$var(transport) = "";',
    '\tif (is_request() && !has_totag()) {',
    `\t\tif ($rU == "${secureUser}" || $tU == "${secureUser}") $var(transport) = "transport-protocol=RTP/SAVP";`,
    '\t\telse $var(transport) = "transport-protocol=RTP/AVP";',
    '\t}',
    '',
  ].join('\n');
  const flags = 'replace-origin replace-session-connection';
  const edited = stock
    .replace(anchor, anchor.replace('\tif(nat', `${choice}\tif(nat`))
    .replaceAll(`${flags}")`, `${flags} $var(transport)${moreFlags}")`);
  if (!edited.includes(choice) || edited.split(`${flags} $var(transport)`).length !== 3) {
    throw new Error('the stock kamailio.cfg has changed: the additions found no place');
  }
  return edited;
}
