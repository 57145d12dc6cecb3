/** A reading of resident memory. */
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

export function trendOf(samples: readonly MemorySample[]): MemoryTrend {
  const count = samples.length;
  if (count < 3) throw new Error(`${count} samples show no trend`);
  const meanX = samples.reduce((sum, { minutes }) => sum + minutes, 0) / count;
  const meanY = samples.reduce((sum, { kilobytes }) => sum + kilobytes, 0) / count;
  const spread = samples.reduce((sum, { minutes }) => sum + (minutes - meanX) ** 2, 0);
  const slope = samples.reduce((sum, one) => sum + (one.minutes - meanX) * (one.kilobytes - meanY), 0) / spread;
  const rest = samples.reduce(
    (sum, { minutes, kilobytes }) => sum + (kilobytes - meanY - slope * (minutes - meanX)) ** 2,
    0,
  );
  return { slope, error: Math.sqrt(rest / (count - 2) / spread) };
}
