import { adoptSdp, answerSdp, describeEnd, type CallEnd } from '../../../support/call-end.js';
import { readOnlyMedia, type ReadMedia, type SdpMedia } from '../../../support/sdp.js';
import type { SipAgent, SipDialog } from '../../../support/sip-agent.js';
import type { SuiteName } from '../../../support/srtp-keys.js';
import { ADDRESSES, type World } from './world.js';

export interface Side {
  readonly agent: SipAgent;
  readonly dialog: SipDialog;
  readonly end: CallEnd;
}

export interface TrunkCall {
  readonly inside: Side;
  readonly outside: Side;
  /** What the called side was offered, and what the calling side was answered. */
  readonly offered: ReadMedia;
  readonly answered: ReadMedia;
}

export interface CallOptions {
  readonly carrier: string;
  /** What the carrier's media speaks. */
  readonly kind: 'plain' | SuiteName;
  readonly mediaAddress: string;
  /** Request URI of an outgoing call. */
  readonly target?: string;
  readonly media?: Partial<SdpMedia>;
  readonly headers?: readonly (readonly [string, string])[];
}

const NUMBER = '+15550100';

/** From the PBX to the carrier. */
export async function callOut(world: World, options: CallOptions): Promise<TrunkCall> {
  const { carrier, kind, mediaAddress, media = {}, headers = [] } = options;
  const target = options.target ?? `sip:${NUMBER}@${ADDRESSES.edgeInside}`;
  const { agent } = world.trunk(carrier);
  const [inside, outside] = [await world.end('plain', ADDRESSES.pbx), await world.end(kind, mediaAddress)];
  const dialog = await world.pbx.invite(target, describeEnd(inside, media), headers);
  const incoming = await agent.waitForInvite();
  await incoming.respond(200, answerSdp(outside, incoming.offeredSdp, media));
  const offered = readOnlyMedia(incoming.offeredSdp);
  const answered = adoptSdp(inside, (await dialog.waitForStatus(200)).body);
  await dialog.ack();
  await incoming.waitForRequest('ACK');
  return {
    inside: { agent: world.pbx, dialog, end: inside },
    outside: { agent, dialog: incoming, end: outside },
    offered,
    answered,
  };
}

/** From the carrier to the PBX. */
export async function callIn(world: World, options: CallOptions): Promise<TrunkCall> {
  const { carrier, kind, mediaAddress, media = {}, headers = [] } = options;
  const { agent } = world.trunk(carrier);
  const [inside, outside] = [await world.end('plain', ADDRESSES.pbx), await world.end(kind, mediaAddress)];
  const target = options.target ?? `sip:${NUMBER}@${ADDRESSES.edgeOutside}`;
  const dialog = await agent.invite(target, describeEnd(outside, media), headers);
  const incoming = await world.pbx.waitForInvite();
  await incoming.respond(200, answerSdp(inside, incoming.offeredSdp, media));
  const offered = readOnlyMedia(incoming.offeredSdp);
  const answered = adoptSdp(outside, (await dialog.waitForStatus(200)).body);
  await dialog.ack();
  await incoming.waitForRequest('ACK');
  return {
    inside: { agent: world.pbx, dialog: incoming, end: inside },
    outside: { agent, dialog, end: outside },
    offered,
    answered,
  };
}

/** A re-INVITE by one side that the other answers. */
export async function renegotiate(
  by: Side,
  other: Side,
  direction: SdpMedia['direction'] = 'sendrecv',
  media: Partial<SdpMedia> = {},
): Promise<ReadMedia> {
  const answers = { sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive', sendrecv: 'sendrecv' } as const;
  await by.dialog.reinvite(describeEnd(by.end, { direction, ...media }));
  const request = await other.dialog.waitForRequest('INVITE');
  await other.dialog.respond(200, answerSdp(other.end, request.body, { direction: answers[direction] }));
  adoptSdp(by.end, (await by.dialog.waitForStatus(200)).body);
  await by.dialog.ack();
  await other.dialog.waitForRequest('ACK');
  return readOnlyMedia(request.body);
}

export async function hangUp(by: Side, other: Side): Promise<void> {
  const ended = other.dialog.answerBye();
  await by.dialog.bye();
  await ended;
}
