import { sdpLine, type SdpLine } from './session-description.js';

/** `o=` (RFC 8866 §5.2). Numbers stay text: they are compared and counted, and may exceed 2^53. */
export interface Origin {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly networkType: string;
  readonly addressType: string;
  readonly address: string;
}

/**
 * Read from the right, since some senders put spaces into the user name. null = not of the form; the line then passes
 * untouched.
 */
export function parseOrigin(line: SdpLine): Origin | null {
  const fields = line.value.split(' ');
  const [sessionId, sessionVersion, networkType, addressType, address] = fields.slice(-5);
  const username = fields.slice(0, -5).join(' ');
  if (fields.length < 6 || username === '') return null;
  if (sessionId === undefined || sessionVersion === undefined || networkType === undefined) return null;
  if (addressType === undefined || address === undefined || !/^[0-9]{1,40}$/.test(sessionVersion)) return null;
  return { username, sessionId, sessionVersion, networkType, addressType, address };
}

export function printOrigin(origin: Origin): SdpLine {
  const { username, sessionId, sessionVersion, networkType, addressType, address } = origin;
  return sdpLine('o', [username, sessionId, sessionVersion, networkType, addressType, address].join(' '));
}
