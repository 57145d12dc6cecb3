import { randomUUID } from 'node:crypto';
import { openNgClient, type Anchor } from '../../../support/anchor.js';
import { adopt, closeEnd, openEnd, type CallEnd } from '../../../support/call-end.js';
import type { NgClient, NgReply } from '../../../support/ng-client.js';
import { buildSdp, readOnlyMedia, type ReadMedia } from '../../../support/sdp.js';
import { masterKeyFromInline, SrtpSession } from '../../../support/srtp.js';
import type { SuiteName } from '../../../support/srtp-keys.js';

/** A party whose a=crypto lines are written out by the test; plain when it has none. */
export interface DirectParty {
  readonly end: CallEnd;
  lines: readonly string[];
}

/** Offers and answers to the anchor as a proxy passes them on, with lines that the test took from a far end. */
export class DirectCall {
  readonly callId = randomUUID();
  readonly #parties: DirectParty[] = [];

  private constructor(
    readonly anchor: Anchor,
    readonly client: NgClient,
  ) {}

  static async open(anchor: Anchor): Promise<DirectCall> {
    return new DirectCall(anchor, await openNgClient(anchor));
  }

  /** `kind` says what the party's packets are protected with; its key is that of the first of its lines. */
  async party(kind: 'plain' | SuiteName, address: string, lines: readonly string[] = []): Promise<DirectParty> {
    const party: DirectParty = { end: await openEnd(this.anchor.host, kind, address), lines };
    this.#parties.push(party);
    if (kind !== 'plain') rekey(party, kind, lines);
    return party;
  }

  async offer(from: DirectParty, options: Readonly<Record<string, string>>): Promise<NgReply> {
    return this.client.request({
      ...options,
      'call-id': this.callId,
      'from-tag': from.end.tag,
      sdp: this.#describe(from),
      command: 'offer',
    });
  }

  /** Reads what was offered to `to`, with the suite that it will answer. */
  adopt(to: DirectParty, sdp: string | undefined, wireName?: string): ReadMedia {
    const media = readOnlyMedia(sdp);
    to.end.anchorRtp = { address: media.address, port: media.port };
    if (!to.end.secure) return media;
    const suite = to.end.key!.suite;
    if (wireName === undefined) adopt(to.end, media, suite);
    else {
      const found = media.cryptos.find((crypto) => crypto.suite === wireName);
      if (found === undefined) throw new Error(`${wireName} is not in ${media.lines.join(' / ')}`);
      to.end.receiver = new SrtpSession(masterKeyFromInline(suite, found.inline));
    }
    return media;
  }

  async answer(from: DirectParty, to: DirectParty): Promise<NgReply> {
    return this.client.request({
      'call-id': this.callId,
      'from-tag': from.end.tag,
      'to-tag': to.end.tag,
      sdp: this.#describe(to),
      command: 'answer',
    });
  }

  async close(): Promise<void> {
    await this.client.request({ 'call-id': this.callId, 'delete-delay': 0, command: 'delete' });
    await this.client.close();
    await Promise.all(this.#parties.map(({ end }) => closeEnd(end)));
  }

  #describe({ end, lines }: DirectParty): string {
    const protocol = lines.length > 0 ? 'RTP/SAVP' : 'RTP/AVP';
    const attributes = lines.map((line) => line.replace(/^a=/, ''));
    return buildSdp({ ...end.rtp.local, protocol, attributes }, ++end.version);
  }
}

/** The key of the first line of its own, with its MKI when it has one; the rollover counter begins at 0. */
export function rekey(party: DirectParty, kind: SuiteName, lines: readonly string[]): void {
  party.lines = lines;
  const [, inline = '', mki] = /inline:([A-Za-z0-9+/=]+)(?:\|[^|]+\|(\d+):1)?/.exec(lines[0] ?? '') ?? [];
  const octets = mki === undefined ? Buffer.alloc(0) : Buffer.from([Number(mki)]);
  party.end.key = masterKeyFromInline(kind, inline, octets);
  party.end.sender = new SrtpSession(party.end.key);
}
