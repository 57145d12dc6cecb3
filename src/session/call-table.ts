import type { CallId } from '../shared/brand.js';
import type { Call } from './call.js';

/** All calls by Call-ID, oldest first. */
export class CallTable {
  readonly #calls = new Map<CallId, Call>();
  readonly #leaving = new Set<Call>();
  #created = 0;

  get(id: CallId): Call | null {
    return this.#calls.get(id) ?? null;
  }

  add(call: Call): void {
    this.#calls.set(call.id, call);
    this.#created += 1;
  }

  remove(call: Call): boolean {
    this.#leaving.delete(call);
    return this.#calls.get(call.id) === call && this.#calls.delete(call.id);
  }

  /** To be called whenever parties of the call were marked for removal, or revived. */
  refresh(call: Call): void {
    if (call.isLeaving) this.#leaving.add(call);
    else this.#leaving.delete(call);
  }

  /** Calls that are not on their way out. */
  get active(): number {
    return this.#calls.size - this.#leaving.size;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Since start. */
  get created(): number {
    return this.#created;
  }

  [Symbol.iterator](): IterableIterator<Call> {
    return this.#calls.values();
  }
}
