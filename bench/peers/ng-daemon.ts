import { becomesReady, type Child } from '../child.js';
import { NgClient, type NgDictionary } from '../ng-client.js';
import type { CallRequest, PartyRequest, RelayedCall } from '../relayed-call.js';
import { readRelayedParty, writeSessionDescription } from '../session-description.js';
import type { RunningPeer } from './peer.js';

/** A daemon that speaks the NG protocol, driven as a proxy would. */
export class NgDaemon implements RunningPeer {
  readonly #child: Child;
  readonly #client: NgClient;

  private constructor(child: Child, client: NgClient) {
    this.#child = child;
    this.#client = client;
  }

  /** Takes over the process; ends it when it does not answer. */
  static async attach(child: Child, controlPort: number): Promise<NgDaemon> {
    const client = await NgClient.open(controlPort);
    if (await becomesReady(child, () => client.isReady())) return new NgDaemon(child, client);
    client.close();
    await child.stop();
    throw new Error(`the daemon does not answer: ${child.errors}`);
  }

  get pid(): number {
    return this.#child.pid;
  }

  async setUpCall(call: CallRequest, onReply: (milliseconds: number) => void = () => undefined): Promise<RelayedCall> {
    const timed = async (message: NgDictionary): Promise<NgDictionary> => {
      const began = performance.now();
      const reply = await this.#client.request(message);
      onReply(performance.now() - began);
      return reply;
    };
    const offer = await timed({
      ...commonKeys('offer', call),
      'transport-protocol': profile(call.b),
      sdp: writeSessionDescription(call.a, 1),
    });
    const b = readRelayedParty(sdpOf(offer), call.b.crypto?.suite ?? null);
    const answer = await timed({
      ...commonKeys('answer', call),
      'to-tag': `${call.id}-b`,
      sdp: writeSessionDescription(call.b, b.tag),
    });
    const a = readRelayedParty(sdpOf(answer), call.a.crypto?.suite ?? null);
    return { request: call, a, b };
  }

  async deleteCall(call: CallRequest): Promise<void> {
    await this.#client.request({ command: 'delete', 'call-id': call.id, 'from-tag': `${call.id}-a`, flags: ['fast'] });
  }

  async ping(): Promise<void> {
    await this.#client.request({ command: 'ping' });
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.#child.stop();
  }
}

/** What Kamailio sends with `replace-origin replace-session-connection`, and no DTLS: this is a comparison of SDES. */
function commonKeys(command: string, call: CallRequest): NgDictionary {
  return {
    command,
    'call-id': call.id,
    'from-tag': `${call.id}-a`,
    'received-from': ['IP4', call.a.media.address],
    replace: ['origin', 'session-connection'],
    // SRTP to SRTP is to be re-encrypted by both, not passed through.
    flags: ['trust-address', 'recrypt'],
    ICE: 'remove',
    DTLS: 'off',
  };
}

function profile(party: PartyRequest): string {
  return party.crypto === null ? 'RTP/AVP' : 'RTP/SAVP';
}

function sdpOf(reply: NgDictionary): string {
  const { sdp } = reply;
  if (typeof sdp !== 'string') throw new Error('a reply without SDP');
  return sdp;
}
