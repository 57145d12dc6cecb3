import type { Anchor } from '../../../support/anchor.js';
import { openNgClient } from '../../../support/anchor.js';
import { closeEnd, openEnd, type CallEnd } from '../../../support/call-end.js';
import { TestHost } from '../../../support/host.js';
import { SipAgent } from '../../../support/sip-agent.js';
import type { SipMessage } from '../../../support/sip-message.js';
import type { SuiteName } from '../../../support/srtp-keys.js';
import { startAnchor } from '../../../support/start-anchor.js';
import { TempDirectory } from '../../../support/temp-directory.js';
import { waitFor } from '../../../support/wait.js';
import { readMetrics, total } from '../../../support/metrics.js';
import { CertificateAuthority, type Certificate } from './certificates.js';
import { Edge, type EdgeOptions, type TrunkEntry } from './edge.js';
import { respondTo } from './requests.js';
import { Trunk } from './trunk.js';

/** Inside: RFC 1918. Outside: RFC 5737, and carriers at addresses out of the networks that they publish. */
export const ADDRESSES = {
  edgeInside: '10.9.0.1',
  pbx: '10.9.0.2',
  anchorInside: '10.9.0.4',
  edgeOutside: '203.0.113.1',
  anchorOutside: '203.0.113.4',
  stranger: '198.51.100.66',
} as const;

export interface CarrierOptions {
  /** The entry of trunks.cfg; its destinations and sources come from `domains` and `address`. */
  readonly name: string;
  readonly secure: TrunkEntry['secure'];
  readonly profile: string;
  readonly domain: string;
  /** Which the certificate is for; the domain unless told. */
  readonly certificateNames?: readonly string[];
  readonly transport?: 'tls' | 'udp';
  readonly address: string;
  /** How the carrier's own switch stands. */
  readonly switchedOn?: boolean;
  /** Another authority signs for it. */
  readonly authority?: string;
}

export interface WorldOptions {
  readonly carriers: readonly CarrierOptions[];
  /** Several carriers by their names behind one entry of trunks.cfg, first to last. */
  readonly together?: readonly string[];
  readonly mediaAddresses?: readonly string[];
  readonly anchorArguments?: readonly string[];
  readonly edge?: Partial<EdgeOptions>;
  /** Authorities whose roots the edge trusts. */
  readonly trusted?: readonly string[];
}

/** A customer with a PBX, the edge and the anchor on one side, carriers on the other, in one network namespace. */
export class World {
  readonly #ends: CallEnd[] = [];
  readonly #attention: NodeJS.Timeout;

  private constructor(
    readonly host: TestHost,
    readonly directory: TempDirectory,
    readonly anchor: Anchor,
    readonly edge: Edge,
    readonly pbx: SipAgent,
    readonly trunks: ReadonlyMap<string, Trunk>,
  ) {
    this.#attention = setInterval(() => void answerHealthChecks(pbx), 50);
  }

  static async open(options: WorldOptions): Promise<World> {
    const directory = new TempDirectory('trunks');
    const host = await TestHost.open(addressesOf(options));
    try {
      return await World.#start(host, directory, options);
    } catch (error) {
      await host.close();
      directory.remove();
      throw error;
    }
  }

  static async #start(host: TestHost, directory: TempDirectory, options: WorldOptions): Promise<World> {
    const { anchorInside, anchorOutside, edgeInside, edgeOutside, pbx: pbxAddress } = ADDRESSES;
    const authorities = await authoritiesFor(directory, options);
    const own = await authorityNamed(authorities, 'Root One').issue('edge', {
      commonName: 'edge.example.org',
      names: ['edge.example.org'],
    });
    const inside = { address: edgeInside, port: 5060 };
    const pbx = await SipAgent.open(host, 'pbx', inside, pbxAddress);
    const [anchor, trunks] = await Promise.all([
      startAnchor(host, {
        ng: { address: '127.0.0.1', port: 2223 },
        http: { address: '127.0.0.1', port: 2225 },
        interfaces: [`inside/${anchorInside}`, `outside/${anchorOutside}`],
        extraArguments: ['--delete-delay', '1', ...(options.anchorArguments ?? [])],
      }),
      startTrunks(host, options.carriers, authorities),
    ]);
    const edge = await Edge.start(host, {
      ...{ inside, outsideAddress: edgeOutside, insideHosts: [pbx.uri], insideSources: [pbxAddress] },
      trunks: entriesOf(options),
      hosts: Object.fromEntries(options.carriers.map(({ domain, address }) => [domain, address])),
      certificate: own,
      roots: (options.trusted ?? ['Root One', 'Root Two']).map((name) => authorityNamed(authorities, name).root),
      ...options.edge,
    });
    return new World(host, directory, anchor, edge, pbx, trunks);
  }

  trunk(name: string): Trunk {
    const found = this.trunks.get(name);
    if (found === undefined) throw new Error(`no carrier ${name}`);
    return found;
  }

  /** The media of a party; closed with the world. */
  async end(kind: 'plain' | SuiteName, address: string): Promise<CallEnd> {
    const end = await openEnd(this.host, kind, address);
    this.#ends.push(end);
    return end;
  }

  /** Media ports open at the anchor, on all interfaces. */
  async portsUsed(): Promise<number> {
    return total(await readMetrics(this.anchor), 'srtp_anchor_ports_used');
  }

  /** Calls that the anchor knows and that are not on their way out. */
  async calls(): Promise<readonly string[]> {
    const client = await openNgClient(this.anchor);
    try {
      return ((await client.ok({ command: 'list' })).dictionary['calls'] ?? []) as readonly string[];
    } finally {
      await client.close();
    }
  }

  async waitUntilNoPortIsUsed(): Promise<void> {
    await waitFor('every port to be given back', async () => (await this.portsUsed()) === 0, {
      timeoutMilliseconds: 8_000,
      intervalMilliseconds: 100,
    });
  }

  assertRunning(): void {
    for (const process of [this.anchor.process, this.edge.process]) process.assertRunning();
    for (const trunk of this.trunks.values()) trunk.process.assertRunning();
  }

  async close(): Promise<void> {
    clearInterval(this.#attention);
    await Promise.all(this.#ends.map(closeEnd));
    // It would wait for the calls that a failed test has left.
    await this.anchor.process.stop(1_000);
    await this.host.close();
    for (const { directory } of [this.edge, ...this.trunks.values()]) directory.remove();
    this.directory.remove();
  }
}

/** The edge asks the PBX whether it is alive, too. */
async function answerHealthChecks(pbx: SipAgent): Promise<void> {
  const isCheck = (message: SipMessage): boolean => message.start.startsWith('OPTIONS ');
  while (pbx.has(isCheck)) {
    await respondTo(pbx, await pbx.waitForMessage('OPTIONS', isCheck), 'SIP/2.0 200 OK').catch(() => undefined);
  }
}

function addressesOf({ carriers, mediaAddresses = [] }: WorldOptions): string[] {
  const all = [...Object.values(ADDRESSES), ...carriers.map(({ address }) => address), ...mediaAddresses];
  return [...new Set(all)].map((address) => `${address}/32`);
}

type Authorities = ReadonlyMap<string, CertificateAuthority>;

async function authoritiesFor(directory: TempDirectory, { carriers }: WorldOptions): Promise<Authorities> {
  const names = new Set(['Root One', 'Root Two', ...carriers.map(({ authority }) => authority ?? 'Root One')]);
  return new Map(
    await Promise.all(
      [...names].map(async (name) => [name, await CertificateAuthority.create(directory, name)] as const),
    ),
  );
}

function authorityNamed(authorities: Authorities, name: string): CertificateAuthority {
  const found = authorities.get(name);
  if (found === undefined) throw new Error(`no authority ${name}`);
  return found;
}

async function startTrunks(
  host: TestHost,
  carriers: readonly CarrierOptions[],
  authorities: Authorities,
): Promise<ReadonlyMap<string, Trunk>> {
  const edge = {
    tls: `sip:${ADDRESSES.edgeOutside}:5061;transport=tls`,
    udp: `sip:${ADDRESSES.edgeOutside}:5060;transport=udp`,
  };
  return new Map(
    await Promise.all(
      carriers.map(async (carrier) => {
        const names = carrier.certificateNames ?? [carrier.domain];
        const authority = authorityNamed(authorities, carrier.authority ?? 'Root One');
        const certificate: Certificate = await authority.issue(carrier.name, { commonName: carrier.name, names });
        const { address, switchedOn = carrier.secure !== 'off' } = carrier;
        const trunk = await Trunk.start(host, { address, certificate, secure: switchedOn, edge, hosts: {} });
        return [carrier.name, trunk] as const;
      }),
    ),
  );
}

function uriOf({ domain, transport = 'tls' }: CarrierOptions): string {
  return `sip:${domain}:${transport === 'tls' ? 5061 : 5060};transport=${transport}`;
}

function entriesOf({ carriers, together }: WorldOptions): TrunkEntry[] {
  const entry = (group: readonly CarrierOptions[]): TrunkEntry[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { name, secure, profile } = first;
    return [{ name, secure, profile, destinations: group.map(uriOf), sources: group.map(({ address }) => address) }];
  };
  const grouped = carriers.filter(({ name }) => together?.includes(name));
  return [...entry(grouped), ...carriers.filter((one) => !grouped.includes(one)).flatMap((one) => entry([one]))];
}
