import { attributeLine, type SdpLine } from '../session-description.js';

/** RFC 8866 §6.7. */
export type DirectionAttribute = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const DIRECTIONS: readonly DirectionAttribute[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** The section's last direction attribute, or null when there is none. */
export function findDirection(lines: readonly SdpLine[]): DirectionAttribute | null {
  let found: DirectionAttribute | null = null;
  for (const line of lines) found = directionOf(line) ?? found;
  return found;
}

export function directionOf(line: SdpLine): DirectionAttribute | null {
  return DIRECTIONS.find((direction) => direction === line.attribute) ?? null;
}

export function printDirection(direction: DirectionAttribute): SdpLine {
  return attributeLine(direction);
}
