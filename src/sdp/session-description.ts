/**
 * A session description as lines, verbatim and in order. Only what this product edits has a typed view; every other
 * line leaves as it came (RFC 8866 §5: a parser ignores what it does not know).
 */

/** One line without its line end. Printed as `<type>=<value>`, it is what came in, octet for octet. */
export interface SdpLine {
  /** One lower-case letter (RFC 8866 §5). */
  readonly type: string;
  readonly value: string;
  /** For `a=`: the attribute's name in lower case, up to a colon or white space; null for other lines. */
  readonly attribute: string | null;
  /** Position in the received text, from 1; 0 for a line that we wrote. */
  readonly number: number;
}

/** The fields of `m=` (RFC 8866 §5.14). */
export interface MediaLine {
  readonly type: string;
  /** 0–65,535; 0 = rejected or disabled (RFC 3264 §6). */
  readonly port: number;
  /** `<port>/<number of ports>`; null when it is not written. */
  readonly portCount: number | null;
  readonly protocol: string;
  /** Payload types of RTP, other words for other protocols. */
  readonly formats: readonly string[];
}

/** `c=` (RFC 8866 §5.7) without the multicast suffixes. */
export interface Connection {
  readonly family: 'IP4' | 'IP6';
  /** An address literal, or a host name, which is legal and cannot be used here. */
  readonly address: string;
}

export interface MediaDescription {
  readonly mediaLine: SdpLine;
  readonly media: MediaLine;
  /** The section's lines after `m=`. */
  readonly lines: readonly SdpLine[];
  /** The section's first own `c=`, or null. */
  readonly connection: Connection | null;
}

export interface SessionDescription {
  /** The lines before the first `m=`. */
  readonly lines: readonly SdpLine[];
  readonly connection: Connection | null;
  readonly media: readonly MediaDescription[];
}

export function sdpLine(type: string, value: string, number = 0): SdpLine {
  return { type, value, attribute: type === 'a' ? attributeName(value) : null, number };
}

/** `a=<name>` or `a=<name>:<value>`, as we write it. */
export function attributeLine(name: string, value: string | null = null): SdpLine {
  return sdpLine('a', value === null ? name : `${name}:${value}`);
}

/**
 * The name decides what is stripped, so it is read generously: `a= Crypto 1 …` still counts as `crypto`, since another
 * parser might take it for one and a key must not slip through.
 */
function attributeName(value: string): string {
  const plain = /^[a-z0-9-]+(?=:|$)/.exec(value);
  if (plain !== null) return plain[0];
  const start = skipSpace(value, 0);
  let end = start;
  while (end < value.length && value[end] !== ':' && !isSpace(value[end])) end++;
  return value.slice(start, end).toLowerCase();
}

/** What follows the name and its colon; '' for a property attribute. */
export function attributeValue(line: SdpLine): string {
  const start = skipSpace(line.value, 0) + (line.attribute?.length ?? 0);
  return line.value.slice(skipSpace(line.value, start) + (line.value[skipSpace(line.value, start)] === ':' ? 1 : 0));
}

function skipSpace(text: string, from: number): number {
  let index = from;
  while (isSpace(text[index])) index++;
  return index;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** The connection that counts for a section: its own, else the session's (RFC 8866 §5.7). */
export function effectiveConnection(description: SessionDescription, media: MediaDescription): Connection | null {
  return media.connection ?? description.connection;
}

/** Family of the first section that is in use and names an address; null when none does. */
export function firstMediaFamily(description: SessionDescription): 'IP4' | 'IP6' | null {
  for (const media of description.media) {
    const connection = effectiveConnection(description, media);
    if (media.media.port !== 0 && connection !== null) return connection.family;
  }
  return description.connection?.family ?? null;
}

export function attributesOf(lines: readonly SdpLine[], name: string): readonly SdpLine[] {
  return lines.filter((line) => line.attribute === name);
}

export function hasAttribute(lines: readonly SdpLine[], name: string): boolean {
  return lines.some((line) => line.attribute === name);
}
