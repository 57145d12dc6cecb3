import { randomUUID } from 'node:crypto';
import { openNgClient, type Anchor } from './anchor.js';
import type { BencodeValue } from './bencode.js';
import type { NgClient, NgReply } from './ng-client.js';
import { adopt, describeEnd, openEnd, openRtp, sendRtp, type CallEnd } from './call-end.js';
import { readOnlyMedia, type ReadMedia, type SdpMedia } from './sdp.js';
import type { SuiteName } from './srtp-keys.js';

export type Flags = Readonly<Record<string, BencodeValue>>;

export interface AnchoredCallOptions {
  readonly from: 'plain' | SuiteName;
  readonly to: 'plain' | SuiteName;
  /** Keys for every offer and answer, e.g. flags. */
  readonly options?: Flags;
  readonly callId?: string;
  readonly address?: string;
  /** Attribute lines of both ends' first SDP, without `a=`. */
  readonly attributes?: readonly string[];
}

/** A call that the test itself sets up through an anchor: offer and answer, four sockets, keys on the secure ends. */
export class AnchoredCall {
  #answered = false;

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
    const [from, to] = [
      await openEnd(anchor.host, options.from, address),
      await openEnd(anchor.host, options.to, address),
    ];
    const call = new AnchoredCall(anchor, client, options.callId ?? randomUUID(), from, to, options.options ?? {});
    await call.negotiate(call.from, call.to, { attributes: options.attributes ?? [] });
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
      // Inside a dialogue a proxy knows both tags (RFC 3261 §12).
      ...(this.#answered ? { 'to-tag': answerer.tag } : {}),
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
    this.#answered = true;
    adopt(offerer, readOnlyMedia(reply.sdp), offerer.key?.suite);
    return reply;
  }

  other(end: CallEnd): CallEnd {
    return end === this.from ? this.to : this.from;
  }

  async sendRtp(end: CallEnd, packet: Buffer): Promise<void> {
    await sendRtp(end, packet);
  }

  async sendRtcp(end: CallEnd, packet: Buffer): Promise<void> {
    await end.rtcp.send(end.sender === null ? packet : end.sender.protectRtcp(packet), end.anchorRtcp);
  }

  openRtp(end: CallEnd): Buffer[] {
    return openRtp(end);
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
