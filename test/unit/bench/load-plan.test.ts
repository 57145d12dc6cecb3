import { expect, it } from 'vitest';
import { writeLoadPlan, type LoadOptions } from '../../../bench/load-plan.js';
import type { RelayedCall } from '../../../bench/relayed-call.js';
import { hot } from '../../../bench/scenarios.js';

const key = { suite: 'AES_CM_128_HMAC_SHA1_80', keySalt: Buffer.alloc(30, 1).toString('base64') } as const;
const call: RelayedCall = {
  request: {
    id: 'x',
    a: { media: { address: '127.0.0.1', rtp: 28_000, rtcp: 28_001 }, crypto: null },
    b: { media: { address: '127.0.0.1', rtp: 28_002, rtcp: 28_003 }, crypto: key },
  },
  a: { relay: { address: '127.0.0.1', rtp: 10_000, rtcp: 10_001 }, crypto: null },
  b: {
    relay: { address: '127.0.0.1', rtp: 10_002, rtcp: 10_003 },
    crypto: { ...key, keySalt: Buffer.alloc(30, 2).toString('base64') },
  },
};

function plan(direction: 'forward' | 'both'): string[] {
  const options: LoadOptions = {
    calls: [call, call],
    shape: hot('rtp_srtp', 1_000, { direction, rtcpShare: 0.01 }),
    times: { warmupMilliseconds: 500, durationMilliseconds: 1_000 },
    placement: { threads: 1, senderCpu: 1, receiverCpu: null, nice: 0 },
    watchedPids: [42],
    kernelStamps: true,
    progress: false,
  };
  return writeLoadPlan(options).split('\n');
}

it('names the settings, the watched process and each endpoint once', () => {
  const lines = plan('forward');
  expect(lines[0]).toBe('anchor-load 1');
  expect(lines).toContain('set sender_cpu 1');
  expect(lines).not.toContain('set receiver_cpu null');
  expect(lines).toContain('watch 42');
  expect(lines.filter((line) => line.startsWith('endpoint'))).toEqual([
    'endpoint 127.0.0.1 28000 28001',
    'endpoint 127.0.0.1 28002 28003',
  ]);
});

it("sends from A in the clear to the port that faces A, and expects the relay's key at B", () => {
  const stream = plan('forward').find((line) => line.startsWith('stream'));
  expect(stream).toMatch(/ 0 127\.0\.0\.1 10000 - - 1 AES_CM_128_HMAC_SHA1_80 (02){30}$/);
});

it('sends backward with the key of B, and lets silent ends say hello without being counted', () => {
  const lines = plan('forward');
  const hello = lines.findIndex((line) => line.startsWith('group hello'));
  expect(lines[hello]).toBe('group hello rtp 20 0 500 160 0 1');
  expect(lines[hello + 1]).toMatch(/ 1 127\.0\.0\.1 10002 AES_CM_128_HMAC_SHA1_80 (01){30} 0 - -$/);
});

it('splits the rate over both directions, and sends RTCP with the SSRC of its stream to the RTCP port', () => {
  const lines = plan('both');
  const groups = lines.filter((line) => line.startsWith('group'));
  expect(groups).toEqual([
    'group forward-rtp rtp 500 0 1500 160 1 1',
    'group forward-rtcp rtcp 5 0 1500 0 0 1',
    'group backward-rtp rtp 500 0 1500 160 1 1',
    'group backward-rtcp rtcp 5 0 1500 0 0 1',
  ]);
  const streams = lines.filter((line) => line.startsWith('stream')).map((line) => line.split(' '));
  expect(streams[2]?.[1]).toBe(streams[0]?.[1]);
  expect(streams[2]?.[5]).toBe('10001');
});

it('gives every stream an SSRC of its own, fresh each time', () => {
  const ssrcs = (): (string | undefined)[] =>
    plan('forward')
      .filter((line) => line.startsWith('stream'))
      .map((line) => line.split(' ')[1]);
  expect(new Set(ssrcs()).size).toBe(4); // two streams, whose RTCP shares their SSRC, and two hellos
  expect(ssrcs()).not.toEqual(ssrcs());
});
