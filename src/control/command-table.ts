import { foldName } from './flags/flag-row.js';

export type CommandName =
  | 'ping'
  | 'offer'
  | 'answer'
  | 'delete'
  | 'query'
  | 'list'
  | 'statistics'
  | 'block media'
  | 'unblock media'
  | 'block DTMF'
  | 'unblock DTMF';

export interface CommandRow {
  readonly name: string;
  readonly description: string;
  /** Why it is not offered; null when it is. */
  readonly refusal: string | null;
}

const NO_RECORDING = 'media is relayed, never recorded';
const NO_PLAYING = 'nothing is played into a call';
const NO_SUBSCRIPTION = 'media goes to the two ends of a call only';

function offered(name: CommandName, description: string): CommandRow & { readonly name: CommandName } {
  return { name, description, refusal: null };
}

function refused(name: string, refusal: string): CommandRow {
  return { name, description: '', refusal };
}

const OFFERED = [
  offered('ping', 'Answers pong.'),
  offered('offer', 'Needs call-id, from-tag, sdp. Opens ports and rewrites the body; an unknown call-id makes a call.'),
  offered('answer', 'Needs call-id, from-tag (still that of the offerer), to-tag, sdp. Settles what was offered.'),
  offered('delete', 'Needs call-id; via-branch, then from-tag (or to-tag with the flag to-tag) narrow it.'),
  offered('query', 'Needs call-id. Counters, parties, addresses and quality of a call.'),
  offered('list', 'Call-ids, oldest first; limit is 32 unless told.'),
  offered('statistics', 'Counters of the node.'),
  offered('block media', 'Needs call-id; a from-tag, label or address narrows it to what one party sends.'),
  offered('unblock media', 'Ends block media; the flag all ends it for every party.'),
  offered('block DTMF', 'As block media, for RFC 4733 events only.'),
  offered('unblock DTMF', 'Ends block DTMF.'),
] as const;

/** Every command of the protocol: offered here, or refused for a reason that the error repeats. */
export const COMMAND_TABLE: readonly CommandRow[] = [
  ...OFFERED,
  refused('start recording', NO_RECORDING),
  refused('stop recording', NO_RECORDING),
  refused('pause recording', NO_RECORDING),
  refused('start forwarding', NO_RECORDING),
  refused('stop forwarding', NO_RECORDING),
  refused('play media', NO_PLAYING),
  refused('stop media', NO_PLAYING),
  refused('play DTMF', NO_PLAYING),
  refused('silence media', 'payloads are never changed; use block media'),
  refused('unsilence media', 'payloads are never changed; use unblock media'),
  refused('publish', NO_SUBSCRIPTION),
  refused('subscribe request', NO_SUBSCRIPTION),
  refused('subscribe answer', NO_SUBSCRIPTION),
  refused('unsubscribe', NO_SUBSCRIPTION),
  refused('connect', NO_SUBSCRIPTION),
];

const refusedByName = new Map(COMMAND_TABLE.map((row) => [foldName(row.name), row]));
const offeredByName = new Map<string, CommandName>(OFFERED.map((row) => [foldName(row.name), row.name]));

export function findCommand(name: string): CommandName | undefined {
  return offeredByName.get(foldName(name));
}

/** The row of a command that exists elsewhere and not here. */
export function findRefusedCommand(name: string): CommandRow | undefined {
  const row = refusedByName.get(foldName(name));
  return row?.refusal === null ? undefined : row;
}
