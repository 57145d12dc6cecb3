/** What the process answers to the shell. Documented in `srtp-anchor --help`. */
export const EXIT = {
  ok: 0,
  /** The work failed; the last line on stderr says why. */
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  /** The configuration is wrong. */
  config: 3,
  /** `ctl`: no relay answers at the URL. */
  unreachable: 4,
  /** `ctl`: no such call. */
  notFound: 5,
  /** `ctl`: the relay refused: token missing or wrong, or not from loopback. */
  refused: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes: 0 done, 1 failed, 2 wrong command line, 3 wrong configuration, 4 relay not reachable, 5 no such call,
6 refused (token or address).`;
