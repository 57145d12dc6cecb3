import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRoot } from './paths.js';

const run = promisify(execFile);

export type Tool = 'anchor_load' | 'anchor_floor' | 'anchor_crypto_bench';

/** Where the C++ programs of `bench/load_generator/` are. */
export interface Tools {
  path(tool: Tool): string;
}

const buildDirectory = inRoot('build', 'bench');

/**
 * Builds what is missing or out of date; a second or less when nothing is. With SRTP_ANCHOR_BENCH_TOOLS the programs in
 * that directory are taken as they are (a build of the whole product with -DANCHOR_BENCH=ON, say).
 */
export async function prepareTools(note: (text: string) => void): Promise<Tools> {
  const given = process.env['SRTP_ANCHOR_BENCH_TOOLS'];
  if (given === undefined) await build(note);
  const directory = given ?? buildDirectory;
  return { path: (tool) => existing(join(directory, tool)) };
}

function existing(path: string): string {
  if (!existsSync(path)) throw new Error(`not built: ${path}`);
  return path;
}

async function build(note: (text: string) => void): Promise<void> {
  const fresh = !existsSync(join(buildDirectory, 'CMakeCache.txt'));
  if (fresh) {
    note('building the load generator');
    await run('cmake', ['-S', inRoot('bench', 'load_generator'), '-B', buildDirectory]);
  }
  await run('cmake', ['--build', buildDirectory]);
}
