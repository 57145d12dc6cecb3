/** One metric with its values, between the readers and the writers of the exposition formats. */
export interface Family {
  /** Full name; counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Appended to the family's name: `_bucket`, `_sum`, `_count`, or nothing. */
  readonly suffix: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export function sample(value: number, labels: Sample['labels'] = {}, suffix = ''): Sample {
  return { suffix, labels, value };
}
