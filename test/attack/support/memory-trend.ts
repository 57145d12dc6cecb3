/** A reading of memory. */
export interface MemorySample {
  /** Minutes since the start. */
  readonly minutes: number;
  readonly kilobytes: number;
}

/** Kilobytes a minute: the slope of the least-squares line, and its standard error. */
export interface MemoryTrend {
  readonly slope: number;
  readonly error: number;
}

/**
 * Means over so many minutes each. Readings a moment apart are alike, so the line through them all would claim to be more
 * certain than it is.
 */
export function blocksOf(samples: readonly MemorySample[], minutes: number): readonly MemorySample[] {
  const blocks = new Map<number, MemorySample[]>();
  for (const sample of samples) {
    const number = Math.floor(sample.minutes / minutes);
    blocks.set(number, [...(blocks.get(number) ?? []), sample]);
  }
  return [...blocks.values()].map((block) => ({
    minutes: mean(block.map((sample) => sample.minutes)),
    kilobytes: mean(block.map((sample) => sample.kilobytes)),
  }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function trendOf(samples: readonly MemorySample[]): MemoryTrend {
  const count = samples.length;
  if (count < 3) throw new Error(`${count} samples show no trend`);
  const meanX = mean(samples.map(({ minutes }) => minutes));
  const meanY = mean(samples.map(({ kilobytes }) => kilobytes));
  const spread = samples.reduce((sum, { minutes }) => sum + (minutes - meanX) ** 2, 0);
  const slope = samples.reduce((sum, one) => sum + (one.minutes - meanX) * (one.kilobytes - meanY), 0) / spread;
  const rest = samples.reduce(
    (sum, { minutes, kilobytes }) => sum + (kilobytes - meanY - slope * (minutes - meanX)) ** 2,
    0,
  );
  return { slope, error: Math.sqrt(rest / (count - 2) / spread) };
}
