import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import type { CallEnd } from '../support/call-end.js';
import { TestHost } from '../support/host.js';
import { readOnlyMedia } from '../support/sdp.js';
import type { SuiteName } from '../support/srtp-keys.js';
import { startAnchor } from '../support/start-anchor.js';
import { RtpStream } from '../support/stream.js';
import { sleep } from '../support/wait.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const GAP_MILLISECONDS = 2;

/** Sends a packet every other millisecond until stopped; answers how many. */
class Talker {
  readonly #stream: RtpStream;
  readonly sent: Buffer[] = [];
  #running = true;
  readonly #done: Promise<void>;

  constructor(
    readonly call: AnchoredCall,
    readonly end: CallEnd,
    ssrc: number,
  ) {
    this.#stream = new RtpStream({ ssrc, start: 60_000 });
    this.#done = this.#talk();
  }

  async #talk(): Promise<void> {
    while (this.#running) {
      const packet = this.#stream.packet();
      this.sent.push(packet);
      await this.call.sendRtp(this.end, packet);
      await sleep(GAP_MILLISECONDS);
    }
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }
}

let host: TestHost;
let anchor: Anchor;

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await startAnchor(host);
});
afterAll(async () => {
  await host.close();
});

describe.each([
  ['plain', SUITE],
  [SUITE, 'plain'],
  [SUITE, SUITE],
  ['plain', 'plain'],
  ['AEAD_AES_256_GCM', 'plain'],
] as ['plain' | SuiteName, 'plain' | SuiteName][])('during re-INVITEs in a call from %s to %s', (from, to) => {
  let call: AnchoredCall;

  beforeEach(async () => {
    call = await AnchoredCall.open(anchor, { from, to });
  });
  afterEach(async () => {
    await call.close();
  });

  /** Both ends talk all the while; every packet must arrive and open at the other end, in order. */
  async function expectNoLoss(during: () => Promise<void>): Promise<void> {
    const talkers = [new Talker(call, call.from, 1), new Talker(call, call.to, 2)];
    await sleep(50);
    const outcome = await during().then(
      () => undefined,
      (error: unknown) => error,
    );
    await sleep(50);
    await Promise.all(talkers.map((talker) => talker.stop()));
    if (outcome !== undefined) throw outcome as Error;
    for (const { sent, end } of talkers) {
      const heard = call.other(end);
      await heard.rtp.settle(100);
      const opened = call.openRtp(heard);
      const missing = sent.flatMap((packet, i) => (opened.some((other) => other.equals(packet)) ? [] : [i]));
      expect(missing, `missing of ${sent.length} from ${end.tag}`).toEqual([]);
      expect(opened).toHaveLength(sent.length);
    }
  }

  it.each([
    ['the one who called', (open: AnchoredCall) => open.from],
    ['the one who was called', (open: AnchoredCall) => open.to],
  ] as const)('by %s nothing is lost, neither at once nor while the answer is awaited', async (_title, pick) => {
    const offerer = pick(call);
    const answerer = call.other(offerer);
    const ports = [call.from.anchorRtp, call.to.anchorRtp];
    const keys = [call.from.receiver, call.to.receiver];
    await expectNoLoss(async () => {
      const offered = await call.offer(offerer, answerer);
      await sleep(100);
      await call.answer(offerer, answerer, readOnlyMedia(offered.sdp));
      await sleep(20);
      await call.negotiate(offerer, answerer);
    });
    expect([call.from.anchorRtp, call.to.anchorRtp]).toEqual(ports);
    // Keys of ours stay in a re-offer whose peer kept his (RFC 4568 §7.1.4 leaves it to us; a new key costs a gap).
    expect([call.from.receiver === keys[0], call.to.receiver === keys[1]]).toEqual([true, true]);
  });

  it('that get no answer nothing is lost', async () => {
    await expectNoLoss(async () => {
      for (const offerer of [call.from, call.to]) {
        await call.offer(offerer, call.other(offerer));
        await sleep(60);
      }
    });
  });
});
