import type { NgList, NgValue } from '../ng-value.js';

/** Brackets inside each other; real strings go two deep. */
const MAX_DEPTH = 8;

/**
 * Splits an option string into its items: words apart by spaces, `key=value`, and lists in `[ ]` (in which commas part
 * too), e.g. `OSRTP=[accept] codec=[transcode=[PCMA PCMU] strip=[EVS]]`. `key=[…]` becomes a dictionary with one entry,
 * everything else stays text. Brackets that do not match are read as if they did.
 */
export function parseFlagString(text: string): NgList {
  return new FlagString(text).items(0);
}

/** The items of `[a b]`, or null when the text is not in brackets. */
export function parseBrackets(text: string): NgList | null {
  const trimmed = text.trim();
  return trimmed.startsWith('[') && trimmed.endsWith(']') ? new FlagString(trimmed.slice(1, -1)).items(1) : null;
}

class FlagString {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the end, or up to the bracket that closes this depth, which is consumed. */
  items(depth: number): NgList {
    const found: NgValue[] = [];
    while (this.#at < this.#text.length) {
      const character = this.#text.charAt(this.#at);
      if (character === ']') {
        this.#at++;
        if (depth > 0) break;
      } else if (isSeparator(character, depth)) this.#at++;
      else found.push(this.#item(depth));
    }
    return found;
  }

  #item(depth: number): NgValue {
    const word = this.#word(depth);
    if (this.#text.charAt(this.#at) !== '[') return word;
    this.#at++;
    const list = depth < MAX_DEPTH ? this.items(depth + 1) : this.#skipToEnd();
    return word.endsWith('=') ? new Map([[word.slice(0, -1), list]]) : list;
  }

  /** Up to a separator or a bracket. */
  #word(depth: number): string {
    const start = this.#at;
    while (this.#at < this.#text.length) {
      const character = this.#text.charAt(this.#at);
      if (character === '[' || character === ']' || isSeparator(character, depth)) break;
      this.#at++;
    }
    return this.#text.slice(start, this.#at);
  }

  #skipToEnd(): NgList {
    this.#at = this.#text.length;
    return [];
  }
}

function isSeparator(character: string, depth: number): boolean {
  return (
    character === ' ' ||
    character === '\t' ||
    character === '\r' ||
    character === '\n' ||
    (character === ',' && depth > 0)
  );
}
