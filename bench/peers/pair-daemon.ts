import { becomesReady, type Child } from '../child.js';
import type { CallRequest, PartyRequest, RelayedCall } from '../relayed-call.js';
import { UdpRequester } from '../udp-request.js';
import type { RunningPeer } from './peer.js';

/**
 * A forwarder with the one-line control of `anchor_floor`: `pair` names both parties and their keys, and is answered by
 * the ports that face them. There is no offer and no answer, so the bench makes the relay's keys itself.
 */
export class PairDaemon implements RunningPeer {
  readonly #child: Child;
  readonly #requester: UdpRequester;
  readonly #makeKey: (party: PartyRequest) => PartyRequest['crypto'];

  private constructor(child: Child, requester: UdpRequester, makeKey: (party: PartyRequest) => PartyRequest['crypto']) {
    this.#child = child;
    this.#requester = requester;
    this.#makeKey = makeKey;
  }

  static async attach(
    child: Child,
    controlPort: number,
    makeKey: (party: PartyRequest) => PartyRequest['crypto'],
  ): Promise<PairDaemon> {
    const requester = await UdpRequester.open(controlPort);
    const daemon = new PairDaemon(child, requester, makeKey);
    const answers = (): Promise<boolean> =>
      daemon.#ask('ping', 1, 100).then(
        () => true,
        () => false,
      );
    if (await becomesReady(child, answers)) return daemon;
    await daemon.stop();
    throw new Error(`the forwarder does not answer: ${child.errors}`);
  }

  get pid(): number {
    return this.#child.pid;
  }

  async setUpCall(call: CallRequest): Promise<RelayedCall> {
    const towardA = this.#makeKey(call.a);
    const towardB = this.#makeKey(call.b);
    const words = [...partyWords(call.a, towardA), ...partyWords(call.b, towardB)];
    const reply = await this.#ask(`pair ${words.join(' ')}`, 5, 1_000);
    const [verdict, ...ports] = reply.split(' ');
    const [aRtp, aRtcp, bRtp, bRtcp] = ports.map(Number);
    if (verdict !== 'ok' || aRtp === undefined || aRtcp === undefined || bRtp === undefined || bRtcp === undefined) {
      throw new Error(`the forwarder said: ${reply}`);
    }
    return {
      request: call,
      a: { relay: { address: '127.0.0.1', rtp: aRtp, rtcp: aRtcp }, crypto: towardA },
      b: { relay: { address: '127.0.0.1', rtp: bRtp, rtcp: bRtcp }, crypto: towardB },
    };
  }

  deleteCall(): Promise<void> {
    return Promise.reject(new Error('a forwarder keeps its pairs'));
  }

  async ping(): Promise<void> {
    await this.#ask('ping', 5, 1_000);
  }

  async stop(): Promise<void> {
    this.#requester.close();
    await this.#child.stop();
  }

  #ask(request: string, tries: number, timeoutMilliseconds: number): Promise<string> {
    return this.#requester.request(request, (reply) => reply.toString('latin1'), tries, timeoutMilliseconds);
  }
}

/** Address, RTP and RTCP port, the key that comes in and the key that goes out; `-` = plain. */
function partyWords(party: PartyRequest, towardParty: PartyRequest['crypto']): string[] {
  const { address, rtp, rtcp } = party.media;
  return [address, String(rtp), String(rtcp), party.crypto?.keySalt ?? '-', towardParty?.keySalt ?? '-'];
}
