import { existsSync } from 'node:fs';
import { EXIT } from '../cli/exit-codes.js';

/** `srtp-anchor bench`: lives beside the product, in a checkout only; the published package leaves it out. */
export async function bench(args: readonly string[]): Promise<number> {
  const program = new URL('../../bench/run.js', import.meta.url);
  if (!existsSync(program)) {
    process.stderr.write('srtp-anchor bench: the benchmark is part of a source checkout, not of the package\n');
    return EXIT.failed;
  }
  const { runBench } = (await import(program.href)) as { runBench: (argv: readonly string[]) => Promise<number> };
  return runBench(args);
}
