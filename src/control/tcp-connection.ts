import type { Socket } from 'node:net';
import type { Admission } from './admission.js';
import type { Dispatcher, Origin } from './dispatcher.js';
import { MessageFramer, type FramingError } from './message-framer.js';
import type { ControlObserver } from './observer.js';
import { RequestPump, type PumpedMessage } from './request-pump.js';
import type { StreamLimits } from './stream-limits.js';

export interface TcpConnectionOptions {
  readonly dispatcher: Pick<Dispatcher, 'handle' | 'handlePlain' | 'refuse'>;
  readonly admission: Admission;
  readonly observer: ControlObserver;
  readonly limits: StreamLimits;
  /** Of the proxy, without port. */
  readonly address: string;
}

/** One proxy's connection. Owns the socket; whatever goes wrong ends in `destroy`. */
export class TcpConnection {
  readonly address: string;
  readonly #socket: Socket;
  readonly #options: TcpConnectionOptions;
  readonly #origin: Origin;
  readonly #framer: MessageFramer;
  readonly #pump: RequestPump;
  #deadline: NodeJS.Timeout | null = null;
  /** Nothing more will come that could be answered. */
  #peerIsDone = false;
  /** A framing error: nobody knows where the next message begins, what still comes is dropped. */
  #isBroken = false;

  constructor(socket: Socket, options: TcpConnectionOptions) {
    this.address = options.address;
    this.#socket = socket;
    this.#options = options;
    this.#origin = {
      transport: 'tcp',
      address: this.address,
      port: socket.remotePort ?? 0,
      room: options.limits.unread,
    };
    this.#framer = new MessageFramer(options.limits.message);
    this.#pump = this.#createPump();
    this.#listen();
    this.#expectMessage();
  }

  destroy(): void {
    this.#pump.stop();
    this.#clearDeadline();
    this.#socket.destroy();
  }

  #createPump(): RequestPump {
    const { dispatcher, admission, observer } = this.#options;
    return new RequestPump({
      dispatcher,
      admission,
      observer,
      origin: this.#origin,
      next: () => this.#next(),
      pause: () => {
        this.#clearDeadline();
        this.#socket.pause();
      },
      resume: () => this.#socket.resume(),
      onReply: (reply) => {
        this.#write(reply);
      },
      onIdle: () => {
        this.#endWhenDone();
      },
    });
  }

  #listen(): void {
    this.#socket.on('data', (chunk) => {
      if (this.#isBroken) return;
      this.#framer.push(chunk);
      this.#pump.run();
    });
    this.#socket.on('end', () => {
      this.#peerIsDone = true;
      this.#endWhenDone();
    });
    this.#socket.on('error', () => {
      this.destroy();
    });
    this.#socket.on('close', () => {
      this.destroy();
    });
  }

  #next(): PumpedMessage | null {
    if (this.#isBroken) return null;
    const message = this.#framer.next();
    if (message === null) {
      if (this.#framer.pending > 0) this.#expectMessage();
      return null;
    }
    this.#clearDeadline();
    if (Buffer.isBuffer(message)) return { octets: message, plain: false, binary: true };
    this.#refuse(message);
    return null;
  }

  /** Says why, lets the requests in work finish, and ends the connection. */
  #refuse({ cookie, encoding, error }: FramingError): void {
    this.#isBroken = true;
    this.#peerIsDone = true;
    if (cookie !== '') this.#write(this.#options.dispatcher.refuse(cookie, encoding, error, this.#origin));
    this.#expectMessage();
  }

  #write(reply: Buffer): void {
    if (!this.#socket.writable) return;
    this.#socket.write(reply);
    if (this.#socket.writableLength <= this.#options.limits.unread) return;
    this.#options.observer.turnedAway('tcp', 'slow-client');
    this.destroy();
  }

  #endWhenDone(): void {
    if (this.#peerIsDone && this.#pump.isIdle) this.#socket.end();
  }

  /** From now on the rest of the message has so long; once running, the clock is not set back by drips. */
  #expectMessage(): void {
    this.#deadline ??= setTimeout(() => {
      this.#options.observer.turnedAway('tcp', 'slow-client');
      this.destroy();
    }, this.#options.limits.messageTimeout).unref();
  }

  #clearDeadline(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = null;
  }
}
