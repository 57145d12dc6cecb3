import { hasAttribute, type SdpLine } from '../session-description.js';

/** Set-up of DTLS (RFC 5763, RFC 8122, RFC 8842 §4): meaningless once we end the secure leg ourselves. */
const DTLS_ATTRIBUTES: ReadonlySet<string> = new Set(['connection', 'dtls-id', 'fingerprint', 'setup', 'tls-id']);

export function isDtls(line: SdpLine): boolean {
  return line.attribute !== null && DTLS_ATTRIBUTES.has(line.attribute);
}

export function hasFingerprint(lines: readonly SdpLine[]): boolean {
  return hasAttribute(lines, 'fingerprint');
}
