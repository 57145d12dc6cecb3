import { isIP } from 'node:net';
import type { IpAddress } from '../../negotiation/media-options.js';
import { integerOf, isDictionary, isList, textOf, type NgValue } from '../ng-value.js';
import type { ApplyFlag, FlagSection } from './flag-row.js';
import { parseBrackets } from './flag-string.js';
import { addWarning, printable, type RequestDraft } from './request-draft.js';

/** The value as text; an empty or structured one says nothing. */
export function text(set: (draft: RequestDraft, value: string) => void): ApplyFlag {
  return (draft, value) => {
    const read = textOf(value);
    if (read !== null && read !== '') set(draft, read);
  };
}

/** The value as an integer, in either form; anything else is passed over with a warning. */
export function integer(name: string, set: (draft: RequestDraft, value: number) => void): ApplyFlag {
  return (draft, value) => {
    const read = integerOf(value);
    if (read === null) addWarning(draft, `${name} ignored: not an integer`);
    else set(draft, read);
  };
}

/** An item that stands alone. */
export function word(set: (draft: RequestDraft) => void): ApplyFlag {
  return (draft) => {
    set(draft);
  };
}

/** The items of the value are looked up in a section of their own. */
export function items(section: FlagSection): ApplyFlag {
  return (_draft, value, walker) => {
    walker.items(section, value);
  };
}

/** Each text of a list, of a list in brackets, or the one text that the value is. */
export function texts(set: (draft: RequestDraft, values: readonly string[]) => void): ApplyFlag {
  return (draft, value) => {
    set(draft, textList(value));
  };
}

export function textList(value: NgValue): readonly string[] {
  if (isDictionary(value)) return [];
  const list = isList(value) ? value : (parseBrackets(String(value)) ?? [value]);
  return list.map(textOf).filter((item): item is string => item !== null && item !== '');
}

/** An IPv4 or IPv6 address, the latter with or without brackets; null when it is neither. */
export function ipAddress(read: string): IpAddress | null {
  const address = read.trim().replace(/^\[(.*)\]$/, '$1');
  const version = isIP(address);
  if (version === 0) return null;
  return { family: version === 6 ? 'IP6' : 'IP4', address };
}

export function refuseValue(draft: RequestDraft, name: string, value: string, wanted: string): void {
  draft.refusals.push(`${name}: "${printable(value)}" is not ${wanted}`);
}

export function warnValue(draft: RequestDraft, name: string, value: string, wanted: string): void {
  addWarning(draft, `${name} ignored: "${printable(value)}" is not ${wanted}`);
}
