import { describeProblem } from './problems.js';
import { readConfig } from './read-config.js';

export interface ConfigVerdict {
  readonly good: boolean;
  /** Lines for the terminal: every problem, or `FILE: ok` after the warnings. */
  readonly lines: readonly string[];
}

/** Judges one file by itself: the environment and flags of the caller do not count. */
export function checkConfigFile(file: string): ConfigVerdict {
  const read = readConfig({ flags: {}, environment: {}, file });
  if (!read.ok) return { good: false, lines: read.error.map(describeProblem) };
  return {
    good: true,
    lines: [...read.value.warnings.map((warning) => `${file}: warning: ${warning}`), `${file}: ok`],
  };
}
