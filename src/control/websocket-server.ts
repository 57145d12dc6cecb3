import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { Admission } from './admission.js';
import type { Dispatcher } from './dispatcher.js';
import { SILENT_OBSERVER, type ControlObserver, type TurnedAway } from './observer.js';
import { isForeignOrigin } from './origin-check.js';
import { plainAddress } from './peer-address.js';
import { RequestPump, type PumpedMessage } from './request-pump.js';
import { STREAM_LIMITS, type StreamLimits } from './stream-limits.js';

/** With and without cookie. */
export const NG_SUBPROTOCOL = 'ng.rtpengine.com';
export const NG_PLAIN_SUBPROTOCOL = 'ng-plain.rtpengine.com';
const SUBPROTOCOLS = [NG_SUBPROTOCOL, NG_PLAIN_SUBPROTOCOL];

export interface WebSocketControlOptions {
  readonly dispatcher: Pick<Dispatcher, 'handle' | 'handlePlain'>;
  readonly admission?: Admission;
  readonly observer?: ControlObserver;
  readonly limits?: Partial<StreamLimits>;
}

interface Client {
  readonly address: string;
  readonly socket: WebSocket;
  readonly pump: RequestPump;
  readonly waiting: PumpedMessage[];
  answersPing: boolean;
}

/** The control protocol over WebSocket, for an HTTP server that hands over its upgrades. */
export class WebSocketControlServer {
  readonly #options: WebSocketControlOptions;
  readonly #admission: Admission;
  readonly #observer: ControlObserver;
  readonly #limits: StreamLimits;
  readonly #server: WebSocketServer;
  readonly #clients = new Set<Client>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(options: WebSocketControlOptions) {
    this.#options = options;
    this.#admission = options.admission ?? new Admission();
    this.#observer = options.observer ?? SILENT_OBSERVER;
    this.#limits = { ...STREAM_LIMITS, ...options.limits };
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.#limits.message,
      handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
    });
    this.#heartbeat = setInterval(() => {
      for (const client of this.#clients) this.#beat(client);
    }, this.#limits.pingInterval).unref();
  }

  /** False, and the socket untouched, when the client asks for neither of our subprotocols. Any path will do. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!SUBPROTOCOLS.some((name) => offered.includes(name))) return false;
    const address = plainAddress(request.socket.remoteAddress ?? '');
    const refusal = this.#refusal(address);
    if (refusal !== null) this.#observer.turnedAway('websocket', refusal);
    if (refusal !== null || isForeignOrigin(request.headers)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return true;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#accept(webSocket, address, request.socket.remotePort ?? 0);
    });
    return true;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const client of this.#clients) client.socket.terminate();
    this.#server.close();
  }

  #refusal(address: string): TurnedAway | null {
    if (!this.#admission.allows(address)) return 'peer-not-allowed';
    const ofPeer = [...this.#clients].filter((client) => client.address === address).length;
    const full = this.#clients.size >= this.#limits.connections || ofPeer >= this.#limits.connectionsPerPeer;
    return full ? 'too-many-connections' : null;
  }

  #accept(socket: WebSocket, address: string, port: number): void {
    const waiting: PumpedMessage[] = [];
    const client: Client = {
      address,
      socket,
      waiting,
      pump: this.#pump(socket, waiting, address, port),
      answersPing: true,
    };
    this.#clients.add(client);
    this.#observer.connections('websocket', this.#clients.size);
    socket.on('message', (data, binary) => {
      waiting.push({ octets: asBuffer(data), plain: socket.protocol === NG_PLAIN_SUBPROTOCOL, binary });
      client.pump.run();
    });
    socket.on('pong', () => {
      client.answersPing = true;
    });
    // A frame too large or against the protocol; ws closes the connection itself.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const tooLarge = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
      this.#observer.malformed('websocket', tooLarge ? 'too-large' : 'bad-format');
    });
    socket.on('close', () => {
      client.pump.stop();
      this.#clients.delete(client);
      this.#observer.connections('websocket', this.#clients.size);
    });
  }

  #pump(socket: WebSocket, waiting: PumpedMessage[], address: string, port: number): RequestPump {
    return new RequestPump({
      dispatcher: this.#options.dispatcher,
      admission: this.#admission,
      observer: this.#observer,
      origin: { transport: 'websocket', address, port, room: this.#limits.unread },
      next: () => waiting.shift() ?? null,
      pause: () => {
        socket.pause();
      },
      resume: () => {
        socket.resume();
      },
      onReply: (reply, { binary }) => {
        this.#send(socket, reply, binary);
      },
      onIdle: () => undefined,
    });
  }

  #send(socket: WebSocket, reply: Buffer, binary: boolean): void {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(reply, { binary });
    if (socket.bufferedAmount > this.#limits.unread) this.#cutOff(socket);
  }

  /** Cuts off a client that did not answer the ping before. */
  #beat(client: Client): void {
    if (!client.answersPing) {
      this.#cutOff(client.socket);
      return;
    }
    client.answersPing = false;
    client.socket.ping();
  }

  #cutOff(socket: WebSocket): void {
    this.#observer.turnedAway('websocket', 'slow-client');
    socket.terminate();
  }
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
