import { AnchoredCall, type Flags } from '../../support/anchored-call.js';
import type { Anchor } from '../../support/anchor.js';
import { buildSenderReport } from '../../support/rtp.js';
import type { SuiteName } from '../../support/srtp-keys.js';
import { RtpStream } from '../../support/stream.js';
import { UdpEndpoint } from '../../support/udp-endpoint.js';
import { sleep } from '../../support/wait.js';
import { attackDatagrams } from './datagrams.js';

export interface Damage {
  /** Datagrams of the attacker that came out at the other party. */
  readonly inject: number;
  /** Datagrams of a party that came out at the attacker. */
  readonly bleed: number;
  /** Datagrams that the attacker sent. */
  readonly sent: number;
}

export interface AttackSceneOptions {
  /** What the attacked leg is; the other one is plain, so that whatever comes out is seen. */
  readonly leg: 'plain' | SuiteName;
  readonly options: Flags;
  readonly attackerAddress: string;
}

const ROUNDS = 10;
const PARTY_SSRC = 0x0a0a0a0a;

/** A call whose first leg is attacked from a socket that is neither party's, while the second party talks. */
export class AttackScene {
  readonly #party = new RtpStream({ ssrc: PARTY_SSRC, start: 100 });
  readonly #other = new RtpStream({ ssrc: 0x0b0b0b0b, start: 100 });
  /** What the attacked party itself sent, in hex: all that the other one may hear, each once. */
  readonly #genuine = new Set<string>();
  readonly #captured: Buffer[] = [];

  private constructor(
    readonly call: AnchoredCall,
    readonly attacker: UdpEndpoint,
  ) {}

  static async open(anchor: Anchor, { leg, options, attackerAddress }: AttackSceneOptions): Promise<AttackScene> {
    const call = await AnchoredCall.open(anchor, { from: leg, to: 'plain', options });
    return new AttackScene(call, await UdpEndpoint.open(anchor.host, attackerAddress));
  }

  /**
   * Ten rounds of attack, fewer when time is up, the other party talking; `party`: the attacked one talks too, and
   * speaks first.
   */
  async attack(party: boolean, milliseconds = Infinity): Promise<Damage> {
    const end = performance.now() + milliseconds;
    let sent = 0;
    for (let round = 0; round < ROUNDS && performance.now() < end; round++) {
      if (party) await this.#talk();
      await this.call.sendRtp(this.call.to, this.#other.packet());
      sent += await this.#spray(round);
      await sleep(3);
    }
    await this.attacker.settle(60);
    return { ...this.#takeDamage(), sent };
  }

  /** Both parties talk and nobody else does, for `milliseconds`. */
  async talk(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    do {
      await this.#talk();
      await this.call.sendRtp(this.call.to, this.#other.packet());
      await sleep(20);
    } while (performance.now() < end);
    this.#takeDamage();
  }

  /** Whether the parties still hear each other. */
  async heard(): Promise<boolean> {
    const before = this.call.to.rtp.received.length;
    await this.#talk();
    await sleep(60);
    const heard = this.call.to.rtp.received.length > before;
    this.#takeDamage();
    return heard;
  }

  async close(): Promise<void> {
    await this.call.close();
    await this.attacker.close();
  }

  async #talk(): Promise<void> {
    const { from } = this.call;
    const packet = this.#party.packet();
    const report = buildSenderReport(PARTY_SSRC, this.#party.next, 160);
    this.#genuine.add(packet.toString('hex')).add(report.toString('hex'));
    const wire = from.sender?.protectRtp(packet) ?? packet;
    this.#captured.push(wire);
    await from.rtp.send(wire, from.anchorRtp);
    await this.call.sendRtcp(from, report);
  }

  async #spray(round: number): Promise<number> {
    const { anchorRtp, anchorRtcp, secure } = this.call.from;
    const datagrams = attackDatagrams(PARTY_SSRC, this.#party.next + round);
    // What the party sent, repeated: only on a secure leg is that more than any forgery.
    const replay = secure ? this.#captured.slice(-1) : [];
    for (const datagram of [...datagrams, ...replay]) {
      await this.attacker.send(datagram, anchorRtp);
      await this.attacker.send(datagram, anchorRtcp);
    }
    return 2 * (datagrams.length + replay.length);
  }

  #takeDamage(): { inject: number; bleed: number } {
    const { rtp, rtcp } = this.call.to;
    // Deleting from the set makes a second copy an injection, too.
    const foreign = [...rtp.take(), ...rtcp.take()].filter(({ data }) => !this.#genuine.delete(data.toString('hex')));
    return { inject: foreign.length, bleed: this.attacker.take().length };
  }
}
