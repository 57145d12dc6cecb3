import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Anchor } from './anchor.js';
import { httpRequest, type HttpReply } from './metrics.js';
import { within } from './wait.js';

/** The control protocol over `POST /ng`; `from` is the address that the request comes from. */
export async function postControl(anchor: Anchor, message: Buffer, from?: string): Promise<HttpReply> {
  return httpRequest(anchor, '/ng', 'POST', message, from);
}

export interface WebSocketOrigin {
  readonly from?: string;
  readonly path?: string;
}

/** The control protocol over a WebSocket from inside the anchor's host. */
export class ControlWebSocket {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Rejects with the status line's code when the upgrade is refused. */
  static async open(anchor: Anchor, { from, path = '/ng' }: WebSocketOrigin = {}): Promise<ControlWebSocket> {
    const { address, port } = anchor.http;
    const connection = await anchor.host.connect(address, port, from);
    const socket = new WebSocket(`ws://${address}:${port}${path}`, 'ng.rtpengine.com', {
      createConnection: () => connection,
    });
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.on('error', reject);
    });
    await within(5_000, 'a WebSocket to open', opened);
    return new ControlWebSocket(socket);
  }

  async ask(message: Buffer): Promise<Buffer> {
    const reply = once(this.#socket, 'message') as Promise<[Buffer]>;
    this.#socket.send(message);
    const [octets] = await within(5_000, 'a reply over WebSocket', reply);
    return octets;
  }

  close(): void {
    this.#socket.terminate();
  }
}
