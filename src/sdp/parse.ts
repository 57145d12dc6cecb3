import { err, ok, type Result } from '../shared/result.js';
import { parseConnection } from './connection.js';
import { parseMediaLine } from './media-line.js';
import { sdpError, type SdpError } from './sdp-error.js';
import {
  sdpLine,
  type Connection,
  type MediaDescription,
  type SdpLine,
  type SessionDescription,
} from './session-description.js';

/** Bounds on a body: far above what phones send, low enough that the largest is read within milliseconds. */
export const SDP_LIMITS = {
  characters: 524_288,
  lines: 16_384,
  lineCharacters: 16_384,
  /** Each costs up to four sockets. */
  mediaDescriptions: 256,
} as const;

/**
 * Reads a session description (RFC 8866 §5). Tolerates what is seen in the wild — LF or CR alone, a missing last line
 * end, empty lines, a byte order mark — and refuses what two readers might understand differently.
 */
export function parseSessionDescription(text: string): Result<SessionDescription, SdpError> {
  const lines = parseLines(text);
  return lines.ok ? parseSections(lines.value) : lines;
}

function parseLines(text: string): Result<SdpLine[], SdpError> {
  if (text.length > SDP_LIMITS.characters) {
    return err(sdpError(0, `the body has ${text.length} characters`, `at most ${SDP_LIMITS.characters}`));
  }
  const pieces = splitAtLineEnds(withoutByteOrderMark(text), SDP_LIMITS.lines + 2);
  if (pieces.length > SDP_LIMITS.lines + 1) return err(sdpError(0, 'too many lines', `at most ${SDP_LIMITS.lines}`));
  const lines: SdpLine[] = [];
  let number = 0;
  for (const piece of pieces) {
    number++;
    if (piece === '') continue;
    const problem = problemOfLine(piece, number);
    if (problem !== null) return err(problem);
    lines.push(sdpLine(piece.charAt(0), piece.slice(2), number));
  }
  return ok(lines);
}

/** Nearly all bodies end every line in CRLF, and are then split by a search for that alone. */
function splitAtLineEnds(body: string, limit: number): readonly string[] {
  return OTHER_LINE_END.test(body) ? body.split(/\r\n|\n|\r/, limit) : body.split('\r\n', limit);
}

const OTHER_LINE_END = /\r(?!\n)|(?:^|[^\r])\n/;

/** U+FEFF, also as the three characters it becomes when octets were read as Latin-1. */
function withoutByteOrderMark(text: string): string {
  return text.replace(/^(?:\ufeff|\u00ef\u00bb\u00bf)/, '');
}

function problemOfLine(piece: string, number: number): SdpError | null {
  if (piece.includes('\0')) return sdpError(number, 'the line holds a NUL octet', 'text without NUL');
  if (piece.length > SDP_LIMITS.lineCharacters) {
    return sdpError(number, `the line has ${piece.length} characters`, `at most ${SDP_LIMITS.lineCharacters}`);
  }
  // Case is significant here (RFC 8866 §5); `A=crypto:…` let through as unknown would carry a key.
  if (!/^[a-z]=/.test(piece))
    return sdpError(number, 'not a line of SDP', '<one lower-case letter>=<value>, no space before =');
  return null;
}

function parseSections(lines: readonly SdpLine[]): Result<SessionDescription, SdpError> {
  const problem = problemOfHead(lines);
  if (problem !== null) return err(problem);
  const sections = splitAtMediaLines(lines);
  const [session = [], ...mediaSections] = sections;
  if (mediaSections.length > SDP_LIMITS.mediaDescriptions) {
    return err(sdpError(0, `${mediaSections.length} m= lines`, `at most ${SDP_LIMITS.mediaDescriptions}`));
  }
  const connection = firstConnection(session);
  if (!connection.ok) return connection;
  const media: MediaDescription[] = [];
  for (const section of mediaSections) {
    const parsed = parseMediaSection(section);
    if (!parsed.ok) return parsed;
    media.push(parsed.value);
  }
  return ok({ lines: session, connection: connection.value, media });
}

function problemOfHead(lines: readonly SdpLine[]): SdpError | null {
  const first = lines[0];
  if (first === undefined) return sdpError(0, 'the body is empty', 'v=0');
  if (first.type !== 'v' || first.value.trim() !== '0')
    return sdpError(first.number, 'the body does not begin with v=0', 'v=0');
  const later = lines.find((line, index) => index > 0 && line.type === 'v');
  if (later !== undefined) return sdpError(later.number, 'a second v= line', 'one session description');
  const origin = lines.findIndex((line) => line.type === 'o');
  const second = lines.find((line, index) => index > origin && line.type === 'o');
  return second === undefined ? null : sdpError(second.number, 'a second o= line', 'one o= line');
}

function splitAtMediaLines(lines: readonly SdpLine[]): SdpLine[][] {
  const sections: SdpLine[][] = [[]];
  for (const line of lines) {
    if (line.type === 'm') sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

function parseMediaSection(section: readonly SdpLine[]): Result<MediaDescription, SdpError> {
  const [mediaLine, ...lines] = section;
  if (mediaLine === undefined) throw new Error('a media section begins with its m= line');
  const media = parseMediaLine(mediaLine);
  if (!media.ok) return media;
  const connection = firstConnection(lines);
  if (!connection.ok) return connection;
  return ok({ mediaLine, media: media.value, lines, connection: connection.value });
}

function firstConnection(lines: readonly SdpLine[]): Result<Connection | null, SdpError> {
  const line = lines.find(({ type }) => type === 'c');
  return line === undefined ? ok(null) : parseConnection(line);
}
