import { afterAll, describe, expect, it } from 'vitest';
import { crashersOf, openFindingsOf, runTarget } from './run-target.js';
import { FUZZ_TARGETS } from './targets.js';

const seconds = Number(process.env['ANCHOR_FUZZ_SECONDS'] ?? 2);
const most = numberOf(process.env['ANCHOR_FUZZ_EXECUTIONS']);
const only = process.env['ANCHOR_FUZZ_TARGET'];
/** Another one each day, and the same again where it is given. */
const seed = Number(process.env['ANCHOR_FUZZ_SEED'] ?? Math.floor(Date.now() / 86_400_000));

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

describe.each(FUZZ_TARGETS.filter(({ name }) => only === undefined || name === only))('$name', (target) => {
  afterAll(async () => target.close?.());

  it('holds for its seeds, and for what once broke it', async () => {
    for (const input of target.seeds) await target.run(input);
    for (const [, input] of crashersOf(target)) await target.run(input);
  }, 60_000);

  // Turns red when the fault is mended: then the input moves to crashers/.
  for (const [name, input] of openFindingsOf(target)) {
    it(`still breaks at ${name}`, async () => {
      await expect((async () => target.run(input))()).rejects.toThrow('does not hold');
    });
  }

  it(
    'holds for what is near them',
    async () => {
      const { executions, finding } = await runTarget(target, { seconds, executions: most, seed });
      expect(finding).toBeNull();
      expect(executions).toBeGreaterThan(Math.min(20, (most ?? 21) - 1));
      console.log(`fuzz ${target.name}: ${executions} executions in ${seconds} s, seed ${seed}`);
    },
    seconds * 1_000 + 120_000,
  );
});
