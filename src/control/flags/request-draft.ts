import { newMediaOptions, type MediaOptions, type SdesOptions } from '../../negotiation/media-options.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What is not asked for is the defaults' own: sets and lists are replaced, never changed. */
export interface OptionDraft extends Writable<Omit<MediaOptions, 'sdes' | 'osrtp'>> {
  sdes: Writable<SdesOptions>;
  osrtp: Writable<MediaOptions['osrtp']>;
}

/** Unknown names kept for one message; more are only counted. */
const UNKNOWN_KEPT = 16;
const UNKNOWN_NAME_LENGTH = 64;

/** What a message says, as far as it was read: options of the media, fields of the request, and what to tell the proxy. */
export interface RequestDraft {
  readonly options: OptionDraft;
  /** `RTP`, `SRTP`, `AVP`, `AVPF`, which make one protocol together; null while none was given. */
  transportWords: { secure: boolean; feedback: boolean } | null;
  callId: string | null;
  fromTag: string | null;
  toTag: string | null;
  viaBranch: string | null;
  sdp: string | null;
  /** Selects a party by its address in SDP (block and unblock). */
  address: string | null;
  /** Flag `to-tag` of delete. */
  selectByToTag: boolean;
  fatal: boolean;
  fast: boolean;
  /** Flag `all` of unblock: every party, whatever tag is there. */
  all: boolean;
  limit: number | null;
  loadLimit: boolean;
  /** `only-SUITE` of suites that are never used here. */
  readonly refusedOnly: string[];
  /** Goes into the reply's `warning`. */
  readonly warnings: string[];
  /** Why the request cannot be carried out as asked; the first one is the error. */
  readonly refusals: string[];
  readonly unknown: string[];
  unknownCount: number;
}

export function newDraft(): RequestDraft {
  return {
    options: newMediaOptions(),
    transportWords: null,
    callId: null,
    fromTag: null,
    toTag: null,
    viaBranch: null,
    sdp: null,
    address: null,
    selectByToTag: false,
    fatal: false,
    fast: false,
    all: false,
    limit: null,
    loadLimit: false,
    refusedOnly: [],
    warnings: [],
    refusals: [],
    unknown: [],
    unknownCount: 0,
  };
}

/** The set with one more item. */
export function withItem<Item>(set: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  return new Set(set).add(item);
}

/** Says something to the proxy, once. */
export function addWarning(draft: RequestDraft, warning: string): void {
  if (!draft.warnings.includes(warning)) draft.warnings.push(warning);
}

/** Counts a name that no row of the table knows. The name is cut and cleaned, since it goes to a log. */
export function noteUnknown(draft: RequestDraft, name: string): void {
  draft.unknownCount++;
  if (draft.unknown.length < UNKNOWN_KEPT) draft.unknown.push(printable(name));
}

/** Up to 64 printable ASCII characters of a name from the wire. */
export function printable(name: string): string {
  return name.slice(0, UNKNOWN_NAME_LENGTH).replace(/[^\x20-\x7e]/g, '?');
}
