import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import { TestHost } from '../support/host.js';
import { reorder, seededRandom } from '../support/random.js';
import { SUITES, type SuiteName } from '../support/srtp-keys.js';
import { standIn, startAnchor } from '../support/start-anchor.js';
import { RtpStream, sendInStep } from '../support/stream.js';

const WRAP = 65_536;
const WRAPS = 3;
const LOSS = 0.05;
const REORDER_DEPTH = 24;

/**
 * Extended sequence numbers through 65535→0 three times: dense around each wrap with loss and reordering, and in between
 * losses of up to 20,000 packets, under the 2^15 that RFC 3711 §3.3.1 can tell from a packet of the past. The packets next
 * to each wrap are lost once before it, once after it, once not.
 */
function sequencesAcrossWraps(seed: number): number[] {
  const random = seededRandom(seed);
  const sequences = [WRAP - 200];
  for (let wrap = 1; wrap <= WRAPS; wrap++) {
    const edge = wrap * WRAP;
    const lost = new Set([[edge - 1], [edge, edge + 1], []][wrap % 3]);
    const dense = Array.from({ length: 400 }, (_, i) => edge - 199 + i);
    const kept = dense.filter((sequence) => !lost.has(sequence) && random() >= LOSS);
    sequences.push(...reorder(kept, REORDER_DEPTH, random));
    if (wrap < WRAPS) sequences.push(edge + 20_000, edge + 40_000, edge + 60_000);
  }
  return sequences;
}

const suites = standIn()
  ? (['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const)
  : (Object.keys(SUITES) as SuiteName[]);

let host: TestHost;
let anchor: Anchor;

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await startAnchor(host);
});
afterAll(async () => {
  await host.close();
});

describe.each(suites)('sequence numbers through 65535→0 three times under %s', (suite) => {
  let call: AnchoredCall;

  afterEach(async () => {
    await call.close();
  });

  it('are encrypted under the right rollover counter, with loss and reordering', async () => {
    call = await AnchoredCall.open(anchor, { from: suite, to: 'plain' });
    const { from: secure, to: plain } = call;
    const stream = new RtpStream({ ssrc: 0x11223344 });
    const sequences = sequencesAcrossWraps(1);
    const sent = sequences.map((sequence) => stream.packetAt(sequence));
    await sendInStep(call, plain, sent);
    const opened = secure.rtp.received.map(({ data }) => secure.receiver!.unprotectRtp(data));
    expect(opened.filter(({ ok }) => !ok)).toHaveLength(0);
    opened.forEach((result, i) => expect(result.ok && result.value.packet.equals(sent[i]!), `packet ${i}`).toBe(true));
    // The stream starts in rollover period 0 as the receiver counts it (RFC 3711 §3.3.1): the wraps are its own.
    expect(secure.receiver!.rolloverCounter(stream.ssrc)).toBe(WRAPS);
  });

  it('are decrypted under the right rollover counter, with loss and reordering', async () => {
    call = await AnchoredCall.open(anchor, { from: suite, to: 'plain' });
    const { from: secure, to: plain } = call;
    const stream = new RtpStream({ ssrc: 0x55667788 });
    const sequences = sequencesAcrossWraps(2);
    const sent = sequences.map((sequence) => stream.packetAt(sequence));
    for (let at = 0; at < sent.length; at += 32) {
      const some = sent.slice(at, at + 32);
      const expected = plain.rtp.received.length + some.length;
      for (const [i, packet] of some.entries()) {
        const roc = Math.floor(sequences[at + i]! / WRAP);
        await secure.rtp.send(secure.sender!.protectRtpAt(packet, roc), secure.anchorRtp);
      }
      await plain.rtp.waitForPackets(expected);
    }
    expect(plain.rtp.received).toHaveLength(sent.length);
    plain.rtp.received.forEach(({ data }, i) => expect(data.equals(sent[i]!), `packet ${i}`).toBe(true));
  });
});
