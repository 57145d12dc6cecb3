import { parseSessionDescription } from '../../../src/sdp/parse.js';
import { serializeSessionDescription } from '../../../src/sdp/serialize.js';
import type { SessionDescription } from '../../../src/sdp/session-description.js';

export function parse(text: string): SessionDescription {
  const parsed = parseSessionDescription(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

export function reasonAgainst(text: string): string {
  const parsed = parseSessionDescription(text);
  if (parsed.ok) throw new Error('expected a refusal');
  return parsed.error.message;
}

export function rewrite(text: string): string {
  return serializeSessionDescription(parse(text));
}

/** Median of several runs, milliseconds: one run may meet a pause of the machine. */
export function medianMilliseconds(work: () => void, runs = 5): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}
