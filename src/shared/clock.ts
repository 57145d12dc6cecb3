/** Time as the product needs it; tests pass a clock of their own. */
export interface Clock {
  /** Milliseconds of CLOCK_MONOTONIC, the clock of the native workers too. */
  monotonicMilliseconds(): number;
  /** Milliseconds since the Unix epoch. */
  wallMilliseconds(): number;
}

export const systemClock: Clock = {
  monotonicMilliseconds: () => Number(process.hrtime.bigint() / 1_000_000n),
  wallMilliseconds: () => Date.now(),
};
