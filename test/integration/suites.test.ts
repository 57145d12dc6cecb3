import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { adoptSdp, describeEnd, openRtp, type CallEnd } from '../support/call-end.js';
import { dropsSince, readDrops } from '../support/metrics.js';
import { buildSenderReport } from '../support/rtp.js';
import { inlineKey, randomMasterKey, SrtpSession } from '../support/srtp.js';
import { SUITES, type SuiteName } from '../support/srtp-keys.js';
import { expectHeard, sharedRelay, type SharedRelay } from '../support/shared-relay.js';
import { RtpStream } from '../support/stream.js';
import { sleep } from '../support/wait.js';

/* Calls under each crypto suite and each thing that an a=crypto line may say, judged by an SRTP of the tests' own. */
const CM80 = 'AES_CM_128_HMAC_SHA1_80';
const relay = sharedRelay();

interface SecureCall {
  readonly secure: CallEnd;
  readonly plain: CallEnd;
  readonly answer: string;
  /** Sends a datagram as the secure end. */
  send(datagram: Buffer): Promise<void>;
  /** What the plain end hears, opened or not, once `count` packets have come. */
  heard(count: number): Promise<readonly string[]>;
}

/** A secure end that offers to a plain one; `edit` changes the line that the end would write. */
async function secureCall(at: SharedRelay, secure: CallEnd, edit: (sdp: string) => string): Promise<SecureCall> {
  const plain = await at.end();
  const call = at.dialogue();
  adoptSdp(plain, await call.offered(edit(describeEnd(secure)), { 'transport-protocol': 'RTP/AVP' }));
  const answer = await call.answered(describeEnd(plain));
  adoptSdp(secure, answer);
  await sleep(20);
  return {
    secure,
    plain,
    answer,
    send: (datagram) => secure.rtp.send(datagram, secure.anchorRtp),
    heard: async (count) => (await plain.rtp.waitForPackets(count)).map(({ data }) => data.toString('hex')),
  };
}

const hex = (packets: readonly Buffer[]): readonly string[] => packets.map((packet) => packet.toString('hex'));

describe('a call under', () => {
  it.each(Object.keys(SUITES) as SuiteName[])('%s on both legs carries RTP and RTCP both ways', async (suite) => {
    const call = await relay.connect(suite, suite, { SDES: [`only-${suite}`] });
    expect(call.from.receiver!.rtpKeys.key.equals(call.to.sender!.rtpKeys.key)).toBe(false);
    await expectHeard(call, call.from, new RtpStream({ ssrc: 1, start: 0xfffe }), 8);
    await expectHeard(call, call.to, new RtpStream({ ssrc: 2, start: 7 }), 8);
    const report = buildSenderReport(1, 8, 1_280);
    for (const end of [call.from, call.to]) {
      const other = call.other(end);
      await call.sendRtcp(end, report);
      const [wire] = await other.rtcp.waitForPackets(1);
      const opened = other.receiver!.unprotectRtcp(wire!.data);
      expect(opened.ok && opened.value.encrypted && opened.value.packet.equals(report)).toBe(true);
    }
  });

  it.each([
    ['AES_CM_256_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_80'],
    ['AES_CM_256_HMAC_SHA1_32', 'AES_256_CM_HMAC_SHA1_32'],
    ['AES_CM_192_HMAC_SHA1_80', 'AES_192_CM_HMAC_SHA1_80'],
    ['aes_cm_128_hmac_sha1_80', CM80],
  ] as const)('%s, as some write it, is answered in the same spelling', async (written, suite) => {
    const secure = await relay.end(suite);
    const plain = await relay.end();
    const call = relay.dialogue();
    await call.offered(describeEnd(secure).replace(suite, written), { 'transport-protocol': 'RTP/AVP' });
    const answer = await call.answered(describeEnd(plain));
    expect(/^a=crypto:1 (\S+) inline:/m.exec(answer)?.[1]).toBe(written);
    adoptSdp(secure, answer.replace(written, suite));
    await sleep(20);
    const packet = new RtpStream({ ssrc: 1 }).packet();
    await secure.rtp.send(secure.sender!.protectRtp(packet), secure.anchorRtp);
    expect((await plain.rtp.waitForPackets(1))[0]!.data.equals(packet)).toBe(true);
  });
});

describe('MKI', () => {
  const withMki = (mki: number): CallEnd['key'] => {
    const octets = Buffer.alloc(4);
    octets.writeUInt32BE(mki);
    return { ...randomMasterKey(CM80), mki: octets };
  };

  it('of the peer is understood, and ours is written and sent to a peer that uses one', async () => {
    const secure = await relay.end(CM80);
    secure.key = withMki(77);
    secure.sender = new SrtpSession(secure.key!);
    const call = await secureCall(relay, secure, (sdp) => sdp);
    expect(call.answer).toMatch(/^a=crypto:1 \S+ inline:[^|]+\|77:4\r$/m);
    const packets = new RtpStream({ ssrc: 1 }).packets(4);
    for (const packet of packets) await call.send(secure.sender.protectRtp(packet));
    expect(await call.heard(4)).toEqual(hex(packets));
    const back = new RtpStream({ ssrc: 2 }).packets(4);
    for (const packet of back) await call.plain.rtp.send(packet, call.plain.anchorRtp);
    const wire = await secure.rtp.waitForPackets(4);
    expect(wire.map(({ data }) => data.subarray(-14, -10).readUInt32BE())).toEqual([77, 77, 77, 77]);
    expect(hex(openRtp(secure))).toEqual(hex(back));
  });

  it('is not written toward a peer that uses none', async () => {
    expect((await secureCall(relay, await relay.end(CM80), (sdp) => sdp)).answer).not.toContain('|');
  });

  it('tells several keys of one line apart: the peer switches in mid-stream and back', async () => {
    const secure = await relay.end(CM80);
    const [one, two] = [withMki(1)!, withMki(2)!];
    secure.key = one;
    const more = `;inline:${inlineKey(two)}|2:4`;
    const call = await secureCall(relay, secure, (sdp) => sdp.replace(/^(a=crypto:.*)\r$/m, `$1${more}\r`));
    const stream = new RtpStream({ ssrc: 1 });
    const sessions = [new SrtpSession(one), new SrtpSession(two)];
    const packets = stream.packets(12);
    for (const [at, packet] of packets.entries()) await call.send(sessions[(at >> 2) % 2]!.protectRtp(packet));
    expect(await call.heard(12)).toEqual(hex(packets));
  });
});

describe('lifetime', () => {
  it('of 2^10 packets: 1,024 pass, the next one is dropped and counted', async () => {
    const secure = await relay.end(CM80);
    const call = await secureCall(relay, secure, (sdp) => sdp.replace(/^(a=crypto:.*)\r$/m, '$1|2^10\r'));
    const before = await readDrops(relay.anchor);
    const stream = new RtpStream({ ssrc: 1 });
    for (let sent = 0; sent < 1_024; sent += 32) {
      for (const packet of stream.packets(32)) await call.send(secure.sender!.protectRtp(packet));
      await call.heard(sent + 32);
    }
    for (const packet of stream.packets(3)) await call.send(secure.sender!.protectRtp(packet));
    expect(await call.plain.rtp.settle(100)).toHaveLength(1_024);
    await expect.poll(async () => dropsSince(before, await readDrops(relay.anchor))).toEqual({ key_limit: 3 });
  });
});

describe('UNENCRYPTED_SRTP, UNENCRYPTED_SRTCP and UNAUTHENTICATED_SRTP', () => {
  const names = ['UNENCRYPTED_SRTP', 'UNENCRYPTED_SRTCP', 'UNAUTHENTICATED_SRTP'] as const;
  const lax = sharedRelay({
    portMin: 27_000,
    portMax: 27_999,
    extraArguments: names.flatMap((name) => [`--allow-${name.toLowerCase().replace('_', '-')}`, 'true']),
  });
  const saying = (name: string) => (sdp: string) => sdp.replace(/^(a=crypto:.*)\r$/m, `$1 ${name}\r`);

  it.each(names)('%s is refused by default, with the reason', async (name) => {
    const offer = saying(name)(describeEnd(await relay.end(CM80)));
    const { result, errorReason } = await relay.dialogue().offer(offer);
    expect(result).toBe('error');
    expect(errorReason).toMatch(new RegExp(`^No usable a=crypto line: .*${name}`));
  });

  it.each(names)('%s is answered in kind and done where the policy allows it', async (name) => {
    const secure = await lax.end(CM80);
    const call = await secureCall(lax, secure, saying(name));
    expect(call.answer).toMatch(new RegExp(`^a=crypto:1 \\S+ \\S+ ${name}\\r$`, 'm'));
    const [packet, report] = [new RtpStream({ ssrc: 1 }).packet(), buildSenderReport(1, 1, 160)];
    await call.send(asAgreed(name, secure.sender!, packet));
    await secure.rtcp.send(secure.sender!.protectRtcp(report, name !== 'UNENCRYPTED_SRTCP'), secure.anchorRtcp);
    expect(await call.heard(1)).toEqual(hex([packet]));
    expect((await call.plain.rtcp.waitForPackets(1))[0]!.data.equals(report)).toBe(true);
    await call.plain.rtp.send(packet, call.plain.anchorRtp);
    await call.plain.rtcp.send(report, call.plain.anchorRtcp);
    const [wire] = await secure.rtp.waitForPackets(1);
    expect(wire!.data.equals(asAgreed(name, secure.receiver!, packet))).toBe(true);
    const [control] = await secure.rtcp.waitForPackets(1);
    const opened = secure.receiver!.unprotectRtcp(control!.data);
    expect(opened.ok && opened.value.packet.equals(report)).toBe(true);
    expect(opened.ok && opened.value.encrypted).toBe(name !== 'UNENCRYPTED_SRTCP');
  });

  /** The packet as RFC 4568 §6.3 has it, under rollover counter 0. */
  function asAgreed(name: (typeof names)[number], session: SrtpSession, packet: Buffer): Buffer {
    if (name === 'UNAUTHENTICATED_SRTP') return session.protectRtpAt(packet, 0).subarray(0, -10);
    if (name === 'UNENCRYPTED_SRTCP') return session.protectRtpAt(packet, 0);
    const tag = createHmac('sha1', session.rtpKeys.auth).update(packet).update(Buffer.alloc(4)).digest();
    return Buffer.concat([packet, tag.subarray(0, 10)]);
  }
});
