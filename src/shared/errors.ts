/** Who must act on an error. */
export type Actor = 'peer' | 'proxy' | 'operator' | 'us';

/**
 * The catalogue: a stable code for every expected failure of a control request. Texts that proxies read by machine are
 * fixed here, byte for byte; the others carry operands in `detail`.
 */
export const ERROR_CATALOGUE = {
  'session-limit': { text: 'Parallel session limit reached', actor: 'operator' },
  'out-of-ports': { text: 'Ran out of ports', actor: 'operator' },
  'load-limit': { text: 'Load limit exceeded', actor: 'operator' },
  'cpu-limit': { text: 'CPU usage limit exceeded', actor: 'operator' },
  'bandwidth-limit': { text: 'Bandwidth limit exceeded', actor: 'operator' },
  draining: { text: 'Load limit exceeded', actor: 'operator' },
  'unknown-call': { text: 'Unknown call-id', actor: 'proxy' },
  'no-call-id': { text: 'No call-id in message', actor: 'proxy' },
  'no-from-tag': { text: 'No from-tag in message', actor: 'proxy' },
  'no-to-tag': { text: 'No to-tag in message', actor: 'proxy' },
  'no-sdp': { text: 'No SDP body in message', actor: 'proxy' },
  'bad-sdp': { text: 'Failed to parse SDP', actor: 'peer' },
  'no-command': { text: 'Dictionary contains no key "command"', actor: 'proxy' },
  'unknown-command': { text: 'Unrecognized command', actor: 'proxy' },
  'bad-format': { text: 'Invalid NG data format', actor: 'proxy' },
  'no-payload': { text: 'Invalid data (no payload)', actor: 'proxy' },
  'bad-bencode': { text: 'Could not decode bencode dictionary', actor: 'proxy' },
  'bad-json': { text: 'Failed to parse JSON document', actor: 'proxy' },
  'no-match': { text: "Call-ID not found or tags didn't match", actor: 'proxy' },
  'unsupported-option': { text: 'Unsupported option', actor: 'proxy' },
  'reply-too-large': { text: 'Reply does not fit', actor: 'proxy' },
  'unsupported-command': { text: 'Unsupported command', actor: 'proxy' },
  'bad-value': { text: 'Invalid value', actor: 'proxy' },
  'unknown-interface': { text: 'Unknown interface', actor: 'proxy' },
  'unknown-tag': { text: 'Unknown tag', actor: 'proxy' },
  'no-usable-crypto': { text: 'No usable a=crypto line', actor: 'peer' },
  'insecure-refused': { text: 'Secure media required', actor: 'peer' },
  'secure-refused': { text: 'Secure media not allowed', actor: 'peer' },
  'answer-mismatch': { text: 'Answer does not match the offer', actor: 'peer' },
  'unsupported-transport': { text: 'Unsupported media transport', actor: 'peer' },
  'refused-address': { text: 'Refused media address', actor: 'peer' },
  'socket-error': { text: 'Socket error', actor: 'operator' },
  internal: { text: 'Internal error', actor: 'us' },
} as const satisfies Record<string, { text: string; actor: Actor }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** An expected failure. Never carries key material: `detail` is built from names, tags, lengths and addresses. */
export interface AnchorError {
  readonly code: ErrorCode;
  /** What exactly, where, and what would be right; null when the code's text says it all. */
  readonly detail: string | null;
}

export function anchorError(code: ErrorCode, detail: string | null = null): AnchorError {
  return { code, detail };
}

/** Errors of a node that is full or leaving: the proxy should try the next one. */
const LIMIT_CODES: ReadonlySet<ErrorCode> = new Set([
  'session-limit',
  'out-of-ports',
  'load-limit',
  'cpu-limit',
  'bandwidth-limit',
  'draining',
]);

export function isLimit(error: AnchorError): boolean {
  return LIMIT_CODES.has(error.code);
}

/**
 * The text for `error-reason`: the fixed words first, so that a proxy that matches on them still does. Proxies compare
 * the whole text of a limit before they try the next node, so there the detail stays behind (it is for the log).
 */
export function errorText(error: AnchorError): string {
  const { text } = ERROR_CATALOGUE[error.code];
  return error.detail === null || isLimit(error) ? text : `${text}: ${error.detail}`;
}
