/** Where a relay is, and how to print what it says. */
export interface CtlTarget {
  /** Base URL of the relay's HTTP server, without a slash at the end. */
  readonly url: string;
  readonly token: string | null;
  readonly json: boolean;
}

export type CtlAction =
  | { readonly action: 'list'; readonly limit: number }
  | { readonly action: 'show'; readonly callId: string }
  | { readonly action: 'stats' }
  | { readonly action: 'top'; readonly intervalSeconds: number; readonly rounds: number | null }
  | { readonly action: 'drain' }
  | { readonly action: 'terminate'; readonly callId: string }
  | { readonly action: 'loglevel'; readonly level: string };

/** One `ctl` command, checked. */
export type CtlCommand = CtlTarget & CtlAction;
