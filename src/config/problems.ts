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

/** One line, whatever the file held. */
export function describeProblem({ where, option, what, right }: ConfigProblem): string {
  return `${where}: ${option.slice(0, longestShown)}: ${what}; expected ${right}`.replace(
    /[\p{Cc}\p{Zl}\p{Zp}]/gu,
    '?',
  );
}

const longestShown = 80;

/** A wrong value as shown to its writer: bounded, on one line. */
export function shownValue(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}
