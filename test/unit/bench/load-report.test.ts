import { expect, it } from 'vitest';
import { judge } from '../../../bench/load.js';
import { readLoadReport, type LoadGroup, type LoadReport } from '../../../bench/load-report.js';

const histogram = { samples: 1, p50: 1, p90: 2, p99: 3, p999: 4, max: 5, mean: 1 };

function group(change: Partial<LoadGroup>): LoadGroup {
  return {
    name: 'g',
    kind: 'rtp',
    counted: true,
    streams: 1,
    rate: 100,
    sent: 100,
    received: 100,
    lost: 0,
    warmup_sent: 0,
    warmup_lost: 0,
    streams_with_loss: 0,
    unsent: 0,
    duplicates: 0,
    reordered: 0,
    wrong_length: 0,
    unplanned: 0,
    verified: 10,
    failed_authentication: 0,
    altered: 0,
    latency_us: histogram,
    ...change,
  };
}

function report(groups: LoadGroup[]): LoadReport {
  const thread = { tid: 1, name: 't', cpu_ns: 1, wait_ns: 0, timeslices: 1 };
  return {
    version: 1,
    groups,
    window: { seconds: 1, sent: 200, received: 200, bytes: 1 },
    generator: {
      cpu_seconds: 1,
      busy_share: 0.5,
      busy_per_packet_us: 2,
      preencrypted: false,
      receive_drops: 0,
      unknown_datagrams: 0,
      lateness_us: histogram,
      limited: false,
      limits: [],
    },
    watched: [{ pid: 1, cpu_ns: 1_000_000, timeslices: 20, resident_kb: 1, threads: [thread] }],
  };
}

it('divides the CPU time of the relay by the packets that arrived', () => {
  const judged = judge(report([group({}), group({})]));
  expect(judged.cpuMicrosecondsPerPacket).toBe(5);
  expect(judged.timeslicesPerPacket).toBe(0.1);
});

it('adds up both directions, leaves RTCP and hellos out of the packets, and takes the slower latency', () => {
  const slow = { ...histogram, p99: 9 };
  const judged = judge(
    report([
      group({ lost: 2, received: 98 }),
      group({ lost: 1, received: 99, latency_us: slow }),
      group({ kind: 'rtcp', counted: false, sent: 4, lost: 1 }),
      group({ counted: false, lost: 50 }),
    ]),
  );
  expect(judged.packetsLost).toBe(3);
  expect(judged.packetsSent).toBe(200);
  expect([judged.rtcpSent, judged.rtcpLost]).toEqual([4, 1]);
  expect(judged.latencyMicroseconds.p99).toBe(9);
});

it.each(['failed_authentication', 'altered', 'wrong_length', 'unplanned'] as const)('counts %s as wrong', (field) => {
  expect(judge(report([group({ [field]: 7 })])).wrong).toBe(7);
});

it('refuses a report of another version or with a field missing', () => {
  const text = JSON.stringify(report([group({})]));
  expect(readLoadReport(text).groups).toHaveLength(1);
  expect(() => readLoadReport(text.replace('"version":1', '"version":2'))).toThrow();
  expect(() => readLoadReport(text.replace('"busy_share":0.5,', ''))).toThrow();
});
