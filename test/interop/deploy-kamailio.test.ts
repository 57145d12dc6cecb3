import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  adoptSdp,
  answerSdp,
  closeEnd,
  describeEnd,
  openEnd,
  openRtp,
  sendRtp,
  type CallEnd,
} from '../support/call-end.js';
import { TestHost } from '../support/host.js';
import { Kamailio } from '../support/kamailio.js';
import { readOnlyMedia } from '../support/sdp.js';
import { SipAgent } from '../support/sip-agent.js';
import { startAnchor } from '../support/start-anchor.js';
import { RtpStream } from '../support/stream.js';

const PROXY = { address: '127.0.0.1', port: 5060 };
const CONFIGURATION = readFileSync(new URL('../../deploy/kamailio/kamailio.cfg', import.meta.url), 'utf8');

describe('the sample proxy of deploy/kamailio, as it stands', () => {
  let host: TestHost;
  let pbx: SipAgent;
  let trunk: SipAgent;

  beforeAll(async () => {
    host = await TestHost.open();
    pbx = await SipAgent.open(host, 'pbx', PROXY, '127.0.0.2');
    trunk = await SipAgent.open(host, 'trunk', PROXY, '127.0.0.3');
    await startAnchor(host, { ng: { address: '127.0.0.1', port: 2223 } });
    const [pbxPort, trunkPort] = [pbx, trunk].map(({ endpoint }) => endpoint.local.port);
    await Kamailio.start(host, {
      sip: PROXY,
      configuration: CONFIGURATION,
      defines: [`PBX_URI="sip:127.0.0.2:${pbxPort}"`, `TRUNK_URI="sip:127.0.0.3:${trunkPort}"`],
    });
  });
  afterAll(async () => {
    await host.close();
  });

  async function expectMedia(from: CallEnd, to: CallEnd): Promise<void> {
    const packets = new RtpStream({ ssrc: 9, start: 1 }).packets(10);
    for (const packet of packets) await sendRtp(from, packet);
    await to.rtp.waitForPackets(packets.length);
    expect(openRtp(to)).toEqual(packets);
  }

  function endOf(agent: SipAgent): Promise<CallEnd> {
    return agent === pbx ? openEnd(host, 'plain', '127.0.0.2') : openEnd(host, 'AES_CM_128_HMAC_SHA1_80', '127.0.0.3');
  }

  it.each([
    { title: 'from the PBX to the trunk', caller: () => pbx, callee: () => trunk, late: false },
    { title: 'from the trunk to the PBX', caller: () => trunk, callee: () => pbx, late: false },
    {
      title: 'from the PBX to the trunk without SDP in the INVITE',
      caller: () => pbx,
      callee: () => trunk,
      late: true,
    },
  ])('carries a call $title, plain inside and SRTP outside', async ({ caller, callee, late }) => {
    const [near, far] = [await endOf(caller()), await endOf(callee())];
    const dialog = await caller().invite(`sip:18005550100@${PROXY.address}`, late ? null : describeEnd(near));
    const incoming = await callee().waitForInvite();
    await incoming.respond(200, late ? describeEnd(far) : answerSdp(far, incoming.offeredSdp));
    const answered = (await dialog.waitForStatus(200)).body;
    expect(readOnlyMedia(answered).protocol).toBe(near.secure ? 'RTP/SAVP' : 'RTP/AVP');
    await dialog.ack(late ? answerSdp(near, answered) : (adoptSdp(near, answered), ''));
    const ack = await incoming.waitForRequest('ACK');
    if (late) adoptSdp(far, ack.body);
    await expectMedia(near, far);
    await expectMedia(far, near);
    const ended = incoming.answerBye();
    await dialog.bye();
    await ended;
    await Promise.all([closeEnd(near), closeEnd(far)]);
  });

  it('refuses callers that are neither', async () => {
    const stranger = await SipAgent.open(host, 'stranger', PROXY, '127.0.0.9');
    const end = await openEnd(host, 'plain', '127.0.0.9');
    const dialog = await stranger.invite(`sip:1@${PROXY.address}`, describeEnd(end));
    await dialog.waitForStatus(403);
    await closeEnd(end);
  });

  it('refuses with 488 a trunk that offers no security it can use', async () => {
    const end = await openEnd(host, 'plain', '127.0.0.3');
    const offer = describeEnd(end, { protocol: 'RTP/SAVP', attributes: ['crypto:1 NULL_HMAC_SHA1_80 inline:short'] });
    const dialog = await trunk.invite(`sip:1@${PROXY.address}`, offer);
    await dialog.waitForStatus(488);
    await closeEnd(end);
  });
});
