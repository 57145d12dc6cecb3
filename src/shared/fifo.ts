/** Slots that were given up before the list is copied without them. */
const SLACK = 1_024;

/**
 * First in, first out, each step in constant time on the whole. A Map would do the same in its order, but what was deleted at
 * its front is stepped over again by each who looks for its first entry.
 */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  /** The oldest; undefined when there is none. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head === this.#items.length) return undefined;
    this.#items[this.#head++] = undefined;
    if (this.#head > SLACK && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
