import { FLAG_ROWS } from './flags/flag-rows.js';
import { foldName, type FlagRow, type FlagSection } from './flags/flag-row.js';
import { KEY_ROWS } from './flags/key-rows.js';
import {
  CODEC_ROWS,
  DTLS_ROWS,
  ICE_ROWS,
  LEARNING_ROWS,
  OSRTP_ROWS,
  REPLACE_ROWS,
  RTCP_MUX_ROWS,
  SUPPORTS_ROWS,
  T38_ROWS,
  TRANSPORT_ROWS,
} from './flags/list-rows.js';
import { SDES_ROWS } from './flags/sdes-rows.js';

/**
 * THE table: every key, flag and list item of the protocol that has a meaning to rtpengine or to us, what it sets, and
 * whether it is supported, ignored or refused. Reading requests, the documentation page and the tests all run over it;
 * a name that is not here is unknown.
 */
export const FLAG_TABLE: readonly FlagRow[] = [
  ...KEY_ROWS,
  ...FLAG_ROWS,
  ...SDES_ROWS,
  ...OSRTP_ROWS,
  ...RTCP_MUX_ROWS,
  ...TRANSPORT_ROWS,
  ...REPLACE_ROWS,
  ...LEARNING_ROWS,
  ...CODEC_ROWS,
  ...ICE_ROWS,
  ...DTLS_ROWS,
  ...T38_ROWS,
  ...SUPPORTS_ROWS,
];

/** Rows by section and folded name. */
type FlagIndex = Map<FlagSection, Map<string, FlagRow>>;

const words: FlagIndex = new Map();
const valued: FlagIndex = new Map();
for (const row of FLAG_TABLE) {
  const index = row.takes === null ? words : valued;
  for (const spelling of row.spellings) addOnce(index, row.section, foldName(spelling), row);
}

/** Two rows of one name would make one of them unreachable: a mistake in the table. */
function addOnce(index: FlagIndex, section: FlagSection, name: string, row: FlagRow): void {
  const names = index.get(section) ?? new Map<string, FlagRow>();
  const present = names.get(name);
  if (present !== undefined && present !== row) throw new Error(`two rows for ${section} ${name}`);
  index.set(section, names.set(name, row));
}

/** The row of a name that stands alone. */
export function findWord(section: FlagSection, name: string): FlagRow | undefined {
  return words.get(section)?.get(foldName(name));
}

/** The row of a name that comes with a value. */
export function findValued(section: FlagSection, name: string): FlagRow | undefined {
  return valued.get(section)?.get(foldName(name));
}
