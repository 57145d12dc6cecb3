import { randomUUID } from 'node:crypto';
import type { TestHost } from './host.js';
import { buildSdp, cryptoAttribute, readOnlyMedia, type ReadMedia, type SdpMedia } from './sdp.js';
import { randomMasterKey, SrtpSession, type MasterKeyParams } from './srtp.js';
import type { SuiteName } from './srtp-keys.js';
import { UdpEndpoint, type SocketAddress } from './udp-endpoint.js';

/** One end of a call: its two sockets, its own key when it is secure, and where the anchor receives from it. */
export interface CallEnd {
  readonly tag: string;
  readonly rtp: UdpEndpoint;
  readonly rtcp: UdpEndpoint;
  readonly secure: boolean;
  /** Null on a plain end. */
  key: MasterKeyParams | null;
  /** Encrypts as this end. Null on a plain end. */
  sender: SrtpSession | null;
  /** Opens what the anchor sends to this end, with the anchor's key. Null on a plain end. */
  receiver: SrtpSession | null;
  /** Where this end sends to. */
  anchorRtp: SocketAddress;
  anchorRtcp: SocketAddress;
  version: number;
}

const NOWHERE: SocketAddress = { address: '0.0.0.0', port: 0 };

export async function openEnd(host: TestHost, kind: 'plain' | SuiteName, address = '127.0.0.1'): Promise<CallEnd> {
  const [rtp, rtcp] = await UdpEndpoint.openPair(host, address);
  const key = kind === 'plain' ? null : randomMasterKey(kind);
  return {
    ...{ tag: randomUUID().slice(0, 8), rtp, rtcp, secure: key !== null, key },
    sender: key === null ? null : new SrtpSession(key),
    ...{ receiver: null, anchorRtp: NOWHERE, anchorRtcp: NOWHERE, version: 0 },
  };
}

/** The end's SDP, its key under `tag` when it is secure; every call raises the version in o=. */
export function describeEnd(end: CallEnd, media: Partial<SdpMedia> = {}, tag = 1): string {
  end.version++;
  const attributes = [...(end.key === null ? [] : [cryptoAttribute(tag, end.key)]), ...(media.attributes ?? [])];
  const protocol = end.secure ? 'RTP/SAVP' : 'RTP/AVP';
  const { address, port } = end.rtp.local;
  return buildSdp({ address, port, protocol, ...media, attributes }, end.version);
}

/** What the anchor said to `end`: where it receives, and its key. An unchanged key keeps the receiver's state. */
export function adopt(end: CallEnd, media: ReadMedia, suite: SuiteName | undefined): void {
  end.anchorRtp = { address: media.address, port: media.port };
  end.anchorRtcp = { address: media.address, port: media.rtcpPort };
  if (!end.secure) return;
  const params = media.cryptos.find((crypto) => crypto.suite === suite)?.params;
  if (params === undefined) throw new Error(`no ${suite ?? 'suite'} in ${media.lines.join(' / ')}`);
  const fresh = new SrtpSession(params);
  if (end.receiver?.rtpKeys.key.equals(fresh.rtpKeys.key) !== true) end.receiver = fresh;
}

/** `adopt` from a whole SDP with one media section. */
export function adoptSdp(end: CallEnd, sdp: string): ReadMedia {
  const media = readOnlyMedia(sdp);
  adopt(end, media, end.key?.suite);
  return media;
}

/** The end's answer to an offered SDP: adopts it and picks the tag of its own suite. */
export function answerSdp(end: CallEnd, offered: string, media: Partial<SdpMedia> = {}): string {
  const { cryptos } = adoptSdp(end, offered);
  return describeEnd(end, media, cryptos.find(({ suite }) => suite === end.key?.suite)?.tag ?? 1);
}

/** Sends RTP as this end would: encrypted when it is secure. */
export async function sendRtp(end: CallEnd, packet: Buffer): Promise<void> {
  await end.rtp.send(end.sender === null ? packet : end.sender.protectRtp(packet), end.anchorRtp);
}

/** The packets that this end has received and opened, in order of arrival; one that does not open is an error. */
export function openRtp(end: CallEnd): Buffer[] {
  return end.rtp.received.map(({ data }) => {
    if (end.receiver === null) return data;
    const opened = end.receiver.unprotectRtp(data);
    if (!opened.ok) throw new Error(`the anchor sent a packet that does not open: ${opened.why}`);
    return opened.value.packet;
  });
}

export async function closeEnd(end: CallEnd): Promise<void> {
  await Promise.all([end.rtp.close(), end.rtcp.close()]);
}
