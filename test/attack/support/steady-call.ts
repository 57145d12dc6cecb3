import { AnchoredCall, type AnchoredCallOptions } from '../../support/anchored-call.js';
import type { Anchor } from '../../support/anchor.js';
import { RtpStream } from '../../support/stream.js';
import { sleep } from '../../support/wait.js';

/** Of the caller's stream. */
export const STEADY_SSRC = 0x0c0c0c0c;

export interface Heard {
  readonly sent: number;
  readonly lost: number;
}

/** A call in progress: both ends send every four milliseconds until `stop`, which tells what was lost. */
export class SteadyCall {
  #sent = 0;
  #talking = true;
  readonly #done: Promise<void>;

  private constructor(readonly call: AnchoredCall) {
    this.#done = this.#talk();
    // `stop` tells; a test that failed before it closes the sockets under us.
    this.#done.catch(() => undefined);
  }

  static async start(
    anchor: Anchor,
    options: AnchoredCallOptions = { from: 'plain', to: 'AES_CM_128_HMAC_SHA1_80' },
  ): Promise<SteadyCall> {
    const steady = new SteadyCall(await AnchoredCall.open(anchor, options));
    await sleep(100);
    return steady;
  }

  /** Packets that each end has sent so far, times two. */
  get sent(): number {
    return this.#sent;
  }

  async stop(): Promise<Heard> {
    this.#talking = false;
    await this.#done;
    const { from, to } = this.call;
    await Promise.all([from.rtp.settle(150), to.rtp.settle(150)]);
    const heard = this.call.openRtp(from).length + this.call.openRtp(to).length;
    await this.call.close();
    return { sent: this.#sent, lost: this.#sent - heard };
  }

  async #talk(): Promise<void> {
    const { from, to } = this.call;
    const [a, b] = [new RtpStream({ ssrc: STEADY_SSRC }), new RtpStream({ ssrc: 0x0d0d0d0d })];
    while (this.#talking) {
      await this.call.sendRtp(from, a.packet());
      await this.call.sendRtp(to, b.packet());
      this.#sent += 2;
      await sleep(4);
    }
  }
}
