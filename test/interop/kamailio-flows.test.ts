import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
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
import { SipAgent, type SipDialog } from '../support/sip-agent.js';
import { header, statusOf } from '../support/sip-message.js';
import { startAnchor } from '../support/start-anchor.js';
import { RtpStream } from '../support/stream.js';
import { waitFor } from '../support/wait.js';

const PROXY = { address: '127.0.0.1', port: 5060 };
const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const CONFIGURATION = readFileSync(new URL('./flows.cfg', import.meta.url), 'utf8');

/** A caller or callee with its media. */
interface Party {
  readonly agent: SipAgent;
  readonly end: CallEnd;
}

interface Call {
  readonly caller: Party & { readonly dialog: SipDialog };
  readonly callee: Party & { readonly dialog: SipDialog };
}

let nextSsrc = 1;

/** Ten packets from one end, all of which the other must open, payload for payload. */
async function expectMedia(from: CallEnd, to: CallEnd): Promise<void> {
  to.rtp.take();
  const packets = new RtpStream({ ssrc: nextSsrc++, start: 100 }).packets(10);
  for (const packet of packets) await sendRtp(from, packet);
  await to.rtp.waitForPackets(packets.length);
  expect(openRtp(to)).toEqual(packets);
}

async function expectBothWays(one: CallEnd, other: CallEnd): Promise<void> {
  await expectMedia(one, other);
  await expectMedia(other, one);
}

async function expectSilence(from: CallEnd, to: CallEnd): Promise<void> {
  to.rtp.take();
  for (const packet of new RtpStream({ ssrc: nextSsrc++ }).packets(10)) await sendRtp(from, packet);
  expect(await to.rtp.settle()).toHaveLength(0);
}

describe('flows through Kamailio with rtpengine_manage()', () => {
  let host: TestHost;
  let anchor: Anchor;
  let kamailio: Kamailio;
  let parties: Party[];
  let agents: Record<'alice' | 'secure' | 'secure2', SipAgent>;

  beforeAll(async () => {
    host = await TestHost.open();
    anchor = await startAnchor(host, { ng: { address: '127.0.0.1', port: 2223 } });
    agents = {
      alice: await SipAgent.open(host, 'alice', PROXY),
      secure: await SipAgent.open(host, 'secure', PROXY),
      secure2: await SipAgent.open(host, 'secure2', PROXY),
    };
    kamailio = await Kamailio.start(host, {
      sip: PROXY,
      configuration: CONFIGURATION,
      defines: [
        `SIP_LISTEN=udp:${PROXY.address}:${PROXY.port}`,
        'ANCHORS="udp:127.0.0.1:2223"',
        `FORK_ONE="${agents.secure.uri}"`,
        `FORK_TWO="${agents.secure2.uri}"`,
      ],
    });
  });
  afterAll(async () => {
    await host.close();
  });
  beforeEach(() => {
    parties = [];
  });
  afterEach(async () => {
    await Promise.all(parties.map(({ end }) => closeEnd(end)));
    kamailio.process.assertRunning();
    anchor.process.assertRunning();
  });

  async function party(agent: SipAgent): Promise<Party> {
    const made = { agent, end: await openEnd(host, agent.name.startsWith('secure') ? SUITE : 'plain') };
    parties.push(made);
    return made;
  }

  async function establish(from: SipAgent, to: SipAgent): Promise<Call> {
    const [caller, callee] = [await party(from), await party(to)];
    const dialog = await from.invite(to.uri, describeEnd(caller.end));
    const incoming = await to.waitForInvite();
    await incoming.respond(200, answerSdp(callee.end, incoming.offeredSdp));
    adoptSdp(caller.end, (await dialog.waitForStatus(200)).body);
    await dialog.ack();
    await incoming.waitForRequest('ACK');
    return { caller: { ...caller, dialog }, callee: { ...callee, dialog: incoming } };
  }

  /** A re-INVITE from one side with a direction, answered by the other. */
  async function change(
    by: Call['caller'],
    other: Call['caller'],
    direction: 'sendonly' | 'inactive' | 'sendrecv',
  ): Promise<string> {
    const answers = { sendonly: 'recvonly', inactive: 'inactive', sendrecv: 'sendrecv' } as const;
    await by.dialog.reinvite(describeEnd(by.end, { direction }));
    const request = await other.dialog.waitForRequest('INVITE');
    await other.dialog.respond(200, answerSdp(other.end, request.body, { direction: answers[direction] }));
    adoptSdp(by.end, (await by.dialog.waitForStatus(200)).body);
    await by.dialog.ack();
    await other.dialog.waitForRequest('ACK');
    return request.body;
  }

  async function hangUp({ caller, callee }: Call): Promise<void> {
    const ended = callee.dialog.answerBye();
    await caller.dialog.bye();
    await ended;
  }

  it.each([
    ['plain to secure', 'alice', 'secure'],
    ['secure to plain', 'secure', 'alice'],
    ['secure to secure', 'secure', 'secure2'],
  ] as const)('a call from %s carries media both ways and falls silent after BYE', async (_title, from, to) => {
    const call = await establish(agents[from], agents[to]);
    await expectBothWays(call.caller.end, call.callee.end);
    await hangUp(call);
  });

  it('hold and resume, twenty rounds from alternating sides, keep ports and keys', async () => {
    const call = await establish(agents.alice, agents.secure);
    const { caller, callee } = call;
    await expectBothWays(caller.end, callee.end);
    const ports = [caller.end.anchorRtp, callee.end.anchorRtp];
    const key = callee.end.receiver;
    for (let round = 0; round < 20; round++) {
      const [holder, held] = round % 2 === 0 ? [caller, callee] : [callee, caller];
      const offered = await change(holder, held, round % 4 < 2 ? 'sendonly' : 'inactive');
      expect(offered).toMatch(round % 4 < 2 ? /a=sendonly/ : /a=inactive/);
      await change(holder, held, 'sendrecv');
    }
    expect([caller.end.anchorRtp, callee.end.anchorRtp]).toEqual(ports);
    // The stand-in takes new keys.
    if (anchor.kind === 'srtp-anchor') expect(callee.end.receiver === key).toBe(true);
    await expectBothWays(caller.end, callee.end);
    await hangUp(call);
  });

  it('a late offer (INVITE without SDP) is offered in the 200 and answered in the ACK', async () => {
    const [caller, callee] = [await party(agents.alice), await party(agents.secure)];
    const dialog = await agents.alice.invite(agents.secure.uri, null);
    const incoming = await agents.secure.waitForInvite();
    expect(incoming.offeredSdp).toBe('');
    await incoming.respond(200, describeEnd(callee.end));
    const offered = (await dialog.waitForStatus(200)).body;
    expect(readOnlyMedia(offered).protocol).toBe('RTP/AVP');
    await dialog.ack(answerSdp(caller.end, offered));
    const answered = (await incoming.waitForRequest('ACK')).body;
    expect(readOnlyMedia(answered).protocol).toBe('RTP/SAVP');
    adoptSdp(callee.end, answered);
    const call = { caller: { ...caller, dialog }, callee: { ...callee, dialog: incoming } };
    await expectBothWays(caller.end, callee.end);
    await hangUp(call);
  });

  it('a parallel fork with early media from one branch and the answer from the other', async () => {
    const [caller, early, late] = [await party(agents.alice), await party(agents.secure), await party(agents.secure2)];
    const dialog = await agents.alice.invite(`sip:secure-fork@${PROXY.address}:${PROXY.port}`, describeEnd(caller.end));
    const [first, second] = [await agents.secure.waitForInvite(), await agents.secure2.waitForInvite()];
    await first.respond(183, answerSdp(early.end, first.offeredSdp));
    adoptSdp(caller.end, (await dialog.waitForStatus(183)).body);
    await expectBothWays(caller.end, early.end);
    await second.respond(200, answerSdp(late.end, second.offeredSdp));
    adoptSdp(caller.end, (await dialog.waitForStatus(200)).body);
    await dialog.ack();
    await second.waitForRequest('ACK');
    await first.acceptCancel();
    await expectBothWays(caller.end, late.end);
    await hangUp({ caller: { ...caller, dialog }, callee: { ...late, dialog: second } });
  });

  it('a T.38 re-INVITE passes UDPTL untouched, and audio comes back after it', async () => {
    const call = await establish(agents.alice, agents.secure);
    const { caller, callee } = call;
    await expectBothWays(caller.end, callee.end);
    const fax = (end: CallEnd): string => faxSdp(end.rtp.local.address, end.rtp.local.port);
    await caller.dialog.reinvite(fax(caller.end));
    const request = await callee.dialog.waitForRequest('INVITE');
    const offered = readOnlyMedia(request.body);
    expect(offered).toMatchObject({ kind: 'image', protocol: 'udptl', cryptos: [] });
    await callee.dialog.respond(200, fax(callee.end));
    const answered = readOnlyMedia((await caller.dialog.waitForStatus(200)).body);
    expect(answered).toMatchObject({ kind: 'image', protocol: 'udptl' });
    await caller.dialog.ack();
    await callee.dialog.waitForRequest('ACK');
    await expectDatagram(caller.end, callee.end, answered.port);
    await expectDatagram(callee.end, caller.end, offered.port);
    await change(caller, callee, 'sendrecv');
    await expectBothWays(caller.end, callee.end);
    await hangUp(call);
  });

  it('a call that nobody answers is deleted when the caller gives up', async () => {
    const [caller, callee] = [await party(agents.alice), await party(agents.secure)];
    const dialog = await agents.alice.invite(agents.secure.uri, describeEnd(caller.end));
    const incoming = await agents.secure.waitForInvite();
    await incoming.respond(183, answerSdp(callee.end, incoming.offeredSdp));
    adoptSdp(caller.end, (await dialog.waitForStatus(183)).body);
    await expectBothWays(caller.end, callee.end);
    await dialog.cancel();
    await incoming.acceptCancel();
    await dialog.waitForStatus(487);
  });

  it('media stops at once for those whose call is over', async () => {
    const call = await establish(agents.alice, agents.secure);
    await expectBothWays(call.caller.end, call.callee.end);
    await hangUp(call);
    const other = await establish(agents.alice, agents.secure2);
    // Ports linger for the delete delay, but one call's media never gets into another's.
    await expectBothWays(other.caller.end, other.callee.end);
    await expectSilence(call.caller.end, other.callee.end);
    await hangUp(other);
  });
});

function faxSdp(address: string, port: number): string {
  const lines = [
    'v=0',
    `o=- 1 9 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=image ${port} udptl t38`,
  ];
  return [...lines, 'a=T38FaxVersion:0', 'a=T38MaxBitRate:14400', 'a=T38FaxUdpEC:t38UDPRedundancy', ''].join('\r\n');
}

/** A UDPTL packet: a 16-bit sequence number and an IFP; nothing that looks like RTP. */
async function expectDatagram(from: CallEnd, to: CallEnd, port: number): Promise<void> {
  to.rtp.take();
  const datagram = Buffer.from([0, 1, 6, 0xc0, 1, 0x80, 0, 0, 0xff]);
  await from.rtp.send(datagram, { address: '127.0.0.1', port });
  const [packet] = await to.rtp.waitForPackets(1);
  expect(packet?.data).toEqual(datagram);
}

describe('two anchors behind one Kamailio', () => {
  const NODES = [2223, 2224].map((port) => ({ address: '127.0.0.1', port }));
  let host: TestHost;
  let kamailio: Kamailio;
  let alice: SipAgent;
  let bob: SipAgent;

  afterEach(async () => {
    await host.close();
  });

  async function start(extraArguments: readonly string[]): Promise<Anchor[]> {
    host = await TestHost.open();
    const anchors = await Promise.all(
      NODES.map((ng, i) =>
        startAnchor(host, { ng, portMin: 30_000 + i * 1_000, portMax: 30_999 + i * 1_000, extraArguments }),
      ),
    );
    alice = await SipAgent.open(host, 'alice', PROXY);
    bob = await SipAgent.open(host, 'bob', PROXY);
    kamailio = await Kamailio.start(host, {
      sip: PROXY,
      configuration: CONFIGURATION,
      defines: [
        `SIP_LISTEN=udp:${PROXY.address}:${PROXY.port}`,
        `ANCHORS="${NODES.map(({ address, port }) => `udp:${address}:${port}`).join(' ')}"`,
        'FORK_ONE="sip:nobody@127.0.0.1:9"',
        'FORK_TWO="sip:nobody@127.0.0.1:9"',
      ],
    });
    return anchors;
  }

  /** The port of the anchor that a call went through, or undefined when no anchor took it. */
  async function callOnce(): Promise<number | undefined> {
    const [caller, callee] = [await openEnd(host, 'plain'), await openEnd(host, 'plain')];
    const dialog = await alice.invite(bob.uri, describeEnd(caller));
    const incoming = await Promise.race([bob.waitForInvite(10_000), refusal(dialog).then(() => undefined)]);
    if (incoming === undefined) return undefined;
    await incoming.respond(200, answerSdp(callee, incoming.offeredSdp));
    adoptSdp(caller, (await dialog.waitForStatus(200)).body);
    await dialog.ack();
    await incoming.waitForRequest('ACK');
    await expectBothWays(caller, callee);
    return caller.anchorRtp.port;
  }

  async function refusal(dialog: SipDialog): Promise<void> {
    await waitFor(
      'a refusal',
      () => alice.has((message) => (statusOf(message) ?? 0) >= 400 && header(message, 'call-id') === dialog.callId),
      { timeoutMilliseconds: 12_000 },
    );
  }

  it('the second takes the call that the first has no room for, and a third call is refused', async () => {
    await start(['--max-sessions', '1']);
    const ports = [await callOnce(), await callOnce()].map((port) => Math.floor((port ?? 0) / 1_000));
    expect(ports.toSorted()).toEqual([30, 31]);
    expect(await callOnce()).toBeUndefined();
    kamailio.process.assertRunning();
  });

  it('the one that lives takes all calls when the other has died', async () => {
    const [first] = await start([]);
    first!.process.signal('SIGKILL');
    await waitFor('the first anchor to be gone', () => !first!.process.running);
    const ports: number[] = [];
    for (let i = 0; i < 4; i++) ports.push(Math.floor(((await callOnce()) ?? 0) / 1_000));
    expect(ports).toEqual([31, 31, 31, 31]);
  });
});

describe('the anchor controlled over WebSocket, by the lwsc module', () => {
  let host: TestHost;

  afterEach(async () => {
    await host.close();
  });

  it('carries a call from plain to secure', async () => {
    host = await TestHost.open();
    const anchor = await startAnchor(host);
    const [alice, secure] = [await SipAgent.open(host, 'alice', PROXY), await SipAgent.open(host, 'secure', PROXY)];
    const kamailio = await Kamailio.start(host, {
      sip: PROXY,
      configuration: CONFIGURATION,
      defines: [
        'WITH_WEBSOCKET',
        `SIP_LISTEN=udp:${PROXY.address}:${PROXY.port}`,
        `ANCHORS="ws://${anchor.http.address}:${anchor.http.port}"`,
        'FORK_ONE="sip:nobody@127.0.0.1:9"',
        'FORK_TWO="sip:nobody@127.0.0.1:9"',
      ],
    });
    const [caller, callee] = [await openEnd(host, 'plain'), await openEnd(host, SUITE)];
    const dialog = await alice.invite(secure.uri, describeEnd(caller));
    const incoming = await secure.waitForInvite(15_000);
    expect(readOnlyMedia(incoming.offeredSdp).protocol).toBe('RTP/SAVP');
    await incoming.respond(200, answerSdp(callee, incoming.offeredSdp));
    adoptSdp(caller, (await dialog.waitForStatus(200)).body);
    await dialog.ack();
    await incoming.waitForRequest('ACK');
    await expectBothWays(caller, callee);
    const ended = incoming.answerBye();
    await dialog.bye();
    await ended;
    kamailio.process.assertRunning();
  });
});
