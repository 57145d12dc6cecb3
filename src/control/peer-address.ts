import { BlockList, isIP } from 'node:net';

/** The address as configurations write it: no zone, and IPv4 as IPv4 on a socket that serves both families. */
export function plainAddress(address: string): string {
  const [bare = address] = address.split('%', 1);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  return mapped?.[1] ?? bare;
}

/** Decisions remembered; a flood of addresses starts the memory anew. */
const MAX_REMEMBERED = 4096;

/** Networks that may speak to the control port. An empty list means every address. */
export class AllowList {
  readonly #networks = new BlockList();
  readonly #everyone: boolean;
  readonly #remembered = new Map<string, boolean>();

  /** `networks`: addresses, or `address/prefix-length`. Throws a RangeError on anything else. */
  constructor(networks: readonly string[]) {
    this.#everyone = networks.length === 0;
    for (const network of networks) this.#add(network);
  }

  #add(network: string): void {
    const [address = '', prefix] = network.split('/', 2);
    const version = isIP(address);
    if (version === 0) throw new RangeError(`not a network: ${network}`);
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) this.#networks.addAddress(address, family);
    else this.#networks.addSubnet(address, prefixLength(prefix, version === 6 ? 128 : 32, network), family);
  }

  /** `address` as `plainAddress` makes it. */
  allows(address: string): boolean {
    if (this.#everyone) return true;
    const remembered = this.#remembered.get(address);
    if (remembered !== undefined) return remembered;
    const allowed = this.#networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(address, allowed);
    return allowed;
  }
}

function prefixLength(text: string, longest: number, network: string): number {
  const length = /^\d{1,3}$/.test(text) ? Number(text) : longest + 1;
  if (length > longest) throw new RangeError(`not a network: ${network}`);
  return length;
}
