import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Anchor } from '../../support/anchor.js';

/** The HTTP server of a relay on a test host, for programs that run outside of it (a browser, Prometheus). */
export class OutsideDoor {
  readonly #sockets = new Set<Socket>();

  private constructor(readonly server: Server) {}

  static async open(anchor: Pick<Anchor, 'host' | 'http'>): Promise<OutsideDoor> {
    const server = createServer();
    const door = new OutsideDoor(server);
    server.on('connection', (outer) => void door.#join(outer, anchor));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #join(outer: Socket, { host, http }: Pick<Anchor, 'host' | 'http'>): Promise<void> {
    this.#keep(outer);
    try {
      const inner = await host.connect(http.address, http.port);
      this.#keep(inner);
      outer.pipe(inner).pipe(outer);
      outer.once('close', () => inner.destroy());
      inner.once('close', () => outer.destroy());
    } catch {
      outer.destroy(); // The relay is gone.
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
