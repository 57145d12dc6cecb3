import { DgramAsPromised, type RemoteInfo, type SocketAsPromised } from 'dgram-as-promised';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';

/** What only the system can do for a socket; the addon's functions. */
export interface SocketSystem {
  openControlSocket(options: {
    readonly address: string;
    readonly port: number;
    readonly receiveBufferBytes: number;
  }): { readonly error: null; readonly fd: number } | { readonly error: string };
  muteSources(fd: number, sources: readonly string[]): boolean;
  droppedDatagrams(fd: number): number;
}

export interface DatagramSocketOptions {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Asked of the kernel, which grants up to its own maximum. Octets. */
  readonly receiveBuffer: number;
  /** Without it sources cannot be muted. */
  readonly system: SocketSystem | null;
  readonly onMessage: (message: Buffer, from: RemoteInfo) => void;
  readonly onError: (error: Error) => void;
}

/**
 * A bound UDP socket. Receives by callback: `recv()` of the package listens only while it is awaited, and loses what
 * arrives in between.
 */
export class DatagramSocket {
  readonly #socket: SocketAsPromised;
  readonly #bound: AddressInfo;
  readonly #system: SocketSystem | null;
  /** -1: not known, or closed. */
  #fd: number;
  #dropped = 0;

  private constructor(socket: SocketAsPromised, bound: AddressInfo, system: SocketSystem | null, fd: number) {
    this.#socket = socket;
    this.#bound = bound;
    this.#system = system;
    this.#fd = fd;
  }

  /** Rejects with the error of bind, e.g. EADDRINUSE. */
  static async open(options: DatagramSocketOptions): Promise<DatagramSocket> {
    const type = isIP(options.address) === 6 ? 'udp6' : 'udp4';
    const socket = DgramAsPromised.createSocket(
      { type, ipv6Only: type === 'udp6', lookup: addressAlready },
      options.onMessage,
    );
    const { address, port, system } = options;
    const fd = system === null ? -1 : openDescriptor(system, options);
    const bound = await socket.bind(fd < 0 ? { address, port, exclusive: true } : { fd, exclusive: true });
    socket.socket.on('error', options.onError);
    if (fd < 0) enlarge(socket, options.receiveBuffer);
    return new DatagramSocket(socket, bound, system, fd);
  }

  get bound(): AddressInfo {
    return this.#bound;
  }

  /** Datagrams that the kernel dropped: from muted sources, or for want of room. */
  get dropped(): number {
    if (this.#fd >= 0) this.#dropped = this.#system?.droppedDatagrams(this.#fd) ?? 0;
    return this.#dropped;
  }

  /** The kernel drops what comes from these addresses, until it is told others. */
  mute(addresses: readonly string[]): void {
    if (this.#fd >= 0) this.#system?.muteSources(this.#fd, addresses);
  }

  /**
   * By the socket within the package, whose own `send` makes promises around each datagram and fails, unsent, when an
   * earlier receive did.
   */
  send(octets: Buffer, port: number, address: string, onFailure: () => void): void {
    this.#socket.socket.send(octets, port, address, (error) => {
      if (error !== null) onFailure();
    });
  }

  async close(): Promise<void> {
    this.#dropped = this.dropped;
    this.#fd = -1;
    await this.#socket.close();
  }
}

function openDescriptor(system: SocketSystem, options: DatagramSocketOptions): number {
  const { address, port, receiveBuffer } = options;
  const opened = system.openControlSocket({ address, port, receiveBufferBytes: receiveBuffer });
  if (opened.error === null) return opened.fd;
  throw Object.assign(new Error(`bind ${opened.error} ${address}:${port}`), { code: opened.error, address, port });
}

/** Proxies are known by address alone: looking one up gives it back at once, and the reply leaves in the same turn. */
function addressAlready(address: string, _options: unknown, found: LookupCallback): void {
  found(null, address, isIP(address));
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;

/** Best effort: without it the kernel's default holds some 200 small datagrams. */
function enlarge(socket: SocketAsPromised, octets: number): void {
  try {
    socket.setRecvBufferSize(octets);
  } catch {
    // Refused by the system: the default serves.
  }
}
