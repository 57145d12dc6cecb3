import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../../src/relay/counters.js';
import { judgeCall } from '../../../src/verdict/verdict.js';
import { call, party, stream } from '../http/fake-sources.js';

const suite = 'AES_CM_128_HMAC_SHA1_80';
const created = Date.UTC(2026, 0, 2, 3, 0, 0) / 1_000;
const now = created + 600;
const none = { packets: 0, bytes: 0, errors: 0 };
const heard = stream({ lastPacket: now - 1 });

type Streams = Parameters<typeof party>[2][number];

function judge(
  caller: Streams,
  callee: Streams,
  flags: { caller?: string[]; callee?: string[] } = {},
  lastSignal = created + 2,
): ReturnType<typeof judgeCall> {
  const parties = [party('x', 'y', [caller], flags.caller), party('y', 'x', [callee], flags.callee)];
  return judgeCall(call('c', parties, { createdMicroseconds: created * 1e6, lastSignal }), now);
}

/** A stream on which nothing was accepted for one reason. */
function dropping(reason: DropReason, count = 50): Streams {
  return stream({ cryptoSuite: suite, lastPacket: null, received: none, drops: { [reason]: count } });
}

describe('the verdict on a call', () => {
  it('is healthy when both sides were heard a moment ago', () => {
    expect(judge(heard, heard)).toMatchObject({ state: 'healthy', words: 'media flows both ways' });
  });

  it('names the key mismatch and since when', () => {
    expect(judge(heard, dropping('auth')).words).toBe(
      'one-way: callee: secure side sends, nothing authenticates: key mismatch since the last offer or answer at 03:00:02 UTC (50 packets dropped as auth)',
    );
    expect(judge(heard, dropping('auth'), {}, created + 300).words).toContain(
      'key mismatch since the re-INVITE at 03:05:00 UTC',
    );
  });

  it.each([
    ['plain_on_srtp', 'plain_on_srtp', 'sends plain RTP although SRTP was agreed'],
    ['no_key', 'no_key', 'before its keys are known'],
    ['unknown_source', 'wrong_source', 'packets come from another address than 192.0.2.1:4000'],
    ['replay', 'replayed', 'only packets that were seen before'],
    ['not_rtp', 'not_rtp', 'something that is not RTP'],
    ['short', 'not_rtp', 'cut off'],
  ] as const)('explains silence by drops of reason %s', (reason, state, words) => {
    const verdict = judge(heard, dropping(reason));
    expect(verdict.legs[1]).toMatchObject({ state });
    expect(verdict.words).toContain(words);
  });

  it('blames the reason with most drops', () => {
    const mixed = stream({
      cryptoSuite: suite,
      lastPacket: null,
      received: none,
      drops: { auth: 3, plain_on_srtp: 90 },
    });
    expect(judge(heard, mixed).legs[1]?.state).toBe('plain_on_srtp');
  });

  it('does not blame a handful of drops for a stream that worked and stopped', () => {
    const stopped = stream({
      cryptoSuite: suite,
      lastPacket: now - 30,
      received: { packets: 10_000, bytes: 1, errors: 0 },
      drops: { auth: 3 },
    });
    expect(judge(heard, stopped).legs[1]).toMatchObject({ state: 'stopped', words: 'stopped sending 30 s ago' });
  });

  it('says where nothing arrives from, and that a private address may be why', () => {
    const silent = stream({ lastPacket: null, received: none });
    expect(judge(heard, silent).words).toBe(
      'one-way: callee: nothing arrives from 192.0.2.1:4000: a firewall, a NAT, or it does not send',
    );
    const behindNat = stream({
      lastPacket: null,
      received: none,
      learned: false,
      advertisedEndpoint: { family: 'IP4', address: '192.168.1.5', port: 7 },
    });
    expect(judge(heard, behindNat).words).toContain(
      'nothing arrives from 192.168.1.5:7: its SDP names a private address',
    );
    expect(judge(silent, silent)).toMatchObject({ state: 'silent' });
  });

  it.each(['on hold', 'inactive', 'recvonly'])('is no fault while a side is %s', (flag) => {
    const silent = stream({ lastPacket: null, received: none });
    expect(judge(heard, silent, { callee: [flag] })).toMatchObject({
      state: 'held',
      words: 'on hold; caller still sends',
    });
    expect(judge(silent, silent, { caller: [flag], callee: [flag] })).toMatchObject({
      state: 'held',
      words: 'on hold',
    });
  });

  it('waits for the answer', () => {
    const offered = call('c', [party('x', null, [heard])], { createdMicroseconds: created * 1e6 });
    expect(judgeCall(offered, now)).toMatchObject({ state: 'waiting', words: 'waiting for the answer' });
    expect(
      judge(heard, stream({ endpoint: null, advertisedEndpoint: null, lastPacket: null, received: none })),
    ).toMatchObject({ state: 'waiting' });
  });

  it('sees that what comes in cannot leave', () => {
    const source = stream({ lastPacket: now, drops: { not_learned: 500 } });
    const target = stream({ lastPacket: null, received: none, sent: none });
    expect(judge(source, target).words).toBe('one-way: nothing could be sent to callee at 192.0.2.1:4000');
  });

  it('mentions failing packets on a leg that otherwise works', () => {
    const attacked = stream({ cryptoSuite: suite, lastPacket: now, drops: { auth: 50 } });
    expect(judge(heard, attacked)).toMatchObject({
      state: 'healthy',
      legs: [{}, { words: 'sends SRTP, but 50 packets failed authentication' }],
    });
  });

  it('ignores branches of a fork that nobody talks to', () => {
    const silent = stream({ lastPacket: null, received: none });
    const parties = [party('x', 'y', [heard]), party('z', null, [silent]), party('y', 'x', [heard])];
    const verdict = judgeCall(call('c', parties, { createdMicroseconds: created * 1e6 }), now);
    expect(verdict.state).toBe('healthy');
    expect(verdict.legs.map(({ name }) => name)).toEqual(['caller', 'callee', 'callee 2']);
  });

  it('does not count RTCP on a port of its own as media', () => {
    const silent = party('y', 'x', [
      stream({ lastPacket: null, received: none }),
      stream({ component: 'rtcp', lastPacket: now }),
    ]);
    expect(
      judgeCall(call('c', [party('x', 'y', [heard]), silent], { createdMicroseconds: created * 1e6 }), now).state,
    ).toBe('one_way');
  });
});
