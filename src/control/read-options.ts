import { foldName, type FlagRow, type FlagSection, type FlagWalker } from './flags/flag-row.js';
import { parseBrackets, parseFlagString } from './flags/flag-string.js';
import { newDraft, noteUnknown, type OptionDraft, type RequestDraft } from './flags/request-draft.js';
import { findValued, findWord } from './ng-flags.js';
import { isDictionary, isList, textOf, type NgDictionary, type NgValue } from './ng-value.js';

/** `flags=[flags=[…]]` and the like; deeper is unknown. */
const MAX_DEPTH = 8;
/** Items looked up in one message; real ones have some dozens. More are counted as unknown. */
const MAX_ITEMS = 1024;
/** Names are shorter than this; a hyphen further on does not end one. */
const MAX_NAME_LENGTH = 48;

/** Read before the others, in this order, so that a key of the message wins over the same word in a list. */
const LIST_KEYS: readonly string[] = ['rtpp-flags', 'flags'];

/** Reads everything that the table knows of a message. Never fails: what is wrong is in `refusals` and `warnings`. */
export function readOptions(message: NgDictionary): RequestDraft {
  const draft = newDraft();
  new OptionReader(draft).message(message);
  settleTransport(draft);
  if (draft.options.sdes.only.size === 0 && draft.refusedOnly.length > 0) refuseOnly(draft);
  return draft;
}

/** `SRTP AVPF` together say RTP/SAVPF; a protocol named whole wins. */
function settleTransport(draft: RequestDraft): void {
  const { options, transportWords } = draft;
  if (transportWords === null || options.transportProtocol !== null) return;
  const profile: OptionDraft['transportProtocol'] = transportWords.secure ? 'RTP/SAVP' : 'RTP/AVP';
  options.transportProtocol = transportWords.feedback ? `${profile}F` : profile;
}

function refuseOnly(draft: RequestDraft): void {
  draft.refusals.push(`SDES-only-${draft.refusedOnly.join(', SDES-only-')}: never offered or accepted here`);
}

class OptionReader implements FlagWalker {
  readonly #draft: RequestDraft;
  #depth = 0;
  #items = 0;

  constructor(draft: RequestDraft) {
    this.#draft = draft;
  }

  get insideList(): boolean {
    return this.#depth > 0;
  }

  message(message: NgDictionary): void {
    for (const name of LIST_KEYS) {
      message.forEach((value, key) => {
        if (foldName(key) === name) this.items('flags', value);
      });
    }
    message.forEach((value, key) => {
      if (!LIST_KEYS.includes(foldName(key))) this.#key(key, value);
    });
  }

  #key(key: string, value: NgValue): void {
    const row = findValued('key', key) ?? findWord('key', key);
    if (row === undefined) noteUnknown(this.#draft, key);
    else this.#apply(row, value);
  }

  #apply(row: FlagRow, value: NgValue): void {
    row.apply(this.#draft, value, this);
  }

  items(section: FlagSection, value: NgValue): void {
    if (this.#depth >= MAX_DEPTH) {
      noteUnknown(this.#draft, `${section} too deep`);
      return;
    }
    this.#depth++;
    if (isList(value)) for (const item of value) this.#listItem(section, item);
    else this.#listItem(section, value, true);
    this.#depth--;
  }

  #listItem(section: FlagSection, item: NgValue, mayHoldSeveral = false): void {
    if (isList(item)) this.items(section, item);
    else if (isDictionary(item)) for (const [name, value] of item) this.#entry(section, name, value);
    else if (mayHoldSeveral) this.#string(section, String(item));
    else this.#item(section, String(item));
  }

  /** One item, or several apart by spaces, or a list in brackets. */
  #string(section: FlagSection, text: string): void {
    if (findWord(section, text) !== undefined) this.#item(section, text);
    else for (const item of parseBrackets(text) ?? parseFlagString(text)) this.#listItem(section, item);
  }

  /** An item of a dictionary: a name with its value, or a word that is switched on or off. */
  #entry(section: FlagSection, name: string, value: NgValue): void {
    const row = this.#findValued(section, name);
    const word = findWord(section, name);
    const setting = textOf(value) ?? '';
    if (word !== undefined && (row === undefined || SWITCHES.has(setting))) {
      if (!SWITCHED_OFF.has(setting)) this.#apply(word, '');
    } else if (row === undefined) this.#item(section, name);
    else this.#apply(row, value);
  }

  #item(section: FlagSection, item: string): void {
    if (item.trim() === '') return;
    if (++this.#items > MAX_ITEMS) {
      this.#draft.unknownCount++;
      return;
    }
    const word = findWord(section, item);
    if (word !== undefined) {
      this.#apply(word, '');
      return;
    }
    if (!this.#nameWithValue(section, item))
      noteUnknown(this.#draft, section === 'flags' ? item : `${section}=${item}`);
  }

  /** `name=value`, or `name-value` and `name:value` where the table allows it; the longest name that fits. */
  #nameWithValue(section: FlagSection, item: string): boolean {
    const equals = item.indexOf('=');
    const row = equals > 0 ? this.#findValued(section, item.slice(0, equals)) : undefined;
    if (row !== undefined) {
      this.#applyText(row, item.slice(equals + 1));
      return true;
    }
    return this.#prefixed(section, item);
  }

  #prefixed(section: FlagSection, item: string): boolean {
    for (let at = Math.min(item.length, MAX_NAME_LENGTH) - 1; at > 0; at--) {
      if (!'-: _'.includes(item.charAt(at))) continue;
      const row = this.#findValued(section, item.slice(0, at));
      if (row === undefined || (section === 'flags' && !row.prefix)) continue;
      this.#applyText(row, item.slice(at + 1));
      return true;
    }
    return false;
  }

  #applyText(row: FlagRow, value: string): void {
    this.#apply(row, parseBrackets(value) ?? value);
  }

  /** The keys of the message may stand in `flags` too. */
  #findValued(section: FlagSection, name: string): FlagRow | undefined {
    return findValued(section === 'flags' ? 'key' : section, name);
  }
}

const SWITCHED_OFF: ReadonlySet<string> = new Set(['0', 'no', 'off', 'false']);
const SWITCHES: ReadonlySet<string> = new Set([...SWITCHED_OFF, '1', 'yes', 'on', 'true']);
