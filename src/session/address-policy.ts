import { BlockList } from 'node:net';
import type { MediaAddress, NegotiatedMedia } from '../negotiation/negotiated-media.js';
import { anchorError, type AnchorError } from '../shared/errors.js';
import type { Call } from './call.js';
import type { AllocatedPort } from './port-allocator.js';

/** Below are the ports of system services (RFC 6335 §6); media never lives there, and a relay must not be aimed at them. */
const FIRST_MEDIA_PORT = 1_024;

const MAXIMUM_REMEMBERED = 4_096;

interface Network {
  readonly name: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: string;
  readonly length: number;
  /** Allowed all the same when one of our own interfaces lies in it. */
  readonly ownInterfaceAllows: boolean;
}

/** Where media is never sent: a party that asks for it wants to use us against somebody (RFC 7362 §5). */
const REFUSED_NETWORKS: readonly Network[] = [
  { name: 'multicast', family: 'ipv4', prefix: '224.0.0.0', length: 4, ownInterfaceAllows: false },
  { name: 'multicast', family: 'ipv6', prefix: 'ff00::', length: 8, ownInterfaceAllows: false },
  { name: 'reserved or broadcast', family: 'ipv4', prefix: '240.0.0.0', length: 4, ownInterfaceAllows: false },
  { name: '"this network"', family: 'ipv4', prefix: '0.0.0.0', length: 8, ownInterfaceAllows: false },
  { name: 'unspecified', family: 'ipv6', prefix: '::', length: 128, ownInterfaceAllows: false },
  { name: 'loopback', family: 'ipv4', prefix: '127.0.0.0', length: 8, ownInterfaceAllows: true },
  { name: 'loopback', family: 'ipv6', prefix: '::1', length: 128, ownInterfaceAllows: true },
  { name: 'link-local', family: 'ipv4', prefix: '169.254.0.0', length: 16, ownInterfaceAllows: true },
  { name: 'link-local', family: 'ipv6', prefix: 'fe80::', length: 10, ownInterfaceAllows: true },
];

/** Judges the addresses that parties ask us to send to. */
export class AddressPolicy {
  readonly #refused: readonly { readonly name: string; readonly list: BlockList }[];
  readonly #own: ReadonlySet<string>;
  /** The same few gateways come again and again, and a look into nine lists costs more than the rest of an offer. */
  readonly #judged = new Map<string, string | null>();

  /** `interfaceAddresses`: where media is bound. `listeners`: `address port` of our own control and HTTP servers. */
  constructor(interfaceAddresses: readonly string[], listeners: ReadonlySet<string>) {
    this.#refused = REFUSED_NETWORKS.flatMap((network) => {
      const list = new BlockList();
      list.addSubnet(network.prefix, network.length, network.family);
      const isOwn = interfaceAddresses.some((address) => list.check(address, familyOf(address)));
      return network.ownInterfaceAllows && isOwn ? [] : [{ name: network.name, list }];
    });
    this.#own = listeners;
  }

  /** The first address that is refused; null = all may be sent to. */
  judge(media: readonly NegotiatedMedia[], role: 'offerer' | 'answerer', call: Call): AnchorError | null {
    for (const line of media) {
      if (line.kind === 'rejected') continue;
      const { remoteRtp, remoteRtcp } = line[role];
      const why = this.#refusal(remoteRtp, call) ?? this.#refusal(remoteRtcp, call);
      if (why !== null) return anchorError('refused-address', `m-line ${line.index + 1} (${line.mediaType}): ${why}`);
    }
    return null;
  }

  /** Name of the refused network that the address lies in; null = none. */
  #networkOf(address: string): string | null {
    const known = this.#judged.get(address);
    if (known !== undefined) return known;
    const name = this.#refused.find(({ list }) => list.check(address, familyOf(address)))?.name ?? null;
    if (this.#judged.size >= MAXIMUM_REMEMBERED) this.#judged.clear();
    this.#judged.set(address, name);
    return name;
  }

  #refusal(address: MediaAddress | null, call: Call): string | null {
    if (address === null || address.port === 0) return null;
    const network = this.#networkOf(address.address);
    if (network !== null) return `${address.address} is ${network}`;
    if (address.port < FIRST_MEDIA_PORT) return `port ${address.port} is below ${FIRST_MEDIA_PORT}`;
    if (this.#own.has(`${address.address} ${address.port}`)) return 'that is our own control port';
    // Another call's port is fine: a call that comes round through the proxy again. The own one would go in circles.
    return isOwnPort(address, call) ? 'that is our own port for this call' : null;
  }
}

function isOwnPort(address: MediaAddress, call: Call): boolean {
  return call.parties.some((party) => party.media.some(({ rtp, rtcp }) => isAt(rtp, address) || isAt(rtcp, address)));
}

function isAt(ours: AllocatedPort | null, { address, port }: MediaAddress): boolean {
  return ours?.port.number === port && (ours.interface.advertised === address || ours.interface.address === address);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
