import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { RemoteInfo } from 'dgram-as-promised';
import { Admission } from './admission.js';
import { systemClock, type Clock } from '../shared/clock.js';
import { DatagramSocket, type SocketSystem } from './datagram-socket.js';
import type { Dispatcher, Origin } from './dispatcher.js';
import { FairQueue } from './fair-queue.js';
import { FloodGuard } from './flood-guard.js';
import { looksLikeRequest } from './ng-message.js';
import { MAX_DATAGRAM } from './ng-reply.js';
import { SILENT_OBSERVER, type ControlObserver, type TurnedAway } from './observer.js';
import { plainAddress } from './peer-address.js';

export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

export interface UdpControlServerOptions {
  readonly dispatcher: Pick<Dispatcher, 'handle'>;
  /** A wildcard (`0.0.0.0`, `::`) opens one socket for each address of this host. */
  readonly listeners: readonly ListenAddress[];
  readonly admission?: Admission;
  readonly observer?: ControlObserver;
  /** Without it a flood is not kept out of the sockets. */
  readonly system?: SocketSystem;
  readonly clock?: Clock;
}

/** Room for some thousand requests while a long one is worked on; the kernel may grant less. */
const RECEIVE_BUFFER = 4 << 20;
/** Milliseconds of work before the sockets are looked at again. */
const SLICE = 4;
/** The same while the kernel still holds more: the request of another proxy may be behind what floods in. */
const SHORT_SLICE = 0.2;
/** What a message that cannot be a request costs its sender, in messages, besides itself. */
const GARBAGE_PRICE = 19;
/** Datagrams that the event loop takes from one socket in a turn: so many mean that there are more. */
const FULL_TURN = 32;

interface Received {
  readonly socket: DatagramSocket;
  readonly message: Buffer;
  readonly from: RemoteInfo;
  readonly peer: string;
}

/**
 * The control protocol over UDP. What arrives is taken from the kernel at once and waits in a queue that serves the
 * proxies in turn; replies leave from the socket, and so from the address, that the request came to.
 */
export class UdpControlServer {
  readonly #dispatcher: Pick<Dispatcher, 'handle'>;
  readonly #admission: Admission;
  readonly #observer: ControlObserver;
  readonly #sockets: DatagramSocket[] = [];
  readonly #queue = new FairQueue<Received>();
  readonly #system: SocketSystem | null;
  readonly #guard: FloodGuard;
  #receivedThisTurn = 0;
  #scheduled = false;
  #closed = false;

  private constructor(options: UdpControlServerOptions) {
    this.#dispatcher = options.dispatcher;
    this.#admission = options.admission ?? new Admission();
    this.#observer = options.observer ?? SILENT_OBSERVER;
    this.#system = options.system ?? null;
    this.#guard = new FloodGuard(options.clock ?? systemClock, (addresses) => {
      for (const socket of this.#sockets) socket.mute(addresses);
    });
  }

  /** Opens all listeners, or none and rejects. */
  static async start(options: UdpControlServerOptions): Promise<UdpControlServer> {
    const server = new UdpControlServer(options);
    try {
      for (const listener of options.listeners.flatMap(expandWildcard)) await server.#open(listener);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  get addresses(): readonly AddressInfo[] {
    return this.#sockets.map((socket) => socket.bound);
  }

  /** Datagrams that the kernel dropped before they came here. */
  get dropped(): number {
    return this.#sockets.reduce((sum, socket) => sum + socket.dropped, 0);
  }

  /** What is still waiting is not answered; the proxies repeat it elsewhere. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#guard.close();
    await Promise.all(this.#sockets.splice(0).map((socket) => socket.close()));
  }

  async #open(listener: ListenAddress): Promise<void> {
    const socket: DatagramSocket = await DatagramSocket.open({
      ...listener,
      receiveBuffer: RECEIVE_BUFFER,
      system: this.#system,
      onMessage: (message, from) => {
        this.#receive(socket, message, from);
      },
      onError: (error) => {
        this.#observer.socketFailed((error as NodeJS.ErrnoException).code ?? 'unknown');
      },
    });
    this.#sockets.push(socket);
  }

  #receive(socket: DatagramSocket, message: Buffer, from: RemoteInfo): void {
    this.#receivedThisTurn++;
    const peer = plainAddress(from.address);
    const refusal = this.#admission.admit(peer) ?? this.#enqueue({ socket, message, from, peer });
    if (refusal === null) return;
    this.#observer.turnedAway('udp', refusal);
    this.#guard.refused(peer);
  }

  #enqueue(received: Received): TurnedAway | null {
    const { message, peer } = received;
    if (!looksLikeRequest(message)) this.#admission.charge(peer, GARBAGE_PRICE);
    if (!this.#queue.push(peer, received, message.length)) return 'queue-full';
    this.#schedule();
    return null;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#work();
    });
  }

  /** One slice; between two of them the event loop empties the sockets into the queue. */
  #work(): void {
    this.#scheduled = false;
    const until = performance.now() + (this.#receivedThisTurn >= FULL_TURN ? SHORT_SLICE : SLICE);
    this.#receivedThisTurn = 0;
    for (let next = this.#queue.shift(); next !== undefined && !this.#closed; next = this.#queue.shift()) {
      this.#answer(next);
      if (performance.now() >= until) break;
    }
    if (!this.#queue.isEmpty && !this.#closed) this.#schedule();
  }

  #answer(request: Received): void {
    const { message, from, peer } = request;
    const origin: Origin = { transport: 'udp', address: peer, port: from.port, room: MAX_DATAGRAM };
    try {
      const reply = this.#dispatcher.handle(message, origin);
      if (reply instanceof Promise) reply.then((octets) => this.#reply(request, octets)).catch(this.#sendFailed);
      else this.#reply(request, reply);
    } catch {
      this.#sendFailed();
    }
  }

  #reply({ socket, from }: Received, octets: Buffer | null): void {
    if (octets !== null && !this.#closed) socket.send(octets, from.port, from.address, this.#sendFailed);
  }

  readonly #sendFailed = (): void => this.#observer.sendFailed('udp');
}

/** A socket bound to a wildcard would answer from whatever address the route prefers. */
function expandWildcard(listener: ListenAddress): readonly ListenAddress[] {
  const family = { '0.0.0.0': 'IPv4', '::': 'IPv6' }[listener.address];
  if (family === undefined) return [listener];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const usable = addresses.filter((entry) => entry.family === family && !entry.address.startsWith('fe80:'));
  return usable.length === 0 ? [listener] : usable.map(({ address }) => ({ address, port: listener.port }));
}
