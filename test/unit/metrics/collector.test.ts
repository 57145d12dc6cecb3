import { describe, expect, it } from 'vitest';
import { DROP_REASONS } from '../../../src/relay/counters.js';
import { METRIC_NAMES, METRIC_PREFIX, metricRow } from '../../../src/metrics/catalogue.js';
import { MetricsCollector } from '../../../src/metrics/collector.js';
import { wantsOpenMetrics } from '../../../src/metrics/exposition.js';
import { FakeRelay, worker } from '../http/fake-sources.js';

const build = { version: '1.2.3', node: 'v20.0.0', libsrtp: '2.5.0', openssl: '3.0.0' };
const openMetrics =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

function setUp(): { relay: FakeRelay; collector: MetricsCollector; text: (accept?: string) => Promise<string> } {
  const relay = new FakeRelay();
  const clock = { monotonicMilliseconds: () => 10_000, wallMilliseconds: () => 0 };
  const collector = new MetricsCollector(relay, build, ['default', 'outside'], clock);
  return { relay, collector, text: async (accept) => (await collector.render(accept)).body };
}

function valueOf(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
}

/** Every event once, so that every series of the catalogue is there. */
function recordEverything(collector: MetricsCollector): void {
  const { recorder } = collector;
  recorder.controlRequest({ command: 'offer', transport: 'udp', result: 'ok', durationSeconds: 0.0004 });
  recorder.controlRetransmission();
  recorder.controlMalformed('bencode');
  recorder.controlRefused('peer');
  recorder.negotiation({ suite: 'AES_CM_128_HMAC_SHA1_80', leg: 'answerer', result: 'ok' });
  recorder.negotiation({ suite: null, leg: 'offerer', result: 'no_common_suite' });
  recorder.cryptoLineIgnored('suite_unknown');
  recorder.controlUnknownFlags(2);
  recorder.controlReplyUnsent('udp');
  recorder.controlConnections('tcp', 1);
  recorder.answerTagMismatch();
  recorder.sessionClosed({ reason: 'delete', durationSeconds: 42, oneWay: true });
  recorder.limitRejection('sessions');
  recorder.portAllocationFailure('outside');
  recorder.socketError('ENOBUFS');
  recorder.streamQuality({ jitterSeconds: 0.003, roundTripSeconds: 0.04, mos: 4.2 });
  recorder.logLinesDropped(3);
  recorder.httpRefused('token');
}

describe('a scrape', () => {
  it('reads the native counters once', async () => {
    const { relay, text } = setUp();
    await text();
    await text();
    expect(relay.snapshots).toBe(2);
  });

  it('shows every metric of the catalogue with its help and type, and none that is not in it', async () => {
    const { collector, text } = setUp();
    recordEverything(collector);
    const body = await text();
    for (const name of METRIC_NAMES) expect(body).toContain(`# TYPE ${METRIC_PREFIX}${name} ${metricRow(name).type}\n`);
    const shown = [...body.matchAll(/^# TYPE srtp_anchor_(\S+)/gm)].map((match) => match[1]);
    expect(shown.sort()).toEqual([...METRIC_NAMES].sort());
  });

  it('carries no label that the catalogue does not list', async () => {
    const { collector, text } = setUp();
    recordEverything(collector);
    for (const match of (await text()).matchAll(/^srtp_anchor_(\w+?)(?:_bucket|_sum|_count)?\{(.*)\} /gm)) {
      const name =
        METRIC_NAMES.find((candidate) => candidate === match[1]) ??
        METRIC_NAMES.find((candidate) => match[0].startsWith(`srtp_anchor_${candidate}`));
      const { labels } = metricRow(name!);
      for (const pair of match[2]!.matchAll(/(\w+)="([^"]*)"/g)) {
        if (pair[1] === 'le') continue;
        const values = labels[pair[1]!];
        expect(values, `${name} ${pair[1]}`).toBeDefined();
        if (Array.isArray(values)) expect(values).toContain(pair[2]);
      }
    }
  });

  it('shows totals as the snapshot has them', async () => {
    const { relay, text } = setUp();
    Object.assign(relay.snapshotValue, {
      received: { packets: 120, bytes: 9_999 },
      accepted: { rtp: { packets: 100, bytes: 17_200 }, rtcp: { packets: 5, bytes: 400 } },
      drops: { ...relay.snapshotValue.drops, auth: 15 },
      srtp: [{ op: 'unprotect', suite: 'AEAD_AES_256_GCM', kind: 'rtp', packets: 7 }],
      sessions: { offered: 1, answered: 2, held: 3, deleting: 4 },
    });
    const body = await text();
    expect(valueOf(body, 'srtp_anchor_packets_total{direction="in",kind="rtp"}')).toBe(100);
    expect(valueOf(body, 'srtp_anchor_bytes_total{direction="in",kind="rtcp"}')).toBe(400);
    expect(valueOf(body, 'srtp_anchor_datagrams_received_total')).toBe(120);
    expect(valueOf(body, 'srtp_anchor_packets_dropped_total{reason="auth"}')).toBe(15);
    expect(valueOf(body, 'srtp_anchor_srtp_packets_total{op="unprotect",suite="AEAD_AES_256_GCM",kind="rtp"}')).toBe(7);
    expect(valueOf(body, 'srtp_anchor_sessions{state="held"}')).toBe(3);
    expect([...body.matchAll(/packets_dropped_total\{/g)]).toHaveLength(DROP_REASONS.length);
  });

  it('turns the buckets of the workers into a cumulative histogram in seconds', async () => {
    const { relay, text } = setUp();
    const words = {
      latency_le_10: 5,
      latency_le_25: 3,
      latency_le_1000: 2,
      latency_more: 1,
      latency_sum_microseconds: 2_500_000,
      heartbeat_milliseconds: 9_750,
      cpu_nanoseconds: 1.5e9,
    };
    relay.snapshotValue.workers = [worker(words), worker({ latency_le_10: 1 })];
    const body = await text();
    const at = (le: string): number => valueOf(body, `srtp_anchor_relay_latency_seconds_bucket{le="${le}"}`);
    expect([at('0.00001'), at('0.000025'), at('0.001'), at('0.05'), at('+Inf')]).toEqual([6, 9, 11, 11, 12]);
    expect(valueOf(body, 'srtp_anchor_relay_latency_seconds_count')).toBe(12);
    expect(valueOf(body, 'srtp_anchor_relay_latency_seconds_sum')).toBe(2.5);
    expect(valueOf(body, 'srtp_anchor_worker_cpu_seconds_total{worker="0"}')).toBe(1.5);
    expect(valueOf(body, 'srtp_anchor_worker_heartbeat_age_seconds{worker="0"}')).toBe(0.25);
  });

  it('never lets a counter step back, not even when a late packet makes the loss smaller', async () => {
    const { relay, text } = setUp();
    for (const [lost, shown] of [
      [5, 5],
      [3, 5],
      [6, 6],
    ] as const) {
      relay.snapshotValue.lostPackets = lost;
      expect(valueOf(await text(), 'srtp_anchor_rtp_lost_packets_total')).toBe(shown);
    }
  });

  it('keeps names and values whichever format was asked for before', async () => {
    const { collector, text } = setUp();
    recordEverything(collector);
    const before = await text();
    const open = await text(openMetrics);
    const after = await text();
    const series = (body: string): string[] =>
      body
        .split('\n')
        .filter((line) => line.startsWith('srtp_anchor_'))
        .map((line) => line.split(' ')[0]!);
    expect(series(after)).toEqual(series(before));
    expect(open.endsWith('# EOF\n')).toBe(true);
    expect(open).toContain('# TYPE srtp_anchor_packets counter\n');
    expect(open).toContain('srtp_anchor_packets_total{direction="in",kind="rtp"}');
    expect(open).not.toMatch(/_total_total|^# TYPE \S+_total counter/m);
    const families = [...open.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]);
    expect(new Set(families).size).toBe(families.length);
  });

  it('costs less than 20 ms', async () => {
    const { collector, text } = setUp();
    recordEverything(collector);
    await text();
    const before = performance.now();
    for (let round = 0; round < 10; round++) await text();
    expect((performance.now() - before) / 10).toBeLessThan(20);
  });
});

describe('recorded events', () => {
  it('count under the labels of the catalogue, and what it does not know as other', async () => {
    const { collector, text } = setUp();
    const { recorder } = collector;
    recorder.controlRequest({ command: 'block media', transport: 'tcp', result: 'error', durationSeconds: 0.2 });
    recorder.controlRequest({ command: 'x'.repeat(100), transport: 'udp', result: 'error', durationSeconds: 0.2 });
    recorder.cryptoLineIgnored('never heard of');
    recorder.socketError('EWEIRD');
    recorder.portAllocationFailure('not-configured');
    const body = await text();
    expect(valueOf(body, 'srtp_anchor_control_requests_total{command="block",transport="tcp",result="error"}')).toBe(1);
    expect(valueOf(body, 'srtp_anchor_control_requests_total{command="other",transport="udp",result="error"}')).toBe(1);
    expect(valueOf(body, 'srtp_anchor_sdes_lines_ignored_total{reason="other"}')).toBe(1);
    expect(valueOf(body, 'srtp_anchor_socket_tx_errors_total{errno="other"}')).toBe(1);
    expect(valueOf(body, 'srtp_anchor_port_allocation_failures_total{interface="other"}')).toBe(1);
  });

  it('start at zero where the list of series is short, so that the first event is a rate', async () => {
    const { text } = setUp();
    expect(valueOf(await text(), 'srtp_anchor_sessions_closed_total{reason="media_timeout"}')).toBe(0);
  });
});

describe('the Accept header', () => {
  it.each([
    [openMetrics, true],
    ['text/plain', false],
    [undefined, false],
    ['application/openmetrics-text;q=0', false],
    ['application/openmetrics-text; version=1.0.0; q=0.8, */*;q=0.1', true],
  ])('%j → %j', (accept, expected) => {
    expect(wantsOpenMetrics(accept)).toBe(expected);
  });
});
