import { textOf, type NgValue } from '../ng-value.js';
import { rowsOf, type FlagRow, type FlagSection, type FlagWalker } from './flag-row.js';
import { KEYS_WITHOUT_EFFECT } from './other-key-rows.js';
import { integer, ipAddress, items, refuseValue, text, textList, warnValue } from './read-value.js';
import type { RequestDraft } from './request-draft.js';

const { supported, ignored } = rowsOf('key');

const REQUEST_KEYS: readonly FlagRow[] = [
  supported('command', 'request', 'What to do; see the table of commands.', () => undefined, { takes: 'NAME' }),
  field('call-id', 'callId', 'Call-ID of the dialogue.'),
  field('from-tag', 'fromTag', 'Tag of the one who sends this message; in an answer still that of the offerer.'),
  field('to-tag', 'toTag', 'Tag of the other end.'),
  supported(
    'via-branch',
    'request.viaBranch',
    'Branch of the Via header; tells forks apart before a to-tag is known.',
    setViaBranch,
    { takes: 'BRANCH' },
  ),
  field('sdp', 'sdp', 'The body, octet for octet.'),
  supported('limit', 'request.limit', 'list: at most this many calls; 32 unless told.', integer('limit', setLimit), {
    takes: 'N',
  }),
  field('address', 'address', 'block, unblock: the party with this address in its SDP.'),
  ignored('to-label', 'block, unblock: the receiving party.', 'what a party sends is blocked towards everyone', {
    takes: 'TEXT',
  }),
  list('flags', 'flags', 'Items of the flags table, or `KEY=VALUE`, or `SECTION-ITEM`.', 'request, options'),
  supported(
    'rtpp-flags',
    'request, options',
    'All options in one string, as Kamailio 6 passes it on: `key=value`, lists in `[ ]`. Keys of the message win.',
    (_draft, value, walker) => walker.items('flags', value),
    { takes: 'STRING' },
  ),
  supported(
    'all',
    'request.all',
    'unblock media, unblock DTMF: with the value `all`, every party, whatever tag is given.',
    text((draft, value) => (draft.all = value === 'all')),
    { takes: 'WORD' },
  ),
  list('supports', 'supports', 'What the proxy understands.', 'request.loadLimit'),
];

/** Words of the proxy's own configuration that mean "take it from the message"; no branch is called so. */
const VIA_BRANCH_WORDS: ReadonlySet<string> = new Set(['1', '2', 'auto', 'extra', 'next', 'auto-next', 'auto-extra']);

function setViaBranch(draft: RequestDraft, value: NgValue, walker: FlagWalker): void {
  const branch = textOf(value) ?? '';
  const isWord = walker.insideList && VIA_BRANCH_WORDS.has(branch);
  if (branch !== '' && !isWord) draft.viaBranch = branch;
}

type TextField = 'callId' | 'fromTag' | 'toTag' | 'sdp' | 'address';

function field(name: string, key: TextField, description: string): FlagRow {
  return supported(
    name,
    `request.${key}`,
    description,
    text((draft, value) => (draft[key] = value)),
    { takes: 'TEXT' },
  );
}

function list(name: string, section: FlagSection, description: string, target: string): FlagRow {
  return supported(name, target, description, items(section), { takes: 'LIST', prefix: section !== 'flags' });
}

/** The items have rows of their own, which say what is told to the proxy. */
function ignoredList(name: 'DTLS' | 'T.38', description: string, reason: string): FlagRow {
  return { ...ignored(name, description, reason, { takes: 'LIST', prefix: true }), apply: items(name) };
}

function setLimit(draft: RequestDraft, limit: number): void {
  draft.limit = limit;
}

const MEDIA_KEYS: readonly FlagRow[] = [
  list('replace', 'replace', 'Which parts of the body to rewrite beside the addresses.', 'options.replace'),
  list('SDES', 'SDES', 'Crypto suites and keys; see the SDES table.', 'options.sdes'),
  list('OSRTP', 'OSRTP', 'Opportunistic SRTP (RFC 8643).', 'options.osrtp'),
  list('rtcp-mux', 'rtcp-mux', 'RTP and RTCP on one port (RFC 5761).', 'options.rtcpMux'),
  list('ICE', 'ICE', 'What becomes of ICE attributes.', 'options.iceRemove'),
  ignoredList('DTLS', 'DTLS-SRTP.', 'it is not offered here'),
  ignoredList('T.38', 'T.38 gateway.', 'fax passes through as it is'),
  list('endpoint-learning', 'endpoint-learning', 'How the remote address is learned.', 'options.endpointLearning'),
  supported('codec', 'options.codecStrip, codecOffer, codecExcept', 'Which codecs to show.', items('codec'), {
    takes: 'DICTIONARY',
    prefix: true,
  }),
  supported(
    'transport-protocol',
    'options.transportProtocol',
    'Protocol of the body that goes out, for media that is RTP.',
    items('transport-protocol'),
    { takes: 'PROTOCOL' },
  ),
  supported(
    'address-family',
    'options.addressFamily',
    'Family of the body that goes out: IP4 or IP6.',
    text(setFamily),
    {
      takes: 'FAMILY',
    },
  ),
  supported(
    'media-address',
    'options.mediaAddress',
    "Our address in the body that goes out, instead of the interface's; media goes where it went.",
    text(setMediaAddress),
    {
      takes: 'ADDRESS',
    },
  ),
  supported(
    'received-from',
    'options.receivedFrom',
    'Where the signalling came from, as [family, address] or an address; used with SIP-source-address.',
    setReceivedFrom,
    { takes: '[FAMILY, ADDRESS]' },
  ),
  supported(
    'direction',
    'options.fromInterface, options.toInterface',
    'Interfaces facing the sender and the receiver, as a list of two or given twice.',
    setDirection,
    { takes: '[FROM, TO]' },
  ),
  supported('from-interface', 'options.fromInterface', 'Interface facing the sender.', text(setFromInterface), {
    takes: 'NAME',
    also: ['interface'],
  }),
  supported('to-interface', 'options.toInterface', 'Interface facing the receiver.', text(setToInterface), {
    takes: 'NAME',
  }),
  supported('TOS', 'options.trafficClass', 'TOS or traffic class octet, 0 to 255.', integer('TOS', setTrafficClass), {
    takes: 'N',
  }),
  supported(
    'delete-delay',
    'options.deleteDelaySeconds',
    'Seconds between delete and the end of the ports.',
    integer('delete-delay', setDeleteDelay),
    { takes: 'SECONDS' },
  ),
  supported('ptime', 'options.packetTime', 'Write this `a=ptime`.', integer('ptime', setPacketTime), { takes: 'MS' }),
  optionText('label', 'Free text, repeated in query; block, unblock: selects the party.', ['from-label']),
  optionText('set-label', 'As label, where label selects.'),
  optionText('metadata', 'Free text, kept with the call.'),
  supported(
    'from-profile',
    'options.fromProfile',
    'Trunk profile of the sender; a key of this relay alone.',
    text((draft, value) => (draft.options.fromProfile = value)),
    { takes: 'NAME' },
  ),
  supported(
    'to-profile',
    'options.toProfile',
    'Trunk profile of the receiver; a key of this relay alone.',
    text((draft, value) => (draft.options.toProfile = value)),
    { takes: 'NAME', also: ['profile', 'trunk'] },
  ),
];

function optionText(name: string, description: string, also: readonly string[] = []): FlagRow {
  const key = name === 'set-label' ? 'setLabel' : (name as 'label' | 'metadata');
  return supported(
    name,
    `options.${key}`,
    description,
    text((draft, value) => (draft.options[key] = value)),
    { takes: 'TEXT', also },
  );
}

function setFamily(draft: RequestDraft, value: string): void {
  const family = FAMILIES.get(value.trim().toLowerCase());
  if (family === undefined) warnValue(draft, 'address-family', value, 'IP4 or IP6');
  else draft.options.addressFamily = family;
}

const FAMILIES = new Map<string, 'IP4' | 'IP6'>([
  ['ip4', 'IP4'],
  ['ipv4', 'IP4'],
  ['inet', 'IP4'],
  ['ip6', 'IP6'],
  ['ipv6', 'IP6'],
  ['inet6', 'IP6'],
]);

/** Media would go elsewhere than told, so a wrong address is an error. */
function setMediaAddress(draft: RequestDraft, value: string): void {
  const address = ipAddress(value);
  if (address === null) refuseValue(draft, 'media-address', value, 'an IP address');
  else draft.options.mediaAddress = address;
}

function setReceivedFrom(draft: RequestDraft, value: NgValue): void {
  const last = textList(value).at(-1);
  if (last === undefined) return;
  const address = ipAddress(last);
  if (address === null) warnValue(draft, 'received-from', last, 'an IP address');
  else draft.options.receivedFrom = address;
}

/** A list sets both; single values fill first the one, then the other. */
function setDirection(draft: RequestDraft, value: NgValue): void {
  const [first, second] = textList(value);
  if (first === undefined) return;
  const { options } = draft;
  if (second !== undefined) [options.fromInterface, options.toInterface] = [first, second];
  else if (options.fromInterface === null) options.fromInterface = first;
  else options.toInterface = first;
}

function setFromInterface(draft: RequestDraft, name: string): void {
  draft.options.fromInterface = name;
}

function setToInterface(draft: RequestDraft, name: string): void {
  draft.options.toInterface = name;
}

/** Below 0: as it was; above 255: the default, as the incumbent has it. */
function setTrafficClass(draft: RequestDraft, value: number): void {
  if (value >= 0 && value <= 255) draft.options.trafficClass = value;
}

function setDeleteDelay(draft: RequestDraft, seconds: number): void {
  if (seconds >= 0) draft.options.deleteDelaySeconds = seconds;
}

function setPacketTime(draft: RequestDraft, milliseconds: number): void {
  if (milliseconds > 0) draft.options.packetTime = milliseconds;
}

export const KEY_ROWS: readonly FlagRow[] = [...REQUEST_KEYS, ...MEDIA_KEYS, ...KEYS_WITHOUT_EFFECT];
