import type { NgValue } from '../ng-value.js';
import { addWarning, type RequestDraft } from './request-draft.js';

/** Where a name occurs: as a key of the message, in its `flags` list, or as an item of the list under one key. */
export type FlagSection =
  | 'key'
  | 'flags'
  | 'replace'
  | 'SDES'
  | 'OSRTP'
  | 'rtcp-mux'
  | 'transport-protocol'
  | 'ICE'
  | 'DTLS'
  | 'codec'
  | 'T.38'
  | 'endpoint-learning'
  | 'supports';

/**
 * supported: does what the description says. ignored: accepted without effect, for the reason given. refused: an offer
 * or answer that asks for it fails, for the reason given.
 */
export type FlagStatus = 'supported' | 'ignored' | 'refused';

/** Hands a value on to the rows of another section. */
export interface FlagWalker {
  /** The name stood in a list or in `rtpp-flags`, and was not a key of the message. */
  readonly insideList: boolean;
  items(section: FlagSection, value: NgValue): void;
}

/** `value` is what stood with the name, `''` when it stood alone. */
export type ApplyFlag = (draft: RequestDraft, value: NgValue, walker: FlagWalker) => void;

export interface FlagRow {
  readonly section: FlagSection;
  /** As the documentation prints it. Case, spaces, hyphens and underscores do not matter on the wire. */
  readonly name: string;
  readonly spellings: readonly string[];
  /** How the value is named in the documentation, e.g. `SUITE`; null when the name stands alone. */
  readonly takes: string | null;
  /** The name may stand in `flags` as `NAME-VALUE`, e.g. `SDES-off`. */
  readonly prefix: boolean;
  readonly status: FlagStatus;
  /** Field of the request or of `MediaOptions` that it sets; null when it sets none. */
  readonly target: string | null;
  readonly description: string;
  /** Why it is ignored or refused; null when it is supported. */
  readonly reason: string | null;
  /** The reply carries a warning when it is used. */
  readonly warns: boolean;
  readonly apply: ApplyFlag;
}

interface RowOptions {
  readonly also?: readonly string[];
  readonly takes?: string;
  readonly prefix?: boolean;
}

interface RowBuilders {
  readonly supported: (
    name: string,
    target: string,
    description: string,
    apply: ApplyFlag,
    options?: RowOptions,
  ) => FlagRow;
  /** Harmless to pass over: nobody needs to be told. */
  readonly ignored: RowWithReason;
  /** Passed over, and the operator should know. */
  readonly warned: RowWithReason;
  readonly refused: RowWithReason;
}

type RowWithReason = (name: string, description: string, reason: string, options?: RowOptions) => FlagRow;

/** Builds the rows of one section; the section name is written once. */
export function rowsOf(section: FlagSection): RowBuilders {
  const base = (name: string, options: RowOptions) => ({
    section,
    name,
    spellings: [name, ...(options.also ?? [])],
    takes: options.takes ?? null,
    prefix: options.prefix ?? false,
  });
  return {
    supported: (
      name: string,
      target: string,
      description: string,
      apply: ApplyFlag,
      options: RowOptions = {},
    ): FlagRow => {
      return { ...base(name, options), status: 'supported', target, description, reason: null, warns: false, apply };
    },
    ignored: (name: string, description: string, reason: string, options: RowOptions = {}): FlagRow => {
      const apply = () => undefined;
      return { ...base(name, options), status: 'ignored', target: null, description, reason, warns: false, apply };
    },
    warned: (name: string, description: string, reason: string, options: RowOptions = {}): FlagRow => {
      const apply = (draft: RequestDraft) => addWarning(draft, `${labelOf(section, name)} ignored: ${reason}`);
      return { ...base(name, options), status: 'ignored', target: null, description, reason, warns: true, apply };
    },
    refused: (name: string, description: string, reason: string, options: RowOptions = {}): FlagRow => {
      const apply = (draft: RequestDraft) => void draft.refusals.push(`${labelOf(section, name)}: ${reason}`);
      return { ...base(name, options), status: 'refused', target: null, description, reason, warns: false, apply };
    },
  };
}

/** How a row is called where its section is not obvious: `SDES-off`, `ICE=force`, `record call`. */
export function labelOf(section: FlagSection, name: string): string {
  if (section === 'key' || section === 'flags') return name;
  return section === 'SDES' || section === 'codec' ? `${section}-${name}` : `${section}=${name}`;
}

/** Case, spaces, hyphens and underscores do not tell names apart. */
export function foldName(name: string): string {
  const known = folded.get(name);
  if (known !== undefined) return known;
  const result = name.trim().toLowerCase().replace(/[ _]/g, '-');
  if (folded.size >= MAX_FOLDED) folded.clear();
  if (name.length <= MAX_REMEMBERED_NAME) folded.set(name, result);
  return result;
}

/** Proxies send the same few names with every request. */
const folded = new Map<string, string>();
const MAX_FOLDED = 1024;
const MAX_REMEMBERED_NAME = 48;
