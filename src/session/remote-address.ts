import type { MediaPort } from '../relay/media-port.js';
import type { Endpoint } from './reports.js';

/** Where the worker sends for `port` right now: learned, or signalled until then; null = nowhere yet. */
export function readRemote(port: MediaPort): Endpoint | null {
  const family = port.counter('remote_family');
  if (family === 0) return null;
  const high = port.counter('remote_address_high');
  const words = [Math.floor(high / 2 ** 32), high % 2 ** 32];
  const remotePort = port.counter('remote_port');
  if (family === 4) return { family: 'IP4', address: dotted(words[0] ?? 0), port: remotePort };
  const low = port.counter('remote_address_low');
  return { family: 'IP6', address: colons([...words, Math.floor(low / 2 ** 32), low % 2 ** 32]), port: remotePort };
}

function dotted(word: number): string {
  return [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff].join('.');
}

/** RFC 5952 §4: no leading zeros, the longest run of zero groups shortened, lower case. */
function colons(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const run = longestZeroRun(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return text(groups);
  return `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
