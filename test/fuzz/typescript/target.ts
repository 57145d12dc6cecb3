/** One thing that reads what strangers send. */
export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /** Words of the format, which chance alone would not find. */
  readonly words: readonly string[];
  /** Throws when an invariant does not hold. */
  readonly run: (input: Buffer) => void | Promise<void>;
  /** Whether that is a fault that was found and not mended yet: test/fuzz/open has an input for it. */
  readonly open?: (thrown: Error) => boolean;
  readonly close?: () => Promise<void>;
}

export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${what}`);
}
