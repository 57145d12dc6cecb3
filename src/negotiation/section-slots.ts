import { directionOf } from '../sdp/attributes/direction.js';
import { isRtcpMux } from '../sdp/attributes/rtcp-mux.js';
import type { SdpLine } from '../sdp/session-description.js';

/** The kinds of line that we write into an m= section, in the order in which new ones are appended. */
const SLOTS = ['connection', 'rtcp-mux', 'rtcp', 'direction', 'ptime', 'mid', 'crypto'] as const;
type Slot = (typeof SLOTS)[number];

/** What each slot shall hold; a slot that is not in the map is left as it came. */
export type Slots = Map<Slot, readonly SdpLine[]>;

/** Puts each slot's lines where the first line of its kind stood, drops the others, and appends what had no place. */
export function fillSlots(lines: readonly SdpLine[], slots: Slots): readonly SdpLine[] {
  const open = new Map(slots);
  const filled = lines.flatMap((line) => {
    const slot = slotOf(line);
    const content = slot === null ? undefined : slots.get(slot);
    if (slot === null || content === undefined) return [line];
    return open.delete(slot) ? content : [];
  });
  const appended = SLOTS.filter((slot) => slot !== 'connection').flatMap((slot) => open.get(slot) ?? []);
  return [...insertConnection(filled, open.get('connection') ?? []), ...appended];
}

/** c= comes after i= and before b= and a= (RFC 8866 §5). */
function insertConnection(lines: readonly SdpLine[], connection: readonly SdpLine[]): readonly SdpLine[] {
  const titles = lines.findIndex(({ type }) => type !== 'i');
  const position = titles < 0 ? lines.length : titles;
  return [...lines.slice(0, position), ...connection, ...lines.slice(position)];
}

function slotOf(line: SdpLine): Slot | null {
  if (line.type === 'c') return 'connection';
  if (isRtcpMux(line)) return 'rtcp-mux';
  if (directionOf(line) !== null) return 'direction';
  return SLOTS.find((slot) => slot === line.attribute) ?? null;
}
