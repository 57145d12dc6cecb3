import { err, ok, type Result } from '../shared/result.js';
import {
  CODEC_LIMITS,
  isDictionary,
  isList,
  toOctets,
  type CodecLimits,
  type NgDictionary,
  type NgValue,
} from './ng-value.js';

/**
 * Decodes a JSON message to the same values as bencode: strings as the octets that came, booleans as 0 and 1, null as if
 * the key were absent. The text is read octet by octet (JSON's own syntax is ASCII), so that a body that is not valid
 * UTF-8 survives too; only `\u` escapes above ASCII are turned into the UTF-8 octets that they mean. Of a key that
 * comes twice the last counts (RFC 8259 §4 leaves it open; this is what JSON parsers do).
 */
export function decodeJson(octets: Buffer, limits: CodecLimits = CODEC_LIMITS): Result<NgDictionary, string> {
  const parsed = parse(octets.toString('latin1'));
  if (!parsed.ok) return parsed;
  const budget = { elements: limits.elements };
  const value = convert(parsed.value, limits.depth, budget);
  if (value === null) return err(budget.elements < 0 ? 'too many elements' : 'too deep');
  return isDictionary(value) ? ok(value) : err('not an object');
}

/** Nothing of the parser's own message is kept: it quotes the input, and the input may hold keys. */
function parse(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(escapesAsOctets(text)));
  } catch {
    return err('not JSON');
  }
}

function escapesAsOctets(text: string): string {
  if (!text.includes('\\u')) return text;
  return text.replace(
    /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^])/g,
    octetsOfEscape,
  );
}

function octetsOfEscape(escape: string): string {
  if (!escape.startsWith('\\u')) return escape;
  const units = escape.split('\\u').slice(1);
  const text = String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
  return text.charCodeAt(0) < 0x80 ? escape : Buffer.from(text, 'utf8').toString('latin1');
}

/** null: over a limit. */
function convert(value: unknown, depth: number, budget: { elements: number }): NgValue | null {
  if (--budget.elements < 0) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'object' || value === null) return '';
  if (depth === 0) return null;
  return Array.isArray(value) ? convertList(value, depth, budget) : convertObject(value, depth, budget);
}

function convertList(list: readonly unknown[], depth: number, budget: { elements: number }): NgValue | null {
  const items: NgValue[] = [];
  for (const item of list) {
    if (item === null) continue;
    const converted = convert(item, depth - 1, budget);
    if (converted === null) return null;
    items.push(converted);
  }
  return items;
}

function convertObject(object: object, depth: number, budget: { elements: number }): NgValue | null {
  const entries = new Map<string, NgValue>();
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    if (value === null) continue;
    const converted = convert(value, depth - 1, budget);
    if (converted === null) return null;
    entries.set(key, converted);
  }
  return entries;
}

/** The counterpart: octets go out as they are, so a body comes back in the character set in which it was sent. */
export function encodeJson(value: NgValue): Buffer {
  return Buffer.from(stringify(value), 'latin1');
}

function stringify(value: NgValue): string {
  if (typeof value === 'string') return JSON.stringify(toOctets(value));
  if (isList(value)) return `[${value.map(stringify).join(',')}]`;
  if (isDictionary(value))
    return `{${[...value].map(([key, item]) => `${stringify(key)}:${stringify(item)}`).join(',')}}`;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new RangeError('not a value of a control message');
}
