import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Closes the connections that one address opens beyond `mostOfOne`, so that it cannot take all that the server has.
 * `refused` hears of each.
 */
export function limitConnectionsOfOneAddress(server: Server, mostOfOne: number, refused: () => void): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const ofAddress = open.get(address) ?? 0;
    if (ofAddress >= mostOfOne) {
      refused();
      socket.destroy();
      return;
    }
    open.set(address, ofAddress + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}

/**
 * Knows a request that came before the answer to the one before it had left. Node's parser hands over all requests that
 * one read brought, whether or not their answers are taken: a thousand of them would be a thousand answers in memory.
 */
export class PipelineGuard {
  readonly #answers = new WeakMap<Socket, ServerResponse>();

  isPipelined(response: ServerResponse): boolean {
    const { socket } = response.req;
    const before = this.#answers.get(socket);
    if (before !== undefined && !before.writableFinished) return true;
    this.#answers.set(socket, response);
    return false;
  }
}
