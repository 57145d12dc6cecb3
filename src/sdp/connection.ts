import { err, ok, type Result } from '../shared/result.js';
import { fieldsOf } from './fields.js';
import { sdpError, type SdpError } from './sdp-error.js';
import { sdpLine, type Connection, type SdpLine } from './session-description.js';

/** `c=` (RFC 8866 §5.7); a multicast TTL or count after a slash is read over. */
export function parseConnection(line: SdpLine): Result<Connection, SdpError> {
  const [network, family, address, ...rest] = fieldsOf(line.value);
  const upper = family?.toUpperCase();
  if (
    network?.toUpperCase() !== 'IN' ||
    (upper !== 'IP4' && upper !== 'IP6') ||
    address === undefined ||
    rest.length > 0
  ) {
    return err(sdpError(line.number, 'c= is not an Internet address', 'c=IN IP4 <address> or c=IN IP6 <address>'));
  }
  return ok({ family: upper === 'IP4' ? 'IP4' : 'IP6', address: address.split('/', 1)[0] ?? '' });
}

export function printConnection(connection: Connection): SdpLine {
  return sdpLine('c', `IN ${connection.family} ${connection.address}`);
}
