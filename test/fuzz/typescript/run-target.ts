import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { mutated } from './mutation.js';
import type { FuzzTarget } from './target.js';

const crashers = join(import.meta.dirname, '../crashers');
const open = join(import.meta.dirname, '../open');
const reports = join(import.meta.dirname, '../../../build/fuzz/typescript');

/** Longest that one input may take, milliseconds of this process's own time: a hang, not a slow machine. */
const LONGEST_MILLISECONDS = 250;

export interface FuzzBounds {
  readonly seconds: number;
  /** null = as many as there is time for. */
  readonly executions: number | null;
  readonly seed: number;
}

export interface FuzzResult {
  readonly executions: number;
  readonly perSecond: number;
  /** null = nothing was found. */
  readonly finding: string | null;
}

/** Runs inputs until the time is over, or so many were run. What fails is made small, and kept among the crashers, which are replayed for ever. */
export async function runTarget(target: FuzzTarget, { seconds, executions, seed }: FuzzBounds): Promise<FuzzResult> {
  const started = performance.now();
  const property = fc.asyncProperty(mutated(target.seeds, target.words), (input) => runTimed(target, input));
  const details = await fc.check(property, {
    seed,
    numRuns: executions ?? Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: seconds * 1_000,
    markInterruptAsFailure: false,
  });
  const finding = details.failed ? describe(target, details) : null;
  const took = (performance.now() - started) / 1_000;
  const result = { executions: details.numRuns, perSecond: Math.round(details.numRuns / took), finding };
  mkdirSync(reports, { recursive: true });
  writeFileSync(
    join(reports, `${target.name}.json`),
    JSON.stringify({ target: target.name, seconds, seed, ...result }),
  );
  return result;
}

async function runTimed(target: FuzzTarget, input: Buffer): Promise<void> {
  const before = process.cpuUsage();
  try {
    await target.run(input);
  } catch (thrown) {
    if (!(thrown instanceof Error && target.open?.(thrown) === true)) throw thrown;
  }
  const { user, system } = process.cpuUsage(before);
  if ((user + system) / 1_000 > LONGEST_MILLISECONDS) throw new Error(`took ${(user + system) / 1_000} ms`);
}

function describe(target: FuzzTarget, details: fc.RunDetails<[Buffer]>): string {
  const input = details.counterexample?.[0] ?? Buffer.alloc(0);
  const name = createHash('sha256').update(input).digest('hex').slice(0, 16);
  mkdirSync(join(crashers, target.name), { recursive: true });
  writeFileSync(join(crashers, target.name, name), input);
  const error = details.errorInstance instanceof Error ? (details.errorInstance.stack ?? '') : '';
  return `seed ${details.seed}, kept as crashers/${target.name}/${name}: ${error}`;
}

/** What once broke a target, by name. */
export function crashersOf(target: FuzzTarget): readonly (readonly [string, Buffer])[] {
  return filesIn(join(crashers, target.name));
}

/** What still breaks it. */
export function openFindingsOf(target: FuzzTarget): readonly (readonly [string, Buffer])[] {
  return filesIn(join(open, target.name));
}

function filesIn(folder: string): readonly (readonly [string, Buffer])[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
}
