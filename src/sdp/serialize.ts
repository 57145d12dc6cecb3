import type { SdpLine, SessionDescription } from './session-description.js';

/** The text of a session description: every line ends in CRLF (RFC 8866 §5). */
export function serializeSessionDescription(description: SessionDescription): string {
  return serializeLines([
    ...description.lines,
    ...description.media.flatMap(({ mediaLine, lines }) => [mediaLine, ...lines]),
  ]);
}

export function serializeLines(lines: readonly SdpLine[]): string {
  const parts: string[] = [];
  for (const { type, value } of lines) parts.push(type, '=', value, '\r\n');
  return parts.join('');
}
