/** Why a body is not a session description that we can work on. Quotes nothing of the body but numbers and short words. */
export interface SdpError {
  /** From 1; 0 = the body as a whole. */
  readonly line: number;
  readonly problem: string;
  /** What would be right. */
  readonly expected: string;
  /** The three in one sentence. */
  readonly message: string;
}

export function sdpError(line: number, problem: string, expected: string): SdpError {
  const where = line === 0 ? '' : `line ${line}: `;
  return { line, problem, expected, message: `${where}${problem}; expected ${expected}` };
}

/**
 * A word of the body that is fit to be printed: short, without control characters, and nothing that might be key
 * material (`inline:` or a long run of base64). The rest becomes `…`.
 */
export function printable(word: string): string {
  return /^[A-Za-z0-9._/*-]{1,32}$/.test(word) ? word : '…';
}
