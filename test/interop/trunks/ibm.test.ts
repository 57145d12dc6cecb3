import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adoptSdp, answerSdp, describeEnd } from '../../support/call-end.js';
import { readOnlyMedia } from '../../support/sdp.js';
import { sleep } from '../../support/wait.js';
import { expectAudio, expectCiphertext } from './rig/audio.js';
import { callIn, callOut, hangUp, renegotiate, type TrunkCall } from './rig/calls.js';
import { ADDRESSES, World } from './rig/world.js';

const MEDIA = '198.51.100.31';
const _80 = 'AES_CM_128_HMAC_SHA1_80';
const SOUTH = { carrier: 'us-south', kind: _80, mediaAddress: MEDIA } as const;
const EAST = { ...SOUTH, carrier: 'us-east' } as const;
const REGIONS = { 'us-south': 'us-south.voice.example', 'us-east': 'us-east.voice.example' } as const;
/** RTP and RTCP on each side of one call. */
const PORTS_OF_A_CALL = 4;

describe('two regions behind one trunk', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      carriers: [
        {
          name: 'us-south',
          secure: 'preferred',
          profile: 'ibm',
          domain: REGIONS['us-south'],
          address: '198.51.100.20',
        },
        { name: 'us-east', secure: 'preferred', profile: 'ibm', domain: REGIONS['us-east'], address: '198.51.100.30' },
      ],
      together: ['us-south', 'us-east'],
      mediaAddresses: [MEDIA],
    });
    for (const domain of Object.values(REGIONS)) await world.edge.waitUntilUp(`sip:${domain}:5061;transport=tls`);
  });
  afterAll(async () => world.close());
  afterEach(async () => {
    for (const trunk of world.trunks.values()) {
      trunk.freeze(false);
      await trunk.turn('fail-none');
      await trunk.turn('secure-on');
    }
    world.assertRunning();
    expect(await world.calls()).toEqual([]);
    await world.waitUntilNoPortIsUsed();
  });

  async function endCall({ inside, outside }: TrunkCall): Promise<void> {
    await hangUp(inside, outside);
  }

  async function expectOneCallsPorts(): Promise<void> {
    // The attempt that failed has a second to go.
    await sleep(1_500);
    expect(await world.portsUsed()).toBe(PORTS_OF_A_CALL);
  }

  it('I1 the first region takes the calls while it can', async () => {
    const call = await callOut(world, SOUTH);
    await expectAudio(call.inside.end, call.outside.end);
    expect(world.trunk('us-east').process.output).not.toContain('TRUNK INVITE');
    await endCall(call);
  });

  it('I1 the second region takes over a call that the first answers with 503, by its own name, and no port is left', async () => {
    await world.trunk('us-south').turn('fail-503');
    const call = await callOut(world, EAST);
    const invite = `TRUNK INVITE sip:+15550100@${REGIONS['us-east']}:5061;transport=tls by tls sni=${REGIONS['us-east']}`;
    expect(world.trunk('us-east').process.output).toContain(invite);
    await expectAudio(call.inside.end, call.outside.end);
    expectCiphertext(call.outside.end);
    await expectOneCallsPorts();
    await endCall(call);
  });

  it('I1 the second region is offered other keys than the first was', async () => {
    const south = world.trunk('us-south').agent;
    const [inside, outside] = [await world.end('plain', ADDRESSES.pbx), await world.end(_80, MEDIA)];
    const dialog = await world.pbx.invite(`sip:+15550100@${ADDRESSES.edgeInside}`, describeEnd(inside));
    const first = await south.waitForInvite();
    const refused = readOnlyMedia(first.offeredSdp);
    await first.respond(500);
    const second = await world.trunk('us-east').agent.waitForInvite();
    const taken = readOnlyMedia(second.offeredSdp);
    const keys = [...refused.cryptos, ...taken.cryptos].map(({ inline }) => inline);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(4);
    expect(taken.port).not.toBe(refused.port);
    await second.respond(200, answerSdp(outside, second.offeredSdp));
    adoptSdp(inside, (await dialog.waitForStatus(200)).body);
    await dialog.ack();
    await second.waitForRequest('ACK');
    await expectAudio(inside, outside);
    await expectOneCallsPorts();
    const ended = second.answerBye();
    await dialog.bye();
    await ended;
  });

  it('I1 the second region takes over with early media of the first still in the ear, on the same inside ports', async () => {
    const [inside, early, outside] = [
      await world.end('plain', ADDRESSES.pbx),
      await world.end(_80, MEDIA),
      await world.end(_80, MEDIA),
    ];
    const dialog = await world.pbx.invite(`sip:+15550100@${ADDRESSES.edgeInside}`, describeEnd(inside));
    const first = await world.trunk('us-south').agent.waitForInvite();
    await first.respond(183, answerSdp(early, first.offeredSdp));
    adoptSdp(inside, (await dialog.waitForStatus(183)).body);
    await expectAudio(inside, early);
    const port = inside.anchorRtp.port;
    await first.respond(503);
    const second = await world.trunk('us-east').agent.waitForInvite();
    await second.respond(200, answerSdp(outside, second.offeredSdp));
    adoptSdp(inside, (await dialog.waitForStatus(200)).body);
    await dialog.ack();
    await second.waitForRequest('ACK');
    expect(inside.anchorRtp.port).toBe(port);
    await expectAudio(inside, outside);
    await expectOneCallsPorts();
    const ended = second.answerBye();
    await dialog.bye();
    await ended;
  });

  it('I1 the second region takes over when the first says nothing at all', async () => {
    world.trunk('us-south').freeze(true);
    const call = await callOut(world, EAST);
    await expectAudio(call.inside.end, call.outside.end);
    await expectOneCallsPorts();
    await endCall(call);
    world.trunk('us-south').freeze(false);
    // Two rounds of the health check, and it is back; what it had not read is no call any more.
    await sleep(2_500);
    const { agent } = world.trunk('us-south');
    expect(agent.has((message) => message.start.startsWith('INVITE'))).toBe(true);
    agent.messages.splice(0);
  });

  it('I1 a call that no region takes is refused and leaves nothing', async () => {
    for (const region of ['us-south', 'us-east']) await world.trunk(region).turn('fail-503');
    const inside = await world.end('plain', ADDRESSES.pbx);
    const dialog = await world.pbx.invite(`sip:+15550100@${ADDRESSES.edgeInside}`, describeEnd(inside));
    // A proxy makes 500 of a 503 that it passes on (RFC 3261 §16.7).
    await dialog.waitForStatus(500);
  });

  it('I2 TLS without SRTP and TLS with SRTP are served side by side', async () => {
    const secure = await callIn(world, SOUTH);
    const plain = await callIn(world, { ...EAST, kind: 'plain' });
    expect(secure.answered.protocol).toBe('RTP/SAVP');
    expect(plain.answered.protocol).toBe('RTP/AVP');
    await Promise.all([
      expectAudio(secure.inside.end, secure.outside.end),
      expectAudio(plain.inside.end, plain.outside.end),
    ]);
    expectCiphertext(secure.outside.end);
    for (const call of [secure, plain]) await endCall(call);
  });

  it('I3 preferred serves both while the switch is flipped by hand, and calls in progress stay as they are', async () => {
    const south = world.trunk('us-south');
    const before = await callOut(world, SOUTH);
    await south.turn('secure-off');
    const during = await callOut(world, { ...SOUTH, kind: 'plain' });
    expect(during.offered.protocol).toBe('RTP/AVP');
    expect(during.offered.cryptos).toHaveLength(0);
    await south.turn('secure-on');
    const after = await callOut(world, SOUTH);
    expect(after.offered.protocol).toBe('RTP/SAVP');
    expect(world.edge.process.output).toContain('trunk us-south takes no SRTP (488): again without');
    for (const call of [before, during, after]) await expectAudio(call.inside.end, call.outside.end);
    for (const call of [before, during]) {
      for (const direction of ['sendonly', 'sendrecv'] as const) {
        const offered = await renegotiate(call.inside, call.outside, direction);
        expect(offered.protocol).toBe(call === before ? 'RTP/SAVP' : 'RTP/AVP');
      }
      await expectAudio(call.inside.end, call.outside.end);
    }
    for (const call of [before, during, after]) await endCall(call);
  });
  it('I3 required, set while running, holds at once, and dispatcher.list shows who is up', async () => {
    const south = world.trunk('us-south');
    await south.turn('secure-off');
    await world.edge.command('htable.sets', 'trunk', 'us-south.secure', 'required');
    const inside = await world.end('plain', ADDRESSES.pbx);
    const dialog = await world.pbx.invite(`sip:+15550100@${ADDRESSES.edgeInside}`, describeEnd(inside));
    expect((await dialog.waitForStatus(488)).start).toContain('32207');
    await world.edge.command('htable.sets', 'trunk', 'us-south.secure', 'preferred');
    const call = await callOut(world, { ...SOUTH, kind: 'plain' });
    await expectAudio(call.inside.end, call.outside.end);
    await endCall(call);
    const listed = await world.edge.command('dispatcher.list');
    for (const domain of Object.values(REGIONS)) {
      expect(listed).toMatch(new RegExp(`URI: sip:${domain}:5061;transport=tls\\s+FLAGS: AP`));
    }
  });
});
