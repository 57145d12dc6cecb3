import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { Anchor } from '../../support/anchor.js';
import { waitFor } from '../../support/wait.js';

/** Reads `/api/events` as the live page does, and keeps every octet. */
export class EventReader {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(anchor: Anchor): Promise<EventReader> {
    const { address, port } = anchor.http;
    const socket = await anchor.host.connect(address, port);
    const reader = new EventReader(socket);
    const headers = { host: `${address}:${port}` };
    await new Promise<void>((resolve, reject) => {
      const outgoing = request({ path: '/api/events', headers, createConnection: () => socket }, (incoming) => {
        incoming.on('data', (chunk: Buffer) => reader.#chunks.push(chunk));
        incoming.on('error', () => undefined);
        if (incoming.statusCode === 200) resolve();
        else reject(new Error(`/api/events answered ${incoming.statusCode}`));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    return reader;
  }

  /** Everything that came, once all of these calls have been told of. */
  async closeAfter(callIds: readonly string[]): Promise<Buffer> {
    const came = await waitFor('events that tell of every call', () => {
      const octets = Buffer.concat(this.#chunks);
      return callIds.every((callId) => octets.includes(callId)) && octets;
    });
    this.#socket.destroy();
    return came;
  }
}
