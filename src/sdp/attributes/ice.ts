import type { SdpLine } from '../session-description.js';

/** Interactive connectivity establishment (RFC 8839 §5) and its relatives: they would lead media around us. */
const ICE_ATTRIBUTES: ReadonlySet<string> = new Set([
  'candidate',
  'end-of-candidates',
  'ice-lite',
  'ice-mismatch',
  'ice-options',
  'ice-pacing',
  'ice-pwd',
  'ice-ufrag',
  'remote-candidates',
  'altc', // alternative connectivity (RFC 6947 §4)
]);

export function isIce(line: SdpLine): boolean {
  return line.attribute !== null && ICE_ATTRIBUTES.has(line.attribute);
}
