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

/** Median of several runs, milliseconds of processor time, so that a busy machine is not taken for slow code. */
export function medianMilliseconds(work: () => void, runs = 5): number {
  const times = Array.from({ length: runs }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}
