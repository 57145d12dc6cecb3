import { expect } from 'vitest';
import type { Anchor } from '../../support/anchor.js';
import { readMetrics } from '../../support/metrics.js';
import { residentMemory } from '../../support/process-status.js';
import { report } from './flood.js';
import { expectBalance } from './relay-checks.js';
import { distribution, quantile, RoundTrips } from './round-trips.js';
import { SteadyCall } from './steady-call.js';

export const MEGABYTE = 1_048_576;
/** Milliseconds within which nine of ten are answered: what others are promised. */
export const PROMPT = 100;

export interface AttackBounds {
  /** Octets that the process may grow by. */
  readonly memory: number;
  /** Milliseconds within which nine of ten readings of /healthz are answered; null: nobody reads it. */
  readonly page: number | null;
}

/**
 * Runs `attack` beside a call in progress and a proxy that pings: what every attack must leave alone. Answers how long
 * the pings took, milliseconds, sorted. A run by hand prints the figures.
 *
 * An attack has the machine's two processors, too, and where tests run others may have them besides. What a process that
 * only sends datagrams back takes meanwhile is therefore allowed on top.
 */
export async function underAttack(
  anchor: Anchor,
  attack: () => Promise<unknown>,
  bounds: Partial<AttackBounds> = {},
): Promise<readonly number[]> {
  const { memory, page } = { memory: 16 * MEGABYTE, page: null, ...bounds };
  const steady = await SteadyCall.start(anchor);
  // A scrape before, so that what it costs once is not taken for growth.
  await readMetrics(anchor);
  const before = measure(anchor);
  const echoes = await RoundTrips.ofEchoes(anchor);
  const pings = await RoundTrips.ofPings(anchor);
  const reads = page === null ? null : RoundTrips.ofHealth(anchor);
  await attack();
  const [pongs, pages] = [await pings.stop(), await reads?.stop()];
  const machine = await echoes.stop();
  const after = measure(anchor);
  const { sent, lost } = await steady.stop();
  const grown = after.memory - before.memory;
  report(`echoes: ${distribution(machine)}`);
  report(`pings: ${distribution(pongs)}; memory +${(grown / MEGABYTE).toFixed(1)} MiB; lost ${lost} of ${sent}`);
  if (pages !== undefined) report(`/healthz: ${distribution(pages)}`);
  expect(grown, 'growth of memory').toBeLessThan(memory);
  expect(after.log - before.log, 'growth of the log').toBeLessThan(MEGABYTE);
  expect(lost, `lost of ${sent}`).toBeLessThanOrEqual(Math.max(1, sent / 1_000));
  expectPrompt('pings', pongs, PROMPT, machine);
  if (page !== null && pages !== undefined) expectPrompt('/healthz', pages, page, machine);
  await expectBalance(anchor);
  return pongs;
}

function expectPrompt(what: string, sorted: readonly number[], most: number, machine: readonly number[]): void {
  const figures = `${what}: ${distribution(sorted)}; echoes: ${distribution(machine)}`;
  expect(quantile(sorted, 0.9), figures).toBeLessThan(most + quantile(machine, 0.9));
}

/** Resident memory, octets; what the process has printed, characters. */
function measure(anchor: Anchor): { memory: number; log: number } {
  return { memory: residentMemory(anchor.process.pid), log: anchor.process.output.length };
}
