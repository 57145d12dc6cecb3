import { describe, expect, it } from 'vitest';
import { runFixture } from './seam.js';

const clean = { code: 0, signal: null, stderr: '' };

type Moment = 'before' | 'during' | 'after';

interface Counts {
  readonly threads: number;
  readonly descriptors: number;
  readonly sockets: number;
  readonly mebibytes: number;
}

describe('A process with a relay', () => {
  it('exits with live streams, at once and with its own code', async () => {
    expect(await runFixture('exit-with-live-streams.mjs')).toEqual({ ...clean, stdout: 'streaming\n' });
  });

  it('ends by itself when an idle relay is all that is left', async () => {
    expect(await runFixture('end-with-idle-relay.mjs')).toEqual({ ...clean, stdout: 'idle\n' });
  });

  it('hears every event even when the callback throws at each', async () => {
    const result = await runFixture('throw-in-callback.mjs');
    expect(result).toMatchObject({ code: 0, signal: null });
    expect(JSON.parse(result.stdout)).toEqual({ closed: 8, caught: 8 });
  });
});

describe('A relay that nobody closes', () => {
  it('is collected with its threads, descriptors and counters', async () => {
    const result = await runFixture('drop-relays.mjs', '--expose-gc');
    expect(result).toMatchObject(clean);
    const seen = JSON.parse(result.stdout) as { relays: number; slabMebibytes: number } & Record<Moment, Counts>;
    // Two workers each: the relays were really there, and are really gone.
    const slabs = 2 * seen.relays * seen.slabMebibytes;
    expect(seen.during.threads).toBeGreaterThanOrEqual(seen.before.threads + 2 * seen.relays);
    expect(seen.during.mebibytes).toBeGreaterThanOrEqual(seen.before.mebibytes + slabs);
    expect(seen.after.threads).toBeLessThanOrEqual(seen.before.threads);
    expect(seen.after.descriptors).toBeLessThanOrEqual(seen.before.descriptors);
    expect(seen.after.mebibytes).toBeLessThan(seen.before.mebibytes + slabs / 10);
  });

  it('leaves its counters to who still holds them', async () => {
    expect(await runFixture('keep-slab.mjs', '--expose-gc')).toEqual({ ...clean, stdout: 'readable\n' });
  });
});

describe('worker_threads', () => {
  it('load the addon, and take their relays with them when they end or are terminated', async () => {
    const result = await runFixture('terminate-workers.mjs');
    expect(result).toMatchObject(clean);
    const seen = JSON.parse(result.stdout) as { code: number; heard: string[] } & Record<
      'before' | 'during' | 'after',
      Counts
    >;
    expect(seen.code).toBe(0);
    expect(seen.heard).toContain('address_learned');
    // Two relays of two ports and two threads each.
    expect(seen.during.sockets).toBeGreaterThanOrEqual(seen.before.sockets + 4);
    expect(seen.during.threads).toBeGreaterThanOrEqual(seen.before.threads + 4);
    expect(seen.after.sockets).toBeLessThanOrEqual(seen.before.sockets);
    expect(seen.after.threads).toBeLessThanOrEqual(seen.before.threads);
  });
});
