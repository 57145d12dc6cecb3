import { expect } from 'vitest';
import { openRtp, sendRtp, type CallEnd } from '../../../support/call-end.js';
import { judgeTone } from '../../../support/goertzel.js';
import { decodeMuLaw, encodeMuLaw } from '../../../support/mu-law.js';
import { buildRtp, parseRtp } from '../../../support/rtp.js';
import { sleep } from '../../../support/wait.js';
import { tone } from '../../../support/wav.js';

/** 20 ms of PCMU. */
const SAMPLES = 160;
const PACKETS = 60;

let nextSsrc = 0x7000_0001;

/** A tone as a phone sends it: PCMU, one SSRC, marker on the first packet. */
export function tonePackets(hertz: number, packets = PACKETS, ssrc = nextSsrc++): Buffer[] {
  const payload = encodeMuLaw(tone(hertz, (packets * SAMPLES) / 8_000).samples);
  return Array.from({ length: packets }, (_, i) =>
    buildRtp({
      sequence: 100 + i,
      timestamp: 4_000 + i * SAMPLES,
      ssrc,
      marker: i === 0,
      payload: payload.subarray(i * SAMPLES, (i + 1) * SAMPLES),
    }),
  );
}

/** Faster than in real time, slow enough for every socket buffer. */
async function play(from: CallEnd, packets: readonly Buffer[]): Promise<void> {
  for (const packet of packets) {
    await sendRtp(from, packet);
    await sleep(3);
  }
}

/** Both ends play at once, 440 Hz from `one` and 880 Hz from `other`; each must hear the other's, octet for octet. */
export async function expectAudio(one: CallEnd, other: CallEnd): Promise<void> {
  for (const end of [one, other]) end.rtp.take();
  const [low, high] = [tonePackets(440), tonePackets(880)];
  await Promise.all([play(one, low), play(other, high)]);
  await Promise.all([other.rtp.waitForPackets(low.length), one.rtp.waitForPackets(high.length)]);
  hear(other, low, 440, 880);
  hear(one, high, 880, 440);
}

function hear(end: CallEnd, sent: readonly Buffer[], wanted: number, unwanted: number): void {
  const opened = openRtp(end);
  const payloads = opened.map((packet) => parseRtp(packet).payload);
  const verdict = judgeTone({ rate: 8_000, samples: decodeMuLaw(Buffer.concat(payloads)) }, wanted, unwanted);
  expect(verdict.separation).toBeGreaterThan(20);
  expect(verdict.purity).toBeGreaterThan(0.95);
  expect(payloads).toEqual(sent.map((packet) => parseRtp(packet).payload));
}

/** What `from` sends reaches nobody at `to`. */
export async function expectSilence(from: CallEnd, to: CallEnd): Promise<void> {
  to.rtp.take();
  await play(from, tonePackets(440, 10));
  expect(await to.rtp.settle()).toHaveLength(0);
}

/** No packet on the wire at `end` may open without a key: what arrives is not the tone. */
export function expectCiphertext(end: CallEnd): void {
  const octets = Buffer.concat(end.rtp.received.map(({ data }) => data.subarray(12)));
  const sound = { rate: 8_000, samples: decodeMuLaw(octets) };
  expect(judgeTone(sound, 440, 880).purity).toBeLessThan(0.05);
  expect(judgeTone(sound, 880, 440).purity).toBeLessThan(0.05);
}
