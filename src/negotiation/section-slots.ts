import { directionOf } from '../sdp/attributes/direction.js';
import { isRtcpMux } from '../sdp/attributes/rtcp-mux.js';
import type { SdpLine } from '../sdp/session-description.js';

/** The kinds of line that we write into an m= section, in the order in which new ones are appended. */
const SLOTS = ['connection', 'rtcp-mux', 'rtcp', 'direction', 'ptime', 'mid', 'crypto'] as const;
type Slot = (typeof SLOTS)[number];

/** What each slot shall hold; a slot that is not in the map is left as it came. */
export type Slots = Map<Slot, readonly SdpLine[]>;

const PLACED: readonly SdpLine[] = [];

/**
 * Puts each slot's lines where the first line of its kind stood, drops the others, and appends what had no place.
 * `slots` is used up.
 */
export function fillSlots(lines: readonly SdpLine[], slots: Slots): readonly SdpLine[] {
  const filled: SdpLine[] = [];
  for (const line of lines) {
    const slot = slotOf(line);
    const content = slot === null ? undefined : slots.get(slot);
    if (slot === null || content === undefined) {
      filled.push(line);
      continue;
    }
    filled.push(...content);
    slots.set(slot, PLACED);
  }
  insertConnection(filled, slots.get('connection') ?? PLACED);
  for (const slot of SLOTS) if (slot !== 'connection') filled.push(...(slots.get(slot) ?? PLACED));
  return filled;
}

/** c= comes after i= and before b= and a= (RFC 8866 §5). */
function insertConnection(lines: SdpLine[], connection: readonly SdpLine[]): void {
  if (connection.length === 0) return;
  const titles = lines.findIndex(({ type }) => type !== 'i');
  lines.splice(titles < 0 ? lines.length : titles, 0, ...connection);
}

function slotOf(line: SdpLine): Slot | null {
  if (line.type === 'c') return 'connection';
  if (isRtcpMux(line)) return 'rtcp-mux';
  if (directionOf(line) !== null) return 'direction';
  return SLOTS.find((slot) => slot === line.attribute) ?? null;
}
