import { DgramAsPromised, type RemoteInfo, type SocketAsPromised } from 'dgram-as-promised';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';

export interface DatagramSocketOptions {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Asked of the kernel, which grants up to its own maximum. Octets. */
  readonly receiveBuffer: number;
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

  private constructor(socket: SocketAsPromised, bound: AddressInfo) {
    this.#socket = socket;
    this.#bound = bound;
  }

  /** Rejects with the error of bind, e.g. EADDRINUSE. */
  static async open(options: DatagramSocketOptions): Promise<DatagramSocket> {
    const type = isIP(options.address) === 6 ? 'udp6' : 'udp4';
    const socket = DgramAsPromised.createSocket({ type, ipv6Only: type === 'udp6' }, options.onMessage);
    const bound = await socket.bind({ address: options.address, port: options.port, exclusive: true });
    socket.socket.on('error', options.onError);
    enlarge(socket, options.receiveBuffer);
    return new DatagramSocket(socket, bound);
  }

  get bound(): AddressInfo {
    return this.#bound;
  }

  /** The package reports an earlier receive error by failing the next send, unsent; hence a second attempt. */
  async send(octets: Buffer, port: number, address: string): Promise<void> {
    try {
      await this.#socket.send(octets, port, address);
    } catch {
      await this.#socket.send(octets, port, address);
    }
  }

  async close(): Promise<void> {
    await this.#socket.close();
  }
}

/** Best effort: without it the kernel's default holds some 200 small datagrams. */
function enlarge(socket: SocketAsPromised, octets: number): void {
  try {
    socket.setRecvBufferSize(octets);
  } catch {
    // Refused by the system: the default serves.
  }
}
