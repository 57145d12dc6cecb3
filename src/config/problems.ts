/** One thing wrong in the configuration, in the three parts an operator needs. */
export interface ConfigProblem {
  /** Option or key as written, `trunk-profiles.twilio.secure` for an inner one. */
  readonly option: string;
  /** `anchor.yaml:12`, `environment SRTP_ANCHOR_WORKERS`, `flag --workers`. */
  readonly where: string;
  readonly what: string;
  /** What would be right. */
  readonly right: string;
}

export function describeProblem(problem: ConfigProblem): string {
  return `${problem.where}: ${problem.option}: ${problem.what}; expected ${problem.right}`;
}

const longestShown = 60;

/** A wrong value as shown to its writer: bounded, on one line. */
export function shownValue(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}
