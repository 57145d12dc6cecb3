import type { ControlLogger } from './observer.js';

/** Names remembered as reported; a sender of ever new ones fills it and is not heard of again. */
const MAX_NAMES = 512;

/** Reports each unknown key or flag once. */
export class UnknownNames {
  readonly #logger: ControlLogger;
  readonly #reported = new Set<string>();

  constructor(logger: ControlLogger) {
    this.#logger = logger;
  }

  note(names: readonly string[]): void {
    for (const name of names) {
      // A flag written as NAME=VALUE is one name, whatever the value, and the value may be anything.
      const [bare = name] = name.split('=', 1);
      if (this.#reported.has(bare) || this.#reported.size >= MAX_NAMES) continue;
      this.#reported.add(bare);
      this.#logger.debug({ name: bare }, 'unknown key or flag ignored');
    }
  }
}
