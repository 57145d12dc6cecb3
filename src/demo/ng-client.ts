import { createSocket, type Socket } from 'node:dgram';
import { decodeBencode, encodeBencode } from '../control/bencode.js';
import { isDictionary, type NgDictionary, type NgValue } from '../control/ng-value.js';
import type { SocketAddress } from '../relay/addon.js';

const REPLY_TIMEOUT = 2_000;

/** Asks a relay as a SIP proxy does: one datagram there, one back (NG protocol over UDP). */
export class NgClient {
  readonly #socket: Socket;
  readonly #server: SocketAddress;
  readonly #waiting = new Map<string, (reply: NgDictionary) => void>();
  #cookie = 0;

  private constructor(socket: Socket, server: SocketAddress) {
    this.#socket = socket;
    this.#server = server;
    socket.on('message', (datagram) => this.#receive(datagram));
  }

  static async connect(server: SocketAddress): Promise<NgClient> {
    const socket = createSocket(server.address.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve) => socket.bind(0, server.address, resolve));
    return new NgClient(socket, server);
  }

  /** The reply's dictionary; rejects when none comes in time. */
  request(entries: Readonly<Record<string, NgValue>> & { readonly command: string }): Promise<NgDictionary> {
    this.#cookie += 1;
    const cookie = `demo-${this.#cookie}`;
    const body = encodeBencode(new Map(Object.entries(entries)));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(cookie);
        reject(new Error(`no reply to ${entries.command} within ${REPLY_TIMEOUT} ms`));
      }, REPLY_TIMEOUT);
      this.#waiting.set(cookie, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
      this.#socket.send(Buffer.concat([Buffer.from(`${cookie} `), body]), this.#server.port, this.#server.address);
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(datagram: Buffer): void {
    const space = datagram.indexOf(0x20);
    const cookie = datagram.toString('latin1', 0, space);
    const decoded = decodeBencode(datagram.subarray(space + 1));
    const resolve = this.#waiting.get(cookie);
    if (resolve === undefined || !decoded.ok || !isDictionary(decoded.value.value)) return;
    this.#waiting.delete(cookie);
    resolve(decoded.value.value);
  }
}
