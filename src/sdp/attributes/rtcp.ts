import { isAddressOf } from '../address.js';
import { attributeLine, attributeValue, type Connection, type SdpLine } from '../session-description.js';

/** `a=rtcp` (RFC 3605 §2.1). */
export interface RtcpAttribute {
  /** 0–65,535. */
  readonly port: number;
  /** null: RTCP goes to the address of `c=`. */
  readonly address: Connection | null;
}

/** null = not of the form; the default, RTP + 1, then applies. */
export function parseRtcp(line: SdpLine): RtcpAttribute | null {
  const [portField = '', network, family, address, ...rest] = attributeValue(line)
    .trim()
    .split(/[ \t]+/);
  if (!/^[0-9]{1,5}$/.test(portField) || Number(portField) > 65_535 || rest.length > 0) return null;
  const port = Number(portField);
  if (network === undefined) return { port, address: null };
  if (network !== 'IN' || (family !== 'IP4' && family !== 'IP6') || address === undefined) return null;
  return isAddressOf(family, address) ? { port, address: { family, address } } : null;
}

export function printRtcp({ port, address }: RtcpAttribute): SdpLine {
  return attributeLine('rtcp', address === null ? `${port}` : `${port} IN ${address.family} ${address.address}`);
}
