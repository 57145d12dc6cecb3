import type { Admission } from './admission.js';
import type { Dispatcher, Origin } from './dispatcher.js';
import type { ControlObserver } from './observer.js';

/** Milliseconds of work on one connection before others have their turn. */
const SLICE = 4;
/** Milliseconds until a connection over its rate is looked at again. */
const RETRY = 50;

export interface RequestPumpOptions {
  readonly dispatcher: Pick<Dispatcher, 'handle' | 'handlePlain'>;
  readonly admission: Admission;
  readonly observer: ControlObserver;
  readonly origin: Origin;
  /** The next message that is complete, or null. */
  readonly next: () => PumpedMessage | null;
  /** Stops and restarts the source, so that nothing piles up while requests wait. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly onReply: (reply: Buffer, message: PumpedMessage) => void;
  /** Nothing is in work and nothing is left to take. */
  readonly onIdle: () => void;
}

export interface PumpedMessage {
  readonly octets: Buffer;
  /** Without cookie. */
  readonly plain: boolean;
  /** Of a WebSocket: the reply goes into the same type of frame. */
  readonly binary: boolean;
}

/** Works off the messages of one connection, in slices, no faster than its sender's rate allows. */
export class RequestPump {
  readonly #options: RequestPumpOptions;
  #taken: PumpedMessage | null = null;
  #inWork = 0;
  #waiting = false;
  #stopped = false;

  constructor(options: RequestPumpOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#inWork === 0 && !this.#waiting;
  }

  /** To be called when something arrived. */
  run(): void {
    if (!this.#waiting && !this.#stopped) this.#slice();
  }

  stop(): void {
    this.#stopped = true;
  }

  #slice(): void {
    const until = performance.now() + SLICE;
    for (let message = this.#take(); message !== null; message = this.#take()) {
      if (!this.#admitted(message)) {
        this.#later(RETRY);
        return;
      }
      void this.#answer(message);
      if (performance.now() < until) continue;
      this.#later(0);
      return;
    }
    this.#idle();
  }

  #take(): PumpedMessage | null {
    if (this.#stopped) return null;
    const { next } = this.#options;
    const message = this.#taken ?? next();
    this.#taken = null;
    return message;
  }

  /** A message over the rate is kept, and counted once. */
  #admitted(message: PumpedMessage): boolean {
    const { admission, origin, observer } = this.#options;
    const refusal = admission.admit(origin.address);
    if (refusal === null) return true;
    this.#taken = message;
    observer.turnedAway(origin.transport, refusal);
    return false;
  }

  #later(milliseconds: number): void {
    this.#waiting = true;
    this.#options.pause();
    const goOn = () => {
      this.#waiting = false;
      if (this.#stopped) return;
      this.#options.resume();
      this.#slice();
    };
    if (milliseconds === 0) setImmediate(goOn);
    else setTimeout(goOn, milliseconds).unref();
  }

  async #answer(message: PumpedMessage): Promise<void> {
    this.#inWork++;
    try {
      const reply = await this.#reply(message);
      if (reply !== null && !this.#stopped) this.#options.onReply(reply, message);
    } catch {
      this.#options.observer.sendFailed(this.#options.origin.transport);
    }
    this.#inWork--;
    this.#idle();
  }

  #reply({ octets, plain }: PumpedMessage): Buffer | null | Promise<Buffer> {
    const { dispatcher, origin } = this.#options;
    return plain ? dispatcher.handlePlain(octets, origin) : dispatcher.handle(octets, origin);
  }

  #idle(): void {
    if (this.isIdle && !this.#stopped) this.#options.onIdle();
  }
}
