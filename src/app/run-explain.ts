import { readFileSync } from 'node:fs';
import { EXIT } from '../cli/exit-codes.js';
import type { LoadedConfig } from '../config/read-config.js';
import { printExplanation } from '../explain/explain-session-description.js';
import { judgeSessionDescription } from '../explain/explanation.js';
import { loadAddon } from '../relay/addon.js';
import { usableSuitesOf } from './usable-suites.js';

const STANDARD_INPUT = 0;

/** `srtp-anchor explain`: succeeds when the SDP, as an offer, would be accepted. */
export function explain(request: {
  readonly file: string | null;
  readonly config: LoadedConfig;
  readonly json: boolean;
}): number {
  const text = readInput(request.file);
  if (text === null) return EXIT.failed;
  const explanation = judgeSessionDescription(text, request.config.config.policy, usableSuitesOf(loadAddon()));
  process.stdout.write(request.json ? `${JSON.stringify(explanation, null, 2)}\n` : printExplanation(explanation));
  return explanation.accepted ? EXIT.ok : EXIT.failed;
}

/** Octets as characters, as the control protocol reads a body. */
function readInput(file: string | null): string | null {
  try {
    return readFileSync(file ?? STANDARD_INPUT, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(
      `srtp-anchor explain: ${file ?? 'standard input'} cannot be read (${code ?? 'unknown error'})\n`,
    );
    return null;
  }
}
