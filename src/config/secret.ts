import { createHash, timingSafeEqual } from 'node:crypto';

const redacted = '[redacted]';

/** A text of the configuration that must not be printed. Comparison takes the same time whatever the other text is. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  matches(candidate: string): boolean {
    return timingSafeEqual(digest(this.#text), digest(candidate));
  }

  equals(other: Secret): boolean {
    return other.matches(this.#text);
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
