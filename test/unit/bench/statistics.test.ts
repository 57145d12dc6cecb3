import { expect, it } from 'vitest';
import { median, quantile, sum } from '../../../bench/statistics.js';

it('takes the middle of an odd number of values and the mean of the two in the middle of an even one', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it('interpolates quantiles between the nearest ranks', () => {
  expect(quantile([0, 10], 0.9)).toBe(9);
  expect(quantile([1, 2, 3], 1)).toBe(3);
});

it('refuses to take a median of nothing', () => {
  expect(() => median([])).toThrow(RangeError);
});

it('adds up', () => {
  expect(sum([1, 2, 3])).toBe(6);
});
