import type { NativeRelay } from './addon.js';

/**
 * Wakes the workers once for all that one turn of the event loop asks of them, after its replies have left. Woken by
 * each command, a worker would take the CPU from the request that is still giving commands.
 */
export class WorkerBell {
  readonly #native: NativeRelay;
  #held = false;
  #closed = false;

  constructor(native: NativeRelay) {
    this.#native = native;
  }

  /** To be called before a command is given. */
  hold(): void {
    if (this.#held || this.#closed) return;
    this.#held = true;
    this.#native.hold();
    setImmediate(() => this.#ring());
  }

  /** The relay is gone. */
  close(): void {
    this.#closed = true;
  }

  #ring(): void {
    this.#held = false;
    if (!this.#closed) this.#native.release();
  }
}
