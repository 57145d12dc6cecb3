import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import type { CallEnd } from '../support/call-end.js';
import { TestHost } from '../support/host.js';
import { dropsSince, readDrops } from '../support/metrics.js';
import { buildBye, buildReceiverReport, buildRtp, buildSenderReport } from '../support/rtp.js';
import { SUITES, type SuiteName } from '../support/srtp-keys.js';
import { standIn, startAnchor } from '../support/start-anchor.js';

const REPORTS = 20;
const SSRC = 0xfeedface;
const suites = standIn() ? (['AES_CM_128_HMAC_SHA1_80'] as const) : (Object.keys(SUITES) as SuiteName[]);

/** A compound packet that is different each time (RFC 3550 §6.1: a report first). */
function compound(i: number): Buffer {
  const block = { ssrc: 0x1000 + i, fractionLost: i, highestSequence: 70_000 + i, jitter: i * 3 };
  const report = i % 2 === 0 ? buildSenderReport(SSRC, i, i * 160, [block]) : buildReceiverReport(SSRC, [block, block]);
  return i === REPORTS - 1 ? Buffer.concat([report, buildBye(SSRC)]) : report;
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

describe.each(suites)('RTCP through a leg of %s', (suite) => {
  let call: AnchoredCall;
  let secure: CallEnd;
  let plain: CallEnd;

  beforeEach(async () => {
    call = await AnchoredCall.open(anchor, { from: suite, to: 'plain' });
    ({ from: secure, to: plain } = call);
  });
  afterEach(async () => {
    await call.close();
  });

  it('comes out plain, octet for octet', async () => {
    const sent = Array.from({ length: REPORTS }, (_, i) => compound(i));
    for (const packet of sent) await call.sendRtcp(secure, packet);
    const received = await plain.rtcp.waitForPackets(REPORTS);
    expect(received.map(({ data }) => data)).toEqual(sent);
  });

  it('is refused when its sender only authenticates it (E = 0), which nobody agreed to', async () => {
    const before = standIn() ? {} : await readDrops(anchor);
    await secure.rtcp.send(secure.sender!.protectRtcp(compound(0), false), secure.anchorRtcp);
    expect(await plain.rtcp.settle()).toHaveLength(0);
    if (!standIn()) expect(dropsSince(before, await readDrops(anchor))).toEqual({ auth: 1 });
  });

  it('goes in encrypted, with an index that only rises, octet for octet', async () => {
    const sent = Array.from({ length: REPORTS }, (_, i) => compound(i));
    for (const packet of sent) await call.sendRtcp(plain, packet);
    const received = await secure.rtcp.waitForPackets(REPORTS);
    const opened = received.map(({ data }) => secure.receiver!.unprotectRtcp(data));
    const values = opened.map((one) => (one.ok ? one.value : undefined));
    expect(values.map((value) => value?.packet)).toEqual(sent);
    expect(values.every((value) => value?.encrypted)).toBe(true);
    const indices = values.map((value) => value?.index ?? -1);
    expect(indices).toEqual(indices.toSorted((a, b) => a - b));
    expect(new Set(indices).size).toBe(REPORTS);
  });

  it('keeps RTP and RTCP apart when both come through one port (RFC 5761)', async () => {
    await call.close();
    call = await AnchoredCall.open(anchor, { from: suite, to: 'plain', attributes: ['rtcp-mux'] });
    ({ from: secure, to: plain } = call);
    expect([secure.anchorRtcp, plain.anchorRtcp]).toEqual([secure.anchorRtp, plain.anchorRtp]);
    const rtp = buildRtp({ sequence: 7, ssrc: SSRC, payload: Buffer.alloc(160, 3) });
    await call.sendRtp(secure, rtp);
    await secure.rtp.send(secure.sender!.protectRtcp(compound(0)), secure.anchorRtp);
    const received = await plain.rtp.waitForPackets(2);
    expect(received.map(({ data }) => data)).toEqual([rtp, compound(0)]);
  });
});
