import { expect, it } from 'vitest';
import { searchHighestRate, type Step } from '../../../bench/measure/highest-rate.js';

const bounds = { first: 60_000, most: 600_000, precision: 1.03 };

/** A relay that carries `limit` and loses what is above; a generator that offers at most `offered`. */
function relay(limit: number, offered = Infinity): (packetsPerSecond: number) => Promise<Step> {
  return (packetsPerSecond) => {
    const lost = Math.max(0, Math.min(packetsPerSecond, offered) - limit);
    return Promise.resolve({ packetsPerSecond, lost, limits: packetsPerSecond > offered ? ['unsent'] : [] });
  };
}

it('finds the highest rate within the precision, from below', async () => {
  const found = await searchHighestRate(relay(161_000), bounds);
  expect(found.packetsPerSecond).toBeLessThanOrEqual(161_000);
  expect(found.packetsPerSecond).toBeGreaterThan(161_000 / 1.03);
  expect(found.generatorLimited).toBe(false);
});

it('goes down when even the first rate is too much', async () => {
  const found = await searchHighestRate(relay(7_000), bounds);
  expect(found.packetsPerSecond).toBeGreaterThan(6_700);
  expect(found.packetsPerSecond).toBeLessThanOrEqual(7_000);
});

it('says so when the generator ended the search, at its own limit or at the bound', async () => {
  expect((await searchHighestRate(relay(500_000, 300_000), bounds)).generatorLimited).toBe(true);
  expect((await searchHighestRate(relay(Infinity), bounds)).generatorLimited).toBe(true);
  expect((await searchHighestRate(relay(Infinity), bounds)).packetsPerSecond).toBe(600_000);
});

it('offers a rate that failed once more, so that one hiccup does not decide', async () => {
  let hiccups = 0;
  const steady = relay(100_000);
  const found = await searchHighestRate((rate) => {
    if (rate === 90_000 && hiccups++ === 0) return Promise.resolve({ packetsPerSecond: rate, lost: 3, limits: [] });
    return steady(rate);
  }, bounds);
  expect(found.packetsPerSecond).toBeGreaterThanOrEqual(90_000);
});

it('ends at a relay that carries nothing', async () => {
  const found = await searchHighestRate(relay(0), bounds);
  expect(found.packetsPerSecond).toBe(0);
  expect(found.steps.length).toBeLessThan(20);
});

it('excuses failures of a disturbed machine a few times, not for ever', async () => {
  const disturbed = (failures: number) => {
    let left = failures;
    return searchHighestRate((rate) => {
      if (rate <= 60_000 && left-- > 0) {
        return Promise.resolve({ packetsPerSecond: rate, lost: 9, limits: ['disturbed'] });
      }
      return relay(100_000)(rate);
    }, bounds);
  };
  expect((await disturbed(5)).packetsPerSecond).toBeGreaterThan(95_000);
  expect((await disturbed(Infinity)).packetsPerSecond).toBe(0);
});
