import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adoptSdp, answerSdp, describeEnd } from '../../support/call-end.js';
import { readOnlyMedia } from '../../support/sdp.js';
import { header, statusOf } from '../../support/sip-message.js';
import { expectAudio, expectCiphertext } from './rig/audio.js';
import { callIn, callOut, hangUp } from './rig/calls.js';
import { ADDRESSES, World } from './rig/world.js';

const MEDIA = '168.86.128.10';
const _80 = 'AES_CM_128_HMAC_SHA1_80';

/** The three forms that there are (and a fourth that the configuration check refuses). */
const FORMS = [
  {
    carrier: 'twilio',
    secure: 'required',
    domain: 'acme.sip.us1.twilio.com',
    transport: 'tls',
    address: '54.172.60.1',
    kind: _80,
    signalling: '5061 TLS with SRTP',
    number: '+15550100',
  },
  {
    carrier: 'twilio-tls',
    secure: 'off',
    domain: 'acme-tls.sip.us1.twilio.com',
    transport: 'tls',
    address: '54.172.60.2',
    kind: 'plain',
    signalling: '5061 TLS without SRTP',
    number: '+15550100',
  },
  {
    carrier: 'twilio-plain',
    secure: 'off',
    domain: 'acme-plain.sip.us1.twilio.com',
    transport: 'udp',
    address: '54.172.60.3',
    kind: 'plain',
    signalling: '5060 plain',
    number: 'plain-15550100',
  },
] as const;
const [SECURE, TLS_ONLY, PLAIN] = FORMS;

describe("Twilio's switches", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      carriers: FORMS.map(({ carrier, ...form }) => ({
        ...form,
        ...{ name: carrier, profile: carrier, certificateNames: ['*.sip.us1.twilio.com'] },
      })),
      mediaAddresses: [MEDIA],
    });
    for (const { domain } of [SECURE, TLS_ONLY]) await world.edge.waitUntilUp(`sip:${domain}:5061;transport=tls`);
  });
  afterAll(async () => world.close());
  afterEach(() => world.assertRunning());

  it.each(FORMS)('T4 $signalling carries audio in calls both ways', async (form) => {
    const options = { carrier: form.carrier, kind: form.kind, mediaAddress: MEDIA };
    const out = await callOut(world, { ...options, target: `sip:+15550100@${form.domain}` });
    expect(out.offered.protocol).toBe(form.kind === 'plain' ? 'RTP/AVP' : 'RTP/SAVP');
    await expectAudio(out.inside.end, out.outside.end);
    await hangUp(out.inside, out.outside);
    const back = await callIn(world, { ...options, target: `sip:${form.number}@${ADDRESSES.edgeOutside}` });
    expect(back.offered.protocol).toBe('RTP/AVP');
    await expectAudio(back.inside.end, back.outside.end);
    if (form.kind !== 'plain') expectCiphertext(back.outside.end);
    await hangUp(back.outside, back.inside);
    const pattern = new RegExp(
      `TRUNK INVITE sip:\\+15550100@${form.domain}:\\d+;transport=${form.transport} by ${form.transport}`,
    );
    expect(world.trunk(form.carrier).process.output).toMatch(pattern);
  });

  it.each([
    { on: TLS_ONLY, turned: 'secure-on', back: 'secure-off', reason: '32208 Secure media required' },
    { on: PLAIN, turned: 'secure-on', back: 'secure-off', reason: '32209 Secure transport required' },
    { on: SECURE, turned: 'secure-off', back: 'secure-on', reason: '32207 Secure media not allowed' },
  ] as const)(
    'T5 a call that the far end refuses with $reason ends as 488 with that reason',
    async ({ on, turned, back, reason }) => {
      const trunk = world.trunk(on.carrier);
      await trunk.turn(turned);
      const inside = await world.end('plain', ADDRESSES.pbx);
      const dialog = await world.pbx.invite(`sip:+15550100@${on.domain}`, describeEnd(inside));
      const refused = await dialog.waitForStatus(488);
      expect(refused.start).toBe(`SIP/2.0 488 ${reason}`);
      expect(header(refused, 'x-twilio-error')).toBe(reason);
      expect(await world.calls()).toEqual([]);
      await trunk.turn(back);
    },
  );

  it.each([
    {
      on: TLS_ONLY,
      kind: _80,
      number: '+15550100',
      reason: /Secure media not allowed: .*RTP\/SAVP offered, the policy of this side is off/,
    },
    {
      on: PLAIN,
      kind: _80,
      number: 'plain-15550100',
      reason: /Secure media not allowed: .*the policy of this side is off/,
    },
    {
      on: SECURE,
      kind: 'plain',
      number: '+15550100',
      reason: /Secure media required: .*RTP\/AVP offered, the policy of this side is required/,
    },
  ] as const)(
    'T5 a call from $on.signalling with media that is $kind is refused with 488 and our reason',
    async ({ on, kind, number, reason }) => {
      const { agent } = world.trunk(on.carrier);
      const outside = await world.end(kind, MEDIA);
      const dialog = await agent.invite(`sip:${number}@${ADDRESSES.edgeOutside}`, describeEnd(outside));
      const refused = await dialog.waitForStatus(488);
      expect(header(refused, 'warning')).toMatch(/^399 edge ".*"$/);
      expect(header(refused, 'warning')).toMatch(reason);
      expect(header(refused, 'warning')).not.toContain(outside.key?.key.toString('base64').slice(0, 10) ?? 'inline:');
      expect(world.pbx.has((message) => message.start.startsWith('INVITE'))).toBe(false);
      expect(await world.calls()).toEqual([]);
    },
  );

  it('T2 an offer with no suite that we allow is refused and says both, never answered as RTP/AVP', async () => {
    const { agent } = world.trunk('twilio');
    const outside = await world.end('AEAD_AES_256_GCM', MEDIA);
    const dialog = await agent.invite(`sip:+15550100@${ADDRESSES.edgeOutside}`, describeEnd(outside));
    const warning = header(await dialog.waitForStatus(488), 'warning');
    expect(warning).toMatch(/No usable a=crypto line: .*AEAD_AES_256_GCM.*allowed.*AES_CM_128_HMAC_SHA1_80/);
  });

  it('T5 an answer without SRTP to an offer with SRTP ends the call on both sides, and no media goes there', async () => {
    const inside = await world.end('plain', ADDRESSES.pbx);
    const plain = await world.end('plain', MEDIA);
    const dialog = await world.pbx.invite(`sip:+15550100@${SECURE.domain}`, describeEnd(inside));
    const incoming = await world.trunk('twilio').agent.waitForInvite();
    expect(readOnlyMedia(incoming.offeredSdp).protocol).toBe('RTP/SAVP');
    await incoming.respond(200, describeEnd(plain));
    const answer = readOnlyMedia((await dialog.waitForStatus(200)).body);
    expect(answer.port).toBe(0);
    await dialog.ack();
    await Promise.all([incoming.answerBye(), dialog.answerBye()]);
    expect(await world.calls()).toEqual([]);
    expect(world.edge.process.output).toContain('Secure media required: ');
  });

  it('T5 the far end hangs up at once when its secure offer is answered as RTP/AVP, which the anchor never does', async () => {
    const { agent } = world.trunk('twilio');
    const outside = await world.end(_80, MEDIA);
    const inside = await world.end('plain', ADDRESSES.pbx);
    const dialog = await agent.invite(`sip:+15550100@${ADDRESSES.edgeOutside}`, describeEnd(outside));
    const incoming = await world.pbx.waitForInvite();
    // A PBX that answers twice over: early media, then the call.
    const answer = answerSdp(inside, incoming.offeredSdp);
    await incoming.respond(183, answer);
    expect(readOnlyMedia((await dialog.waitForStatus(183)).body).protocol).toBe('RTP/SAVP');
    await incoming.respond(200, answer);
    const media = adoptSdp(outside, (await dialog.waitForStatus(200)).body);
    await dialog.ack();
    await incoming.waitForRequest('ACK');
    if (media.protocol !== 'RTP/SAVP') await dialog.bye();
    expect(agent.has((message) => statusOf(message) === 200)).toBe(false);
    await expectAudio(inside, outside);
    const ended = incoming.answerBye();
    await dialog.bye();
    await ended;
  });

  it('T4 leaves no port behind', async () => {
    await world.waitUntilNoPortIsUsed();
  });
});
