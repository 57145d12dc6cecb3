import { randomUUID } from 'node:crypto';
import { openNgClient, type Anchor } from './anchor.js';
import type { BencodeValue } from './bencode.js';
import type { NgClient, NgReply } from './ng-client.js';
import { buildSdp, cryptoAttribute, readOnlyMedia, type ReadMedia, type SdpMedia } from './sdp.js';
import { randomMasterKey, SrtpSession, type MasterKeyParams } from './srtp.js';
import type { SuiteName } from './srtp-keys.js';
import { UdpEndpoint, type SocketAddress } from './udp-endpoint.js';

export type Flags = Readonly<Record<string, BencodeValue>>;

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

export interface AnchoredCallOptions {
  readonly from: 'plain' | SuiteName;
  readonly to: 'plain' | SuiteName;
  /** Keys for every offer and answer, e.g. flags. */
  readonly options?: Flags;
  readonly callId?: string;
  readonly address?: string;
}

const NOWHERE: SocketAddress = { address: '0.0.0.0', port: 0 };

/** A call that the test itself sets up through an anchor: offer and answer, four sockets, keys on the secure ends. */
export class AnchoredCall {
  private constructor(
    readonly anchor: Anchor,
    readonly client: NgClient,
    readonly callId: string,
    readonly from: CallEnd,
    readonly to: CallEnd,
    readonly options: Flags,
  ) {}

  static async open(anchor: Anchor, options: AnchoredCallOptions): Promise<AnchoredCall> {
    const client = await openNgClient(anchor);
    const address = options.address ?? '127.0.0.1';
    const [from, to] = [await openEnd(anchor, options.from, address), await openEnd(anchor, options.to, address)];
    const call = new AnchoredCall(anchor, client, options.callId ?? randomUUID(), from, to, options.options ?? {});
    await call.negotiate(call.from, call.to);
    return call;
  }

  /** Offer by one end and answer by the other; also a re-INVITE when the call is up. */
  async negotiate(offerer: CallEnd, answerer: CallEnd, media: Partial<SdpMedia> = {}): Promise<void> {
    const offered = await this.offer(offerer, answerer, media);
    await this.answer(offerer, answerer, readOnlyMedia(offered.sdp), media);
  }

  async offer(offerer: CallEnd, answerer: CallEnd, media: Partial<SdpMedia> = {}): Promise<NgReply> {
    const reply = await this.client.ok({
      'transport-protocol': answerer.secure ? 'RTP/SAVP' : 'RTP/AVP',
      ...this.options,
      'call-id': this.callId,
      'from-tag': offerer.tag,
      'received-from': ['IP4', offerer.rtp.local.address],
      sdp: describeEnd(offerer, media, 1),
      command: 'offer',
    });
    adopt(answerer, readOnlyMedia(reply.sdp), answerer.key?.suite);
    return reply;
  }

  async answer(
    offerer: CallEnd,
    answerer: CallEnd,
    offered: ReadMedia,
    media: Partial<SdpMedia> = {},
  ): Promise<NgReply> {
    const chosen = offered.cryptos.find(({ suite }) => suite === answerer.key?.suite);
    const reply = await this.client.ok({
      ...this.options,
      'call-id': this.callId,
      'from-tag': offerer.tag,
      'to-tag': answerer.tag,
      'received-from': ['IP4', answerer.rtp.local.address],
      sdp: describeEnd(answerer, media, chosen?.tag ?? 1),
      command: 'answer',
    });
    adopt(offerer, readOnlyMedia(reply.sdp), offerer.key?.suite);
    return reply;
  }

  other(end: CallEnd): CallEnd {
    return end === this.from ? this.to : this.from;
  }

  /** Sends RTP as this end would: encrypted when it is secure. */
  async sendRtp(end: CallEnd, packet: Buffer): Promise<void> {
    await end.rtp.send(end.sender === null ? packet : end.sender.protectRtp(packet), end.anchorRtp);
  }

  async sendRtcp(end: CallEnd, packet: Buffer): Promise<void> {
    await end.rtcp.send(end.sender === null ? packet : end.sender.protectRtcp(packet), end.anchorRtcp);
  }

  /** The packets that this end has received and opened, in order of arrival; one that does not open is an error. */
  openRtp(end: CallEnd): Buffer[] {
    return end.rtp.received.map(({ data }) => {
      if (end.receiver === null) return data;
      const opened = end.receiver.unprotectRtp(data);
      if (!opened.ok) throw new Error(`the anchor sent a packet that does not open: ${opened.why}`);
      return opened.value.packet;
    });
  }

  async delete(): Promise<NgReply> {
    return this.client.request({
      'call-id': this.callId,
      'from-tag': this.from.tag,
      'delete-delay': 0,
      command: 'delete',
    });
  }

  async close(): Promise<void> {
    await this.delete().catch(() => undefined);
    await Promise.all(
      [this.from.rtp, this.from.rtcp, this.to.rtp, this.to.rtcp, this.client].map((one) => one.close()),
    );
  }
}

async function openEnd(anchor: Anchor, kind: 'plain' | SuiteName, address: string): Promise<CallEnd> {
  const [rtp, rtcp] = await UdpEndpoint.openPair(anchor.host, address);
  const key = kind === 'plain' ? null : randomMasterKey(kind);
  return {
    ...{ tag: randomUUID().slice(0, 8), rtp, rtcp, secure: key !== null, key },
    sender: key === null ? null : new SrtpSession(key),
    ...{ receiver: null, anchorRtp: NOWHERE, anchorRtcp: NOWHERE, version: 0 },
  };
}

function describeEnd(end: CallEnd, media: Partial<SdpMedia>, tag: number): string {
  end.version++;
  const attributes = [...(end.key === null ? [] : [cryptoAttribute(tag, end.key)]), ...(media.attributes ?? [])];
  const protocol = end.secure ? 'RTP/SAVP' : 'RTP/AVP';
  const { address, port } = end.rtp.local;
  return buildSdp({ address, port, protocol, ...media, attributes }, end.version);
}

/** What the anchor said to `end`: where it receives, and its key. An unchanged key keeps the receiver's state. */
function adopt(end: CallEnd, media: ReadMedia, suite: SuiteName | undefined): void {
  end.anchorRtp = { address: media.address, port: media.port };
  end.anchorRtcp = { address: media.address, port: media.rtcpPort };
  if (!end.secure) return;
  const params = media.cryptos.find((crypto) => crypto.suite === suite)?.params;
  if (params === undefined) throw new Error(`no ${suite ?? 'suite'} in ${media.lines.join(' / ')}`);
  const fresh = new SrtpSession(params);
  if (end.receiver?.rtpKeys.key.equals(fresh.rtpKeys.key) !== true) end.receiver = fresh;
}
