import { attributesOf, attributeLine, attributeValue, type SdpLine } from '../session-description.js';

/** `a=mid` (RFC 5888 §4). */
export function findMid(lines: readonly SdpLine[]): string | null {
  const [line] = attributesOf(lines, 'mid');
  return line === undefined ? null : attributeValue(line);
}

export function printMid(mid: string): SdpLine {
  return attributeLine('mid', mid);
}
