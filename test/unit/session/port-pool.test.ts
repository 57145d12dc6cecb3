import { describe, expect, it } from 'vitest';
import { PortPool } from '../../../src/session/port-pool.js';

function pool(minimum: number, maximum: number, now: () => number = () => 0): PortPool {
  return new PortPool({ minimum, maximum, quarantineMilliseconds: 5_000, now, random: () => 0 });
}

describe('a port pool', () => {
  it('offers pairs with RTP on an even number, also when the range begins on an odd one', () => {
    expect([...pool(30_001, 30_007).pairCandidates()]).toEqual([30_002, 30_004, 30_006]);
  });

  it('leaves out a last even number whose successor is beyond the range', () => {
    expect([...pool(30_000, 30_002).pairCandidates()]).toEqual([30_000]);
  });

  it('begins anywhere in the range and comes round to every pair', () => {
    const anywhere = new PortPool({
      minimum: 30_000,
      maximum: 30_007,
      quarantineMilliseconds: 0,
      now: () => 0,
      random: () => 0.5,
    });
    expect([...anywhere.pairCandidates()]).toEqual([30_004, 30_006, 30_000, 30_002]);
  });

  it('does not offer a number that is in use, nor a pair that it is half of', () => {
    const some = pool(30_000, 30_005);
    some.take(30_001);
    some.take(30_004);
    expect([...some.pairCandidates()]).toEqual([30_002]);
    expect([...some.singleCandidates(null)]).toEqual([30_000, 30_002, 30_003, 30_005]);
  });

  it('prefers numbers that have rested, and among tired ones the longest rested', () => {
    let now = 0;
    const some = pool(30_000, 30_005, () => now);
    for (const number of [30_000, 30_001, 30_002, 30_003]) some.take(number);
    some.giveBack(30_002);
    some.giveBack(30_003);
    now = 1_000;
    some.giveBack(30_000);
    some.giveBack(30_001);
    expect([...some.pairCandidates()]).toEqual([30_004, 30_002, 30_000]);
    now = 7_000;
    expect([...some.pairCandidates()]).toEqual([30_000, 30_002, 30_004]);
  });

  it('tries the preferred single number first', () => {
    expect([...pool(30_000, 30_003).singleCandidates(30_002)][0]).toBe(30_002);
  });

  it('counts what is in use and ignores numbers that were never taken', () => {
    const some = pool(30_000, 30_003);
    some.take(30_000);
    some.giveBack(30_001);
    expect([some.used, some.size]).toEqual([1, 4]);
    some.giveBack(30_000);
    expect(some.used).toBe(0);
  });
});
