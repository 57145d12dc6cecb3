import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Anchor } from '../../support/anchor.js';
import { AnchoredCall } from '../../support/anchored-call.js';
import type { CallEnd } from '../../support/call-end.js';
import { TestHost } from '../../support/host.js';
import { RelayProcess } from '../../support/relay-process.js';
import { buildReceiverReport, buildRtp } from '../../support/rtp.js';
import { randomMasterKey, SrtpSession } from '../../support/srtp.js';
import { RtpStream, sendInStep } from '../../support/stream.js';

const SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_32', 'AEAD_AES_256_GCM'] as const;
/** What a sanitizer prints. */
const REPORT = /Sanitizer|runtime error:/;

/** How the relay is started: the addon with its sanitizers, and their runtime. Given by the phase that built them. */
const environment = JSON.parse(process.env['ANCHOR_RELAY_ENVIRONMENT'] ?? '{}') as Record<string, string>;

let host: TestHost;
let anchor: Anchor;

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await RelayProcess.start(host, { environment, extraArguments: ['--delete-delay', '0'] });
});

afterAll(async () => host.close());

async function expectHeard(call: AnchoredCall, from: CallEnd, stream: RtpStream): Promise<void> {
  const packets = stream.packets(5);
  const to = call.other(from);
  to.rtp.take();
  await sendInStep(call, from, packets);
  expect(call.openRtp(to).map(String)).toEqual(packets.map(String));
}

describe('the relay, built with the address and undefined-behaviour sanitizers,', () => {
  it('really is', () => {
    expect(environment['LD_PRELOAD']).toContain('libasan');
    expect(environment['SRTP_ANCHOR_ADDON']).toContain('build-asan');
  });

  it.each(SUITES)('carries calls under %s both ways, over a re-key, with RTCP', async (suite) => {
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: suite, options: { SDES: [`only-${suite}`] } });
    const [a, b] = [new RtpStream({ ssrc: 1, start: 0xfffc }), new RtpStream({ ssrc: 2 })];
    await expectHeard(call, call.from, a);
    await expectHeard(call, call.to, b);
    const key = randomMasterKey(suite);
    call.to.key = key;
    await call.negotiate(call.from, call.to);
    call.to.sender = new SrtpSession(key);
    await expectHeard(call, call.to, b);
    const report = buildReceiverReport(2);
    await call.sendRtcp(call.to, report);
    const [plain] = await call.from.rtcp.waitForPackets(1);
    expect(plain!.data.equals(report)).toBe(true);
    expect((await call.delete()).result).toBe('ok');
    await call.close();
  });

  it('survives 200 calls that come and go while their ports are in use', async () => {
    for (let count = 0; count < 200; count++) {
      const suite = SUITES[count % SUITES.length]!;
      const call = await AnchoredCall.open(anchor, {
        from: count % 2 === 0 ? 'plain' : suite,
        to: suite,
        options: { SDES: [`only-${suite}`] },
      });
      const stream = new RtpStream({ ssrc: count + 1 });
      for (const packet of stream.packets(2)) await call.sendRtp(call.from, packet);
      const deleted = call.delete();
      // These race with the end of the call.
      for (const packet of stream.packets(2)) await call.sendRtp(call.from, packet);
      expect((await deleted).result).toBe('ok');
      await call.close();
    }
  });

  it('survives garbage on media and control ports, and a call in progress goes on', async () => {
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITES[0] });
    const stream = new RtpStream({ ssrc: 9 });
    await expectHeard(call, call.from, stream);
    const stranger = call.to.rtcp;
    for (let count = 0; count < 6_000; count++) {
      const octets = randomBytes(1 + (count % 400));
      const packet = count % 2 === 0 ? octets : buildRtp({ sequence: count, ssrc: count, payload: octets });
      await stranger.send(packet, count % 3 === 0 ? call.to.anchorRtcp : call.to.anchorRtp);
      if (count % 10 === 0) await stranger.send(packet, anchor.ng);
    }
    await expectHeard(call, call.from, stream);
    await expectHeard(call, call.to, new RtpStream({ ssrc: 10 }));
    await call.close();
  });

  it('ends without a report', async () => {
    expect(await anchor.process.stop(20_000)).toEqual({ code: 0, signal: null });
    expect(anchor.process.stderr).not.toMatch(REPORT);
    expect(anchor.process.stdout).not.toMatch(REPORT);
  });
});
