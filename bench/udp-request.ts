import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Lock-step requests over UDP to one control port on 127.0.0.1: one request at a time, repeated until answered. */
export class UdpRequester {
  readonly #socket: Socket;
  readonly #port: number;
  #waiting: ((reply: Buffer) => void) | null = null;

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
    socket.on('message', (reply) => this.#waiting?.(reply));
    socket.on('error', () => undefined); // nobody listens yet: the retry decides
  }

  static async open(port: number): Promise<UdpRequester> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new UdpRequester(socket, port);
  }

  /** `accept` turns a reply into a value, or undefined when it answers something else. */
  async request<T>(
    datagram: Uint8Array | string,
    accept: (reply: Buffer) => T | undefined,
    tries = 5,
    timeoutMilliseconds = 1_000,
  ): Promise<T> {
    for (let attempt = 0; attempt < tries; attempt++) {
      const reply = await this.#attempt(datagram, accept, timeoutMilliseconds);
      if (reply !== undefined) return reply;
    }
    throw new Error(`no answer on control port ${this.#port} after ${tries} tries`);
  }

  close(): void {
    this.#socket.close();
  }

  #attempt<T>(
    datagram: Uint8Array | string,
    accept: (reply: Buffer) => T | undefined,
    timeoutMilliseconds: number,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      const finish = (value: T | undefined): void => {
        clearTimeout(timer);
        this.#waiting = null;
        resolve(value);
      };
      const timer = setTimeout(finish, timeoutMilliseconds, undefined);
      this.#waiting = (reply) => {
        const value = accept(reply);
        if (value !== undefined) finish(value);
      };
      this.#socket.send(datagram, this.#port, '127.0.0.1', (error) => {
        if (error !== null) finish(undefined);
      });
    });
  }
}
