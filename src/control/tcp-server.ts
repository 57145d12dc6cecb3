import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Admission } from './admission.js';
import type { Dispatcher } from './dispatcher.js';
import { SILENT_OBSERVER, type ControlObserver } from './observer.js';
import { plainAddress } from './peer-address.js';
import { STREAM_LIMITS, type StreamLimits } from './stream-limits.js';
import { TcpConnection } from './tcp-connection.js';
import type { ListenAddress } from './udp-server.js';

export interface TcpControlServerOptions {
  readonly dispatcher: Pick<Dispatcher, 'handle' | 'handlePlain' | 'refuse'>;
  readonly listeners: readonly ListenAddress[];
  readonly admission?: Admission;
  readonly observer?: ControlObserver;
  readonly limits?: Partial<StreamLimits>;
}

/** The control protocol over TCP: messages one after another, each as long as its bencode says. */
export class TcpControlServer {
  readonly #options: TcpControlServerOptions;
  readonly #admission: Admission;
  readonly #observer: ControlObserver;
  readonly #limits: StreamLimits;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<TcpConnection>();

  private constructor(options: TcpControlServerOptions) {
    this.#options = options;
    this.#admission = options.admission ?? new Admission();
    this.#observer = options.observer ?? SILENT_OBSERVER;
    this.#limits = { ...STREAM_LIMITS, ...options.limits };
  }

  /** Opens all listeners, or none and rejects. */
  static async start(options: TcpControlServerOptions): Promise<TcpControlServer> {
    const server = new TcpControlServer(options);
    try {
      for (const listener of options.listeners) await server.#open(listener);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  get addresses(): readonly AddressInfo[] {
    return this.#servers
      .map((server) => server.address())
      .filter((address) => typeof address === 'object' && !!address);
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await Promise.all(this.#servers.splice(0).map(closed));
  }

  async #open({ address, port }: ListenAddress): Promise<void> {
    const server = createServer({ allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: 30_000, noDelay: true });
    server.on('connection', (socket) => {
      this.#accept(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address, port }, resolve);
    });
    this.#servers.push(server);
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const refusal = this.#refusal(address);
    if (refusal !== null) {
      this.#observer.turnedAway('tcp', refusal);
      socket.destroy();
      return;
    }
    const connection = new TcpConnection(socket, {
      dispatcher: this.#options.dispatcher,
      admission: this.#admission,
      observer: this.#observer,
      limits: this.#limits,
      address,
    });
    this.#connections.add(connection);
    this.#observer.connections('tcp', this.#connections.size);
    socket.once('close', () => {
      this.#connections.delete(connection);
      this.#observer.connections('tcp', this.#connections.size);
    });
  }

  #refusal(address: string): 'peer-not-allowed' | 'too-many-connections' | null {
    if (!this.#admission.allows(address)) return 'peer-not-allowed';
    const ofPeer = [...this.#connections].filter((connection) => connection.address === address).length;
    const full = this.#connections.size >= this.#limits.connections || ofPeer >= this.#limits.connectionsPerPeer;
    return full ? 'too-many-connections' : null;
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
