import { err, ok, type Result } from '../shared/result.js';
import { fieldsOf } from './fields.js';
import { printable, sdpError, type SdpError } from './sdp-error.js';
import { sdpLine, type MediaLine, type SdpLine } from './session-description.js';

const shape = 'm=<media> <port> <proto> <fmt> …';

/** `m=` (RFC 8866 §5.14). A disabled line (port 0) may come without formats, as some stacks write it. */
export function parseMediaLine(line: SdpLine): Result<MediaLine, SdpError> {
  const fields = fieldsOf(line.value);
  const [type, portField, protocol, ...formats] = fields;
  if (type === undefined || portField === undefined || protocol === undefined) {
    return err(sdpError(line.number, `m= has ${fields.length} of at least 4 fields`, shape));
  }
  const port = parsePort(line.number, type, portField);
  if (!port.ok) return port;
  if (formats.length === 0 && port.value.port !== 0) {
    return err(sdpError(line.number, `m=${printable(type)} names no format`, shape));
  }
  return ok({ type, ...port.value, protocol, formats });
}

function parsePort(
  number: number,
  type: string,
  field: string,
): Result<{ port: number; portCount: number | null }, SdpError> {
  const match = /^([0-9]{1,10})(?:\/([0-9]{1,10}))?$/.exec(field);
  if (match === null) return err(sdpError(number, `the port of m=${printable(type)} is not a number`, shape));
  const port = Number(match[1]);
  if (port > 65_535)
    return err(sdpError(number, `m=${printable(type)}: port ${port} is too large`, 'a port of 0–65535'));
  const portCount = match[2] === undefined ? null : Number(match[2]);
  if (portCount !== null && (portCount === 0 || port + 2 * portCount > 65_536)) {
    return err(
      sdpError(number, `m=${printable(type)}: ${portCount} port pairs do not fit`, 'at least 1, ending at 65535'),
    );
  }
  return ok({ port, portCount });
}

export function printMediaLine(media: MediaLine): SdpLine {
  const port = media.portCount === null ? `${media.port}` : `${media.port}/${media.portCount}`;
  return sdpLine('m', [media.type, port, media.protocol, ...media.formats].join(' '));
}
