/**
 * What a control message is made of. Every string is a string of octets: one character (U+0000 to U+00FF) an octet, as
 * `latin1` decodes it. An SDP body, a cookie or a tag is then the octets that came, whatever their character set, and
 * goes out as the same octets.
 */
export type NgValue = string | number | NgList | NgDictionary;
export type NgList = readonly NgValue[];
/** A Map, so that a key named `__proto__` is a key like any other. */
export type NgDictionary = ReadonlyMap<string, NgValue>;

/** Bounds of a message; what exceeds them is malformed, found before anything is allocated for it. */
export interface CodecLimits {
  /** Lists and dictionaries inside each other. */
  readonly depth: number;
  /** Strings, integers, lists and dictionaries together. */
  readonly elements: number;
}

/** Real requests go four deep (`codec` inside `rtpp-flags`) and hold some dozens of elements. */
export const CODEC_LIMITS: CodecLimits = Object.freeze({ depth: 32, elements: 16_384 });

export function isList(value: NgValue): value is NgList {
  return Array.isArray(value);
}

export function isDictionary(value: NgValue): value is NgDictionary {
  return value instanceof Map;
}

/** Text of ours as a string of octets: UTF-8 where it holds more than octets. */
export function toOctets(text: string): string {
  return MORE_THAN_OCTETS.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

const MORE_THAN_OCTETS = /[\u0100-\uffff]/;

/** A string; an integer is written out, since clients mix the two. */
export function textOf(value: NgValue): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

/** An integer, or a string of decimal digits; null for anything else. */
export function integerOf(value: NgValue): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value !== 'string' || !/^\s*[+-]?\d{1,15}\s*$/.test(value)) return null;
  return Number(value);
}
