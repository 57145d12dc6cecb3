/** RTP and RTCP as RFC 3550 lays them out, built and read by the tests alone. */
export interface RtpFields {
  /** 0–127. */
  readonly payloadType: number;
  /** 0–65535. */
  readonly sequence: number;
  /** 32 bits. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
  readonly marker: boolean;
  readonly csrcs: readonly number[];
  readonly extension: { readonly profile: number; readonly data: Buffer } | null;
  readonly payload: Buffer;
}

const DEFAULTS = { payloadType: 0, timestamp: 0, marker: false, csrcs: [], extension: null } as const;

export function buildRtp(fields: Pick<RtpFields, 'sequence' | 'ssrc' | 'payload'> & Partial<RtpFields>): Buffer {
  const { payloadType, sequence, timestamp, ssrc, marker, csrcs, extension, payload } = { ...DEFAULTS, ...fields };
  const header = Buffer.alloc(12 + 4 * csrcs.length);
  header[0] = 0x80 | (extension === null ? 0 : 0x10) | csrcs.length;
  header[1] = (marker ? 0x80 : 0) | payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(ssrc >>> 0, 8);
  csrcs.forEach((csrc, i) => header.writeUInt32BE(csrc >>> 0, 12 + 4 * i));
  return Buffer.concat([header, buildExtension(extension), payload]);
}

function buildExtension(extension: RtpFields['extension']): Buffer {
  if (extension === null) return Buffer.alloc(0);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(extension.profile, 0);
  head.writeUInt16BE(extension.data.length / 4, 2);
  return Buffer.concat([head, extension.data]);
}

/** Octets before the payload: fixed header, CSRCs and header extension (RFC 3550 §5.1, §5.3.1). */
export function rtpHeaderLength(packet: Buffer): number {
  if (packet.length < 12) throw new RangeError(`an RTP packet of ${packet.length} octets`);
  const base = 12 + 4 * (packet[0]! & 0x0f);
  if ((packet[0]! & 0x10) === 0) return base;
  return base + 4 + 4 * packet.readUInt16BE(base + 2);
}

export function parseRtp(packet: Buffer): RtpFields {
  const headerLength = rtpHeaderLength(packet);
  const csrcCount = packet[0]! & 0x0f;
  const extensionAt = 12 + 4 * csrcCount;
  return {
    payloadType: packet[1]! & 0x7f,
    marker: (packet[1]! & 0x80) !== 0,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    csrcs: Array.from({ length: csrcCount }, (_, i) => packet.readUInt32BE(12 + 4 * i)),
    extension:
      headerLength === extensionAt
        ? null
        : { profile: packet.readUInt16BE(extensionAt), data: packet.subarray(extensionAt + 4, headerLength) },
    payload: packet.subarray(headerLength),
  };
}

/** RFC 5761 §4: RTCP when the second octet is 192–223 (payload types 64–95 with the marker bit). */
export function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return packet.length >= 8 && packet[0]! >> 6 === 2 && type >= 192 && type <= 223;
}

export interface ReportBlock {
  readonly ssrc: number;
  /** 0–255. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  readonly jitter: number;
  readonly lastSenderReport: number;
  readonly delaySinceLastSenderReport: number;
}

const EMPTY_BLOCK: Omit<ReportBlock, 'ssrc'> = {
  fractionLost: 0,
  cumulativeLost: 0,
  highestSequence: 0,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};

function buildBlock(fields: Pick<ReportBlock, 'ssrc'> & Partial<ReportBlock>): Buffer {
  const block = { ...EMPTY_BLOCK, ...fields };
  const octets = Buffer.alloc(24);
  octets.writeUInt32BE(block.ssrc >>> 0, 0);
  octets.writeUInt32BE((block.fractionLost << 24) | (block.cumulativeLost & 0xffffff), 4);
  octets.writeUInt32BE(block.highestSequence >>> 0, 8);
  octets.writeUInt32BE(block.jitter >>> 0, 12);
  octets.writeUInt32BE(block.lastSenderReport >>> 0, 16);
  octets.writeUInt32BE(block.delaySinceLastSenderReport >>> 0, 20);
  return octets;
}

function rtcpPacket(type: number, count: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head[0] = 0x80 | count;
  head[1] = type;
  head.writeUInt16BE(body.length / 4, 2);
  return Buffer.concat([head, body]);
}

type Blocks = readonly (Pick<ReportBlock, 'ssrc'> & Partial<ReportBlock>)[];

/** Sender report (RFC 3550 §6.4.1). */
export function buildSenderReport(ssrc: number, packets: number, octets: number, blocks: Blocks = []): Buffer {
  const body = Buffer.alloc(24);
  body.writeUInt32BE(ssrc >>> 0, 0);
  body.writeUInt32BE(0xe5000000, 4);
  body.writeUInt32BE(packets >>> 0, 16);
  body.writeUInt32BE(octets >>> 0, 20);
  return rtcpPacket(200, blocks.length, Buffer.concat([body, ...blocks.map(buildBlock)]));
}

/** Receiver report (RFC 3550 §6.4.2). */
export function buildReceiverReport(ssrc: number, blocks: Blocks = []): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(ssrc >>> 0, 0);
  return rtcpPacket(201, blocks.length, Buffer.concat([body, ...blocks.map(buildBlock)]));
}

/** BYE (RFC 3550 §6.6). */
export function buildBye(ssrc: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(ssrc >>> 0, 0);
  return rtcpPacket(203, 1, body);
}
