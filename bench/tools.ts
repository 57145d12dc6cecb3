import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRoot, root } from './paths.js';

const run = promisify(execFile);

export type Tool = 'anchor_load' | 'anchor_floor' | 'anchor_crypto_bench';

/** Where the C++ programs of `bench/load_generator/` are. */
export interface Tools {
  path(tool: Tool): string;
}

const buildDirectory = inRoot('build', 'bench');
const targets = ['anchor_load', 'anchor_floor', 'anchor_crypto_bench'] as const;

/**
 * Builds what is missing or out of date, as part of the product's own CMake build, so that the crypto benchmark has the
 * product's sessions; a second or two when nothing is to be done. With SRTP_ANCHOR_BENCH_TOOLS the programs in that
 * directory are taken as they are.
 */
export async function prepareTools(note: (text: string) => void): Promise<Tools> {
  const given = process.env['SRTP_ANCHOR_BENCH_TOOLS'];
  if (given === undefined) await build(note);
  const directory = given ?? join(buildDirectory, 'bench', 'load_generator');
  return { path: (tool) => existing(join(directory, tool)) };
}

function existing(path: string): string {
  if (!existsSync(path)) throw new Error(`not built: ${path}`);
  return path;
}

async function build(note: (text: string) => void): Promise<void> {
  if (!existsSync(join(buildDirectory, 'CMakeCache.txt'))) {
    note('building the load generator (a minute)');
    await run('cmake', ['-S', root, '-B', buildDirectory, '-DANCHOR_BENCH=ON']);
  }
  await run('cmake', ['--build', buildDirectory, '--parallel', '2', '--target', ...targets]);
}
