import type { AnchoredCall } from '../../support/anchored-call.js';
import type { CallEnd } from '../../support/call-end.js';
import { RtpStream } from '../../support/stream.js';
import { sleep } from '../../support/wait.js';

const PACKET_MILLISECONDS = 20;

/** A conversation: both ends send a packet every 20 ms until `stop`, late ones made up for. */
export class Talk {
  readonly sent = new Map<CallEnd, number>();
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(
    readonly call: AnchoredCall,
    firstSsrc = 0x1000,
  ) {
    const streams = [call.from, call.to].map((end, at) => ({ end, stream: new RtpStream({ ssrc: firstSsrc + at }) }));
    this.#done = this.#run(streams);
  }

  sentBy(end: CallEnd): number {
    return this.sent.get(end) ?? 0;
  }

  /** No packet is sent after this. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(streams: readonly { end: CallEnd; stream: RtpStream }[]): Promise<void> {
    const started = performance.now();
    for (let round = 0; !this.#stopped; round++) {
      for (const { end, stream } of streams) {
        await this.call.sendRtp(end, stream.packet());
        this.sent.set(end, this.sentBy(end) + 1);
      }
      await sleep(Math.max(1, started + (round + 1) * PACKET_MILLISECONDS - performance.now()));
    }
  }
}
