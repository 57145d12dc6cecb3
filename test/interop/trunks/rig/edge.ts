import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestHost } from '../../../support/host.js';
import { runCommand, type RunningProcess } from '../../../support/process.js';
import { TempDirectory } from '../../../support/temp-directory.js';
import type { SocketAddress } from '../../../support/udp-endpoint.js';
import type { Certificate } from './certificates.js';
import { startNamedKamailio, type HostNames } from './named-kamailio.js';

export const DEPLOYED = fileURLToPath(new URL('../../../../deploy/kamailio/', import.meta.url));

/** A trunk as trunks.cfg and trunks.list describe it. */
export interface TrunkEntry {
  readonly name: string;
  readonly secure: 'off' | 'preferred' | 'required';
  readonly profile: string;
  /** First by priority. */
  readonly destinations: readonly string[];
  /** Where its signalling comes from. */
  readonly sources: readonly string[];
}

export interface EdgeOptions {
  /** SIP over UDP toward the inside. */
  readonly inside: SocketAddress;
  /** Listens for TLS on port 5061 and for UDP on port 5060 of this address. */
  readonly outsideAddress: string;
  readonly trunks: readonly TrunkEntry[];
  /** URIs of the hosts inside, and their addresses. */
  readonly insideHosts: readonly string[];
  readonly insideSources: readonly string[];
  readonly hosts: HostNames;
  readonly certificate: Certificate;
  /** PEM files, put into one bundle. */
  readonly roots: readonly string[];
  readonly anchorHttp?: string;
  readonly defines?: readonly string[];
}

/** The deployed edge configuration, with trunks of the test's. */
export class Edge {
  private constructor(
    readonly process: RunningProcess,
    readonly directory: TempDirectory,
    readonly inside: SocketAddress,
  ) {}

  static async start(host: TestHost, options: EdgeOptions): Promise<Edge> {
    const directory = new TempDirectory('edge');
    writeConfiguration(directory, options);
    const child = await startNamedKamailio(host, {
      ...{ name: 'edge', directory, configuration: 'edge.cfg', udp: options.inside, hosts: options.hosts },
      defines: ['LOG_TO_STDERR', 'WITHOUT_DNS', 'WITH_INTERFACES', 'WITH_PLAIN_TRUNKS', ...(options.defines ?? [])],
    });
    return new Edge(child, directory, options.inside);
  }

  /** Waits until the health check has found a destination to be who it should be. */
  async waitUntilUp(destination: string): Promise<void> {
    const escaped = destination.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    await this.process.waitForOutput(new RegExp(`destination up: ${escaped}`), 15_000);
  }

  /** `kamcmd …` as an operator types it on the machine of the edge. */
  async command(...args: readonly string[]): Promise<string> {
    const socket = `unix:${this.directory.file('kamailio_ctl')}`;
    const { code, stdout, stderr } = await runCommand('kamcmd', ['-s', socket, ...args]);
    if (code !== 0) throw new Error(`kamcmd ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  async stop(): Promise<void> {
    await this.process.stop(5_000);
    this.directory.remove();
  }
}

function writeConfiguration(directory: TempDirectory, options: EdgeOptions): void {
  for (const name of ['edge.cfg', 'tls.cfg']) copyFileSync(`${DEPLOYED}${name}`, directory.file(name));
  mkdirSync(directory.file('tls'));
  copyFileSync(options.certificate.certificate, directory.file('tls/edge.pem'));
  copyFileSync(options.certificate.key, directory.file('tls/edge.key'));
  writeFileSync(directory.file('tls/roots.pem'), options.roots.map((file) => readFileSync(file, 'utf8')).join(''));
  writeFileSync(directory.file('edge-local.cfg'), localSettings(directory, options));
  writeFileSync(directory.file('trunks.cfg'), trunkSettings(options.trunks));
  writeFileSync(directory.file('trunks.list'), destinations(options));
  writeFileSync(directory.file('sources.list'), sources(options));
}

function localSettings(directory: TempDirectory, options: EdgeOptions): string {
  const { inside, outsideAddress, trunks, anchorHttp } = options;
  return [
    `#!define LISTEN_INSIDE udp:${inside.address}:${inside.port}`,
    `#!define LISTEN_TLS tls:${outsideAddress}:5061`,
    `#!define LISTEN_PLAIN udp:${outsideAddress}:5060`,
    `#!define SELF "sip:${inside.address}:${inside.port}"`,
    `#!define DEFAULT_TRUNK "${trunks[0]?.name ?? 'none'}"`,
    ...(anchorHttp === undefined ? [] : [`#!define ANCHOR_HTTP "${anchorHttp}"`]),
    // Few processes: see the remark on OpenSSL 3 in edge.cfg.
    '#!define CHILDREN 1',
    '#!define CHECK_SECONDS 1',
    '#!define GIVE_UP_MILLISECONDS 1500',
    `#!define TRUNKS_LIST "${directory.file('trunks.list')}"`,
    `#!define SOURCES_LIST "${directory.file('sources.list')}"`,
    '',
  ].join('\n');
}

const setOf = (index: number): number => 10 + index;

function trunkSettings(trunks: readonly TrunkEntry[]): string {
  const lines = trunks.flatMap(({ name, secure, profile, destinations: uris }, index) => [
    `\t$sht(trunk=>${name}.set) = "${setOf(index)}";`,
    `\t$sht(trunk=>${name}.secure) = "${secure}";`,
    `\t$sht(trunk=>${name}.profile) = "${profile}";`,
    ...uris.map((uri) => `\t$sht(trunk=>at:${/^sip:([^:;]+)/.exec(uri)?.[1] ?? ''}) = "${name}";`),
  ]);
  return ['event_route[htable:mod-init] {', ...lines, '}', ''].join('\n');
}

/** TLS destinations begin as the deployed list has them: down until checked. */
function destinations({ trunks, insideHosts }: EdgeOptions): string {
  const inside = insideHosts.map((uri, i) => `1 ${uri} 0 ${10 - i} duid=inside-${i}`);
  const outside = trunks.flatMap((trunk, index) =>
    trunk.destinations.map(
      (uri, i) => `${setOf(index)} ${uri} ${uri.endsWith('tls') ? 9 : 0} ${10 - i} duid=${trunk.name}-${i}`,
    ),
  );
  return [...inside, ...outside, ''].join('\n');
}

function sources({ trunks, insideSources }: EdgeOptions): string {
  const inside = insideSources.map((address) => `1 ${address} 32`);
  const outside = trunks.flatMap(({ name, sources: from }) => from.map((address) => `2 ${address} 32 0 ${name}`));
  return [...inside, ...outside, ''].join('\n');
}
