import { describe, expect, it } from 'vitest';
import { meanOpinionScore } from '../../../src/session/mos.js';

describe('the mean opinion score', () => {
  it('is about 4.4 on a clean line, the best that G.711 gives', () => {
    expect(meanOpinionScore({ lossPercent: 0, jitterMilliseconds: 0, roundTripMilliseconds: 0 })).toBeCloseTo(4.4, 1);
  });

  it('falls with loss, jitter and delay, and never below 1', () => {
    const clean = { lossPercent: 0, jitterMilliseconds: 5, roundTripMilliseconds: 40 };
    const score = meanOpinionScore(clean);
    expect(meanOpinionScore({ ...clean, lossPercent: 5 })).toBeLessThan(score - 0.4);
    expect(meanOpinionScore({ ...clean, jitterMilliseconds: 100 })).toBeLessThan(score);
    expect(meanOpinionScore({ ...clean, roundTripMilliseconds: 600 })).toBeLessThan(score - 0.4);
    expect(meanOpinionScore({ ...clean, lossPercent: 100, roundTripMilliseconds: 2_000 })).toBe(1);
  });
});
