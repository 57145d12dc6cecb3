import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adoptSdp, answerSdp, describeEnd, openRtp, sendRtp, type CallEnd } from '../../support/call-end.js';
import { Capture } from '../../support/capture.js';
import { dropsSince, readDrops } from '../../support/metrics.js';
import { parseRtp } from '../../support/rtp.js';
import { buildSdp } from '../../support/sdp.js';
import { header, headerValues } from '../../support/sip-message.js';
import { SipAgent } from '../../support/sip-agent.js';
import { randomMasterKey, SrtpSession } from '../../support/srtp.js';
import { sleep } from '../../support/wait.js';
import { expectAudio, expectCiphertext, expectSilence, tonePackets } from './rig/audio.js';
import { callIn, callOut, hangUp } from './rig/calls.js';
import { control } from './rig/control-tool.js';
import { capturedDigit } from './rig/dtmf.js';
import { respondTo, sendRequest } from './rig/requests.js';
import { ADDRESSES, World } from './rig/world.js';

const SIGNALLING = '54.172.60.1';
/** Out of 168.86.128.0/18. */
const MEDIA = '168.86.128.10';
const DOMAIN = 'acme.sip.us1.twilio.com';
const DESTINATION = `sip:${DOMAIN}:5061;transport=tls`;
const _80 = 'AES_CM_128_HMAC_SHA1_80';
const _32 = 'AES_CM_128_HMAC_SHA1_32';
const SECURE = { carrier: 'twilio', kind: _80, mediaAddress: MEDIA } as const;

describe('Twilio with TLS and SRTP', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      carriers: [
        {
          ...{ name: 'twilio', secure: 'required', profile: 'twilio', domain: DOMAIN, address: SIGNALLING },
          certificateNames: ['*.sip.us1.twilio.com', '*.sip.twilio.com'],
        },
      ],
      mediaAddresses: [MEDIA],
    });
    await world.edge.waitUntilUp(DESTINATION);
  });
  afterAll(async () => world.close());
  afterEach(() => world.assertRunning());

  it.each([_80, _32] as const)('T1 is offered both suites with tags from 1 and takes %s', async (kind) => {
    const call = await callOut(world, { ...SECURE, kind });
    expect(call.offered.protocol).toBe('RTP/SAVP');
    expect(call.offered.cryptos.map(({ tag, suite }) => [tag, suite])).toEqual([
      [1, _80],
      [2, _32],
    ]);
    const lines = call.offered.lines.filter((line) => line.startsWith('a=crypto:'));
    expect(
      lines.every((line) => /^a=crypto:\d AES_CM_128_HMAC_SHA1_(80|32) inline:[A-Za-z0-9+/]{40}$/.test(line)),
    ).toBe(true);
    expect(call.answered.protocol).toBe('RTP/AVP');
    await expectAudio(call.inside.end, call.outside.end);
    expectCiphertext(call.outside.end);
    await hangUp(call.inside, call.outside);
  });

  it('T2 calls with one suite and is answered with the same tag and suite', async () => {
    const call = await callIn(world, SECURE);
    expect(call.offered.protocol).toBe('RTP/AVP');
    expect(call.offered.cryptos).toHaveLength(0);
    expect(call.answered.protocol).toBe('RTP/SAVP');
    expect(call.answered.cryptos.map(({ tag, suite }) => [tag, suite])).toEqual([[1, _80]]);
    await expectAudio(call.inside.end, call.outside.end);
    expectCiphertext(call.outside.end);
    await hangUp(call.outside, call.inside);
  });

  it('T3 sees no MKI in lines or packets when the inner side uses one', async () => {
    const inside = await world.end(_80, ADDRESSES.pbx);
    const outside = await world.end(_80, MEDIA);
    inside.key = randomMasterKey(_80, Buffer.from([0, 1]));
    inside.sender = new SrtpSession(inside.key);
    const dialog = await world.pbx.invite(`sip:+15550100@${ADDRESSES.edgeInside}`, describeEnd(inside));
    const incoming = await world.trunk('twilio').agent.waitForInvite();
    expect(incoming.offeredSdp).not.toMatch(/a=crypto:.*\|/);
    await incoming.respond(200, answerSdp(outside, incoming.offeredSdp));
    const answer = (await dialog.waitForStatus(200)).body;
    expect(answer).toMatch(/a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[^|]+\|1:2/);
    adoptSdp(inside, answer);
    await dialog.ack();
    await expectAudio(inside, outside);
    // 12 octets of header, 160 of PCMU, 10 of tag; the inner side's packets carry 2 of MKI more.
    expect(new Set(outside.rtp.received.map(({ data }) => data.length))).toEqual(new Set([182]));
    expect(new Set(inside.rtp.received.map(({ data }) => data.length))).toEqual(new Set([184]));
    await incoming.waitForRequest('ACK');
    const ended = incoming.answerBye();
    await dialog.bye();
    await ended;
  });

  it('T8 gets sip: with transport=tls where the inner side says sips:', async () => {
    const inside = await world.end('plain', ADDRESSES.pbx);
    const contact = world.pbx.uri.replace('sip:', 'sips:');
    const dialog = await sendRequest(world.pbx, 'INVITE', `sips:+15550100@${DOMAIN}`, {
      body: describeEnd(inside),
      from: `sips:pbx@example.org`,
      headers: [['referred-by', `<${contact}>`]],
    });
    const incoming = await world.trunk('twilio').agent.waitForInvite();
    const invite = incoming.lastRequest;
    expect(invite.start).toBe(`INVITE sip:+15550100@${DOMAIN}:5061;transport=tls SIP/2.0`);
    for (const name of ['from', 'to', 'contact', 'referred-by', 'record-route']) {
      expect(headerValues(invite, name).join()).toMatch(/sip:/);
      expect(headerValues(invite, name).join()).not.toMatch(/sips:/);
    }
    await incoming.respond(486);
    const busy = await dialog.waitForStatus(486);
    expect(header(busy, 'from')).toMatch(/^<sips:pbx@example.org>/);
    expect(header(busy, 'to')).toMatch(/^<sips:\+15550100@/);
  });

  it('T9 is called by its domain in the request URI and in the ClientHello, also when an address was dialled', async () => {
    for (const target of [`sip:+15550100@${SIGNALLING}:5061;transport=tls`, `sip:+15550100@${DOMAIN}`]) {
      const inside = await world.end('plain', ADDRESSES.pbx);
      const dialog = await world.pbx.invite(target, describeEnd(inside));
      const incoming = await world.trunk('twilio').agent.waitForInvite();
      expect(incoming.lastRequest.start).toBe(`INVITE sip:+15550100@${DOMAIN}:5061;transport=tls SIP/2.0`);
      await incoming.respond(486);
      await dialog.waitForStatus(486);
    }
    const seen = /TRUNK INVITE sip:\+15550100@(\S+) by (\w+) sni=(\S+)/g;
    const invites = [...world.trunk('twilio').process.output.matchAll(seen)].slice(-2);
    expect(invites.map(([, to, by, sni]) => [to, by, sni])).toEqual([
      [`${DOMAIN}:5061;transport=tls`, 'tls', DOMAIN],
      [`${DOMAIN}:5061;transport=tls`, 'tls', DOMAIN],
    ]);
  });

  it('T9 answers 403 to an address in the request URI, which the edge never sends', async () => {
    const trunk = { address: SIGNALLING, port: 5060 };
    const stranger = await SipAgent.open(world.host, 'stranger', trunk, ADDRESSES.stranger);
    const refused = await sendRequest(stranger, 'INVITE', `sip:+15550100@${SIGNALLING}`, {
      body: buildSdp({ port: 9 }),
    });
    await refused.waitForStatus(403);
    await stranger.close();
  });

  it('T10 hears the digits of RFC 4733 captures in order and bit-exact, both ways', async () => {
    const media = {
      payloadTypes: [0, 8, 101],
      attributes: ['rtpmap:8 PCMA/8000', 'rtpmap:101 telephone-event/8000', 'fmtp:101 0-16', 'ptime:20'],
    };
    const call = await callOut(world, { ...SECURE, media });
    for (const { lines } of [call.offered, call.answered]) {
      expect(lines[0]).toMatch(/^m=audio \d+ RTP\/S?AVP 0 8 101$/);
      for (const line of media.attributes) expect(lines).toContain(`a=${line}`);
    }
    const digits = '1234567890'.split('').flatMap(capturedDigit);
    const { inside, outside } = call;
    for (const [from, to] of [
      [inside.end, outside.end],
      [outside.end, inside.end],
    ] as const) {
      await expectDigits(from, to, digits);
    }
    await expectAudio(inside.end, outside.end);
    await hangUp(inside, outside);
  });

  /** The captures repeat the end of an event under one sequence number; a repeat may arrive or not, nothing else may differ. */
  async function expectDigits(from: CallEnd, to: CallEnd, digits: readonly Buffer[]): Promise<void> {
    to.rtp.take();
    for (const packet of digits) {
      await sendRtp(from, packet);
      await sleep(2);
    }
    const wanted = withoutRepeats(digits);
    await to.rtp.waitForPackets(wanted.length);
    await to.rtp.settle();
    const arrived = withoutRepeats(openRtp(to));
    expect(arrived).toEqual(wanted);
    expect(arrived.filter((packet) => parseRtp(packet).marker).map((packet) => parseRtp(packet).payload[0])).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 0,
    ]);
  }

  it('T11 transfers by REFER: the new leg talks on when the old one is gone', async () => {
    const call = await callOut(world, SECURE);
    const { inside, outside } = call;
    await expectAudio(inside.end, outside.end);
    await inside.dialog.request('REFER', '', [
      ['refer-to', `<sip:+15550199@${DOMAIN}>`],
      ['referred-by', `<${world.pbx.uri}>`],
    ]);
    const refer = await outside.dialog.waitForRequest('REFER');
    expect(header(refer, 'refer-to')).toBe(`<sip:+15550199@${DOMAIN}>`);
    await outside.dialog.respond(202);
    await inside.dialog.waitForStatus(202, 'REFER');
    await outside.dialog.request('NOTIFY', '', [
      ['event', 'refer'],
      ['subscription-state', 'active'],
    ]);
    expect(header(await inside.dialog.waitForRequest('NOTIFY'), 'event')).toBe('refer');
    await inside.dialog.respond(200);
    await outside.dialog.waitForStatus(200, 'NOTIFY');
    const transferred = await callIn(world, { ...SECURE, headers: [['replaces', 'old;to-tag=a;from-tag=b']] });
    await hangUp(outside, inside);
    await sleep(1_300);
    await expectAudio(transferred.inside.end, transferred.outside.end);
    await hangUp(transferred.outside, transferred.inside);
  });

  it('T12 shows both legs, their counters and the reason for silence in ctl show, and no keys', async () => {
    const capture = await Capture.start(world.host, world.directory.file('blank.pcap'), 'tcp port 5061');
    const call = await callOut(world, SECURE);
    const { inside, outside } = call;
    const silent = await control(world, 'show', inside.dialog.callId);
    expect(silent).toMatch(/no packet ever; received 0, sent 0/);
    expect(silent).not.toMatch(/media flows both ways/);
    await expectAudio(inside.end, outside.end);
    outside.end.sender = new SrtpSession(randomMasterKey(_80));
    for (const packet of tonePackets(880, 50)) await sendRtp(outside.end, packet);
    await sleep(300);
    const shown = await control(world, 'show', inside.dialog.callId);
    expect(shown).toMatch(/AES_CM_128_HMAC_SHA1_80; last packet \d+ s ago; received 60, sent 60/);
    expect(shown).toMatch(/plain; last packet \d+ s ago; received 60, sent 60/);
    expect(shown).toMatch(/50 packets failed authentication/);
    for (const key of [outside.end.key?.key, outside.end.key?.salt]) {
      expect(shown).not.toContain(key?.toString('base64').slice(0, 12));
    }
    expect(shown).not.toContain(call.offered.cryptos[0]?.inline);
    await hangUp(inside, outside);
    await capture.stop();
    // What a capture of the signalling shows of such a call: nothing.
    const octets = readFileSync(capture.path).toString('latin1');
    expect(octets.length).toBeGreaterThan(3_000);
    expect(octets).not.toMatch(/INVITE|15550100/);
  });

  it('T13 is heard from 168.86.128.0/18 and from nowhere else', async () => {
    const before = await readDrops(world.anchor);
    const elsewhere = await callIn(world, { ...SECURE, mediaAddress: ADDRESSES.stranger });
    await expectSilence(elsewhere.outside.end, elsewhere.inside.end);
    const dropped = dropsSince(before, await readDrops(world.anchor));
    expect(dropped).toEqual({ unknown_source: 10 });
    await hangUp(elsewhere.outside, elsewhere.inside);
    const published = await callIn(world, SECURE);
    await expectAudio(published.inside.end, published.outside.end);
    await hangUp(published.outside, published.inside);
  });

  it('T14 gets and sends user-to-user information and headers of the customer', async () => {
    const headers = [
      ['user-to-user', '56a390f3d2b7310023a;encoding=hex'],
      ['x-customer', 'a=1, b="two"'],
    ] as const;
    for (const start of [callOut, callIn]) {
      const call = await start(world, { ...SECURE, headers });
      const invite = (start === callOut ? call.outside : call.inside).dialog.lastRequest;
      for (const [name, value] of headers) expect(header(invite, name)).toBe(value);
      await hangUp(call.inside, call.outside);
    }
  });

  it('T14 is registered with through the edge, challenge and all', async () => {
    const { agent } = world.trunk('twilio');
    const registering = await sendRequest(world.pbx, 'REGISTER', `sip:${DOMAIN}`, { to: `sip:pbx@${DOMAIN}` });
    const first = await agent.waitForMessage('REGISTER', (message) => message.start.startsWith('REGISTER'));
    expect(first.start).toBe(`REGISTER sip:${DOMAIN}:5061;transport=tls SIP/2.0`);
    expect(header(first, 'contact')).toBe(`<${world.pbx.uri}>`);
    expect(header(first, 'path')).toMatch(/^<sip:203\.0\.113\.1:5061;transport=tls;lr/);
    await respondTo(agent, first, 'SIP/2.0 401 Unauthorized', [['www-authenticate', 'Digest realm="t", nonce="n"']]);
    expect(header(await registering.waitForStatus(401, 'REGISTER'), 'www-authenticate')).toContain('nonce="n"');
    await registering.request('REGISTER', '', [['authorization', 'Digest username="pbx", response="r"']]);
    const second = await agent.waitForMessage('REGISTER', (message) => message.start.startsWith('REGISTER'));
    expect(header(second, 'authorization')).toContain('username="pbx"');
    await respondTo(agent, second, 'SIP/2.0 200 OK', [['contact', `<${world.pbx.uri}>;expires=60`]]);
    expect(header(await registering.waitForStatus(200, 'REGISTER'), 'contact')).toContain('expires=60');
  });

  it('T1 leaves no port and no call behind', async () => {
    await world.waitUntilNoPortIsUsed();
    expect(await world.calls()).toEqual([]);
  });
});

/** One of each sequence number. */
function withoutRepeats(packets: readonly Buffer[]): Buffer[] {
  return packets.filter((packet, at) => !packets.slice(0, at).some((earlier) => earlier.equals(packet)));
}
