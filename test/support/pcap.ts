import { readFileSync } from 'node:fs';
import { isRtcp, parseRtp, type RtpFields } from './rtp.js';

export interface CapturedDatagram {
  readonly source: { readonly address: string; readonly port: number };
  readonly destination: { readonly address: string; readonly port: number };
  readonly payload: Buffer;
}

const ETHERNET = 1;
const PCAP_MAGIC_MICROSECONDS = 0xa1b2c3d4;
const PCAP_MAGIC_NANOSECONDS = 0xa1b23c4d;

/** The UDP over IPv4 datagrams of a classic little-endian pcap file taken on an Ethernet-like link such as `lo`. */
export function readPcap(path: string): CapturedDatagram[] {
  const file = readFileSync(path);
  const magic = file.readUInt32LE(0);
  if (magic !== PCAP_MAGIC_MICROSECONDS && magic !== PCAP_MAGIC_NANOSECONDS)
    throw new Error(`${path}: not a pcap file`);
  if (file.readUInt32LE(20) !== ETHERNET) throw new Error(`${path}: link type ${file.readUInt32LE(20)}`);
  const datagrams: CapturedDatagram[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const length = file.readUInt32LE(at + 8);
    const datagram = readFrame(file.subarray(at + 16, at + 16 + length));
    if (datagram !== undefined) datagrams.push(datagram);
    at += 16 + length;
  }
  return datagrams;
}

function readFrame(frame: Buffer): CapturedDatagram | undefined {
  if (frame.length < 14 + 20 + 8 || frame.readUInt16BE(12) !== 0x0800) return undefined;
  const ip = frame.subarray(14);
  const headerLength = (ip[0]! & 0x0f) * 4;
  if (ip[9] !== 17) return undefined;
  const udp = ip.subarray(headerLength);
  const address = (at: number): string => [...ip.subarray(at, at + 4)].join('.');
  return {
    source: { address: address(12), port: udp.readUInt16BE(0) },
    destination: { address: address(16), port: udp.readUInt16BE(2) },
    payload: Buffer.from(udp.subarray(8, udp.readUInt16BE(4))),
  };
}

export interface CapturedRtp extends CapturedDatagram {
  readonly rtp: RtpFields;
}

/** Those that look like RTP (version 2, not RTCP). */
export function rtpOf(datagrams: readonly CapturedDatagram[]): CapturedRtp[] {
  return datagrams.flatMap((datagram) => {
    const { payload } = datagram;
    if (payload.length < 12 || payload[0]! >> 6 !== 2 || isRtcp(payload)) return [];
    return [{ ...datagram, rtp: parseRtp(payload) }];
  });
}
