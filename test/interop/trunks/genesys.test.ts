import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adoptSdp, answerSdp, describeEnd, openEnd } from '../../support/call-end.js';
import { readOnlyMedia } from '../../support/sdp.js';
import { expectAudio, expectCiphertext, expectSilence } from './rig/audio.js';
import { callIn, callOut, hangUp, renegotiate, type Side } from './rig/calls.js';
import { ADDRESSES, World } from './rig/world.js';

/*
 * SIP Server is the PBX here: it steers calls between a carrier and its own agents and media servers (third-party call
 * control), and what it steers speaks RTP only.
 */
const MEDIA = '198.51.100.41';
const MUSIC_SERVER = '10.9.0.9';
const _80 = 'AES_CM_128_HMAC_SHA1_80';
const CARRIER = { carrier: 'carrier', kind: _80, mediaAddress: MEDIA } as const;

describe('Genesys SIP Server behind the edge', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      carriers: [
        {
          name: 'carrier',
          secure: 'required',
          profile: 'srtp',
          domain: 'sbc.carrier.example',
          address: '198.51.100.40',
        },
        {
          name: 'genesys',
          secure: 'off',
          profile: 'genesys',
          domain: 'genesys.example',
          transport: 'udp',
          address: '198.51.100.50',
        },
      ],
      mediaAddresses: [MEDIA, MUSIC_SERVER],
    });
    await world.edge.waitUntilUp('sip:sbc.carrier.example:5061;transport=tls');
  });
  afterAll(async () => world.close());
  afterEach(async () => {
    world.assertRunning();
    await world.waitUntilNoPortIsUsed();
  });

  /** A call that its caller begins without a body: the called side offers, the caller answers in the ACK. */
  async function callLate(from: 'inside' | 'outside'): Promise<{ inside: Side; outside: Side }> {
    const [inside, outside] = [await world.end('plain', ADDRESSES.pbx), await world.end(_80, MEDIA)];
    const { agent } = world.trunk('carrier');
    const [caller, called, callerEnd, calledEnd] =
      from === 'inside' ? [world.pbx, agent, inside, outside] : [agent, world.pbx, outside, inside];
    const where = from === 'inside' ? ADDRESSES.edgeInside : ADDRESSES.edgeOutside;
    const dialog = await caller.invite(`sip:+15550100@${where}`, null);
    const incoming = await called.waitForInvite();
    expect(incoming.offeredSdp).toBe('');
    await incoming.respond(200, describeEnd(calledEnd));
    const offered = (await dialog.waitForStatus(200)).body;
    expect(readOnlyMedia(offered).protocol).toBe(from === 'inside' ? 'RTP/AVP' : 'RTP/SAVP');
    await dialog.ack(answerSdp(callerEnd, offered));
    const answered = (await incoming.waitForRequest('ACK')).body;
    expect(readOnlyMedia(answered).protocol).toBe(from === 'inside' ? 'RTP/SAVP' : 'RTP/AVP');
    adoptSdp(calledEnd, answered);
    const [near, far] = from === 'inside' ? [dialog, incoming] : [incoming, dialog];
    return {
      inside: { agent: world.pbx, dialog: near, end: inside },
      outside: { agent, dialog: far, end: outside },
    };
  }

  it.each(['inside', 'outside'] as const)(
    'G1 an INVITE without SDP from the %s is offered in the 200 and answered in the ACK',
    async (from) => {
      const { inside, outside } = await callLate(from);
      await expectAudio(inside.end, outside.end);
      expectCiphertext(outside.end);
      await hangUp(outside, inside);
    },
  );

  it('G1 a re-INVITE without SDP keeps ports, keys and audio', async () => {
    const { inside, outside } = await callLate('inside');
    await expectAudio(inside.end, outside.end);
    const [ports, key] = [[inside.end.anchorRtp, outside.end.anchorRtp], outside.end.receiver];
    await inside.dialog.reinvite(null);
    const request = await outside.dialog.waitForRequest('INVITE');
    expect(request.body).toBe('');
    await outside.dialog.respond(200, describeEnd(outside.end));
    await inside.dialog.ack(answerSdp(inside.end, (await inside.dialog.waitForStatus(200)).body));
    adoptSdp(outside.end, (await outside.dialog.waitForRequest('ACK')).body);
    expect([inside.end.anchorRtp, outside.end.anchorRtp]).toEqual(ports);
    expect(outside.end.receiver === key).toBe(true);
    await expectAudio(inside.end, outside.end);
    await hangUp(inside, outside);
  });

  it('G1 twenty rounds of hold by inactive and by 0.0.0.0, each resumed with new SSRCs, keep ports and keys', async () => {
    const call = await callIn(world, CARRIER);
    const { inside, outside } = call;
    await expectAudio(inside.end, outside.end);
    const [ports, key] = [[inside.end.anchorRtp, outside.end.anchorRtp], outside.end.receiver];
    for (let round = 0; round < 20; round++) {
      const [holder, held] = round % 3 === 2 ? [outside, inside] : [inside, outside];
      if (round % 2 === 0) await renegotiate(holder, held, 'inactive');
      else await renegotiate(holder, held, 'sendrecv', { address: '0.0.0.0' });
      if (round < 2) await expectSilence(held.end, holder.end);
      await renegotiate(holder, held, 'sendrecv');
      await expectAudio(inside.end, outside.end);
    }
    expect([inside.end.anchorRtp, outside.end.anchorRtp]).toEqual(ports);
    expect(outside.end.receiver === key).toBe(true);
    await hangUp(inside, outside);
  });

  it('G1 streams with new SSRCs come through unannounced, from either side', async () => {
    const { inside, outside } = await callOut(world, CARRIER);
    for (let change = 0; change < 5; change++) await expectAudio(inside.end, outside.end);
    await hangUp(inside, outside);
  });

  it('G1 the call moves from a media server to an agent and back by re-INVITE', async () => {
    const { inside, outside } = await callIn(world, CARRIER);
    await expectAudio(inside.end, outside.end);
    const music: Side = { ...inside, end: await openEnd(world.host, 'plain', MUSIC_SERVER) };
    await renegotiate(music, outside);
    await expectAudio(music.end, outside.end);
    await expectSilence(inside.end, outside.end);
    await renegotiate(inside, outside);
    await expectAudio(inside.end, outside.end);
    await hangUp(outside, inside);
  });

  it('G2 a media server without SRTP hears and is heard by a carrier with it, and sees no key', async () => {
    for (const start of [callIn, callOut]) {
      const { inside, outside, offered, answered } = await start(world, CARRIER);
      const shown = start === callIn ? offered : answered;
      expect(shown.protocol).toBe('RTP/AVP');
      expect(shown.lines.join()).not.toContain('crypto');
      await expectAudio(inside.end, outside.end);
      expectCiphertext(outside.end);
      await hangUp(inside, outside);
    }
  });

  it('G2 a SIP Server out there with plain media takes calls from phones with SRTP', async () => {
    const [phone, server] = [await world.end(_80, ADDRESSES.pbx), await world.end('plain', MEDIA)];
    const dialog = await world.pbx.invite('sip:+15550100@genesys.example', describeEnd(phone));
    const incoming = await world.trunk('genesys').agent.waitForInvite();
    expect(readOnlyMedia(incoming.offeredSdp)).toMatchObject({ protocol: 'RTP/AVP', cryptos: [] });
    await incoming.respond(200, answerSdp(server, incoming.offeredSdp));
    adoptSdp(phone, (await dialog.waitForStatus(200)).body);
    await dialog.ack();
    await incoming.waitForRequest('ACK');
    await expectAudio(phone, server);
    expectCiphertext(phone);
    const ended = incoming.answerBye();
    await dialog.bye();
    await ended;
  });
});
