import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { waitFor } from '../support/wait.js';

/** A UDP socket on this process's own loopback, where the addon's sockets are; records what it gets. */
export class LocalEndpoint {
  readonly received: Buffer[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (data) => this.received.push(data));
  }

  static async open(address = '127.0.0.1'): Promise<LocalEndpoint> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const endpoint = new LocalEndpoint(socket);
    socket.bind(0, address);
    await once(socket, 'listening');
    return endpoint;
  }

  get local(): { readonly address: string; readonly port: number } {
    const { address, port } = this.#socket.address();
    return { address, port };
  }

  async send(data: Uint8Array, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(data, port, this.local.address, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  async waitForPackets(count: number): Promise<readonly Buffer[]> {
    await waitFor(`${count} packets`, () => this.received.length >= count);
    return this.received;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}
