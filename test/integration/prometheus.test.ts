import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpServer } from '../../src/http/server.js';
import { LimitedLog } from '../../src/log/limited-log.js';
import { createLogger } from '../../src/log/logger.js';
import { METRIC_NAMES, METRIC_PREFIX, metricRow } from '../../src/metrics/catalogue.js';
import { MetricsCollector } from '../../src/metrics/collector.js';
import { systemClock } from '../../src/shared/clock.js';
import { FakeRelay, worker } from '../unit/http/fake-sources.js';

const deploy = join(import.meta.dirname, '../../deploy/prometheus');
const relay = new FakeRelay();
const build = { version: '1.2.3', node: process.version, libsrtp: '2.5.0', openssl: '3.0.0' };
const collector = new MetricsCollector(relay, build, ['default'], systemClock);
let server: HttpServer;
let relayPort: number;
let prometheus: ChildProcess;
let prometheusPort: number;
let folder: string;

beforeAll(async () => {
  const log = new LimitedLog(createLogger({ write: () => undefined }, 'error'), systemClock);
  server = new HttpServer({
    sources: relay.sources({ metrics: collector }),
    rules: () => ({ token: null, allowedHosts: [] }),
    log,
  });
  relayPort = (await server.listen({ address: '127.0.0.1', port: 0 })).port;
  prometheusPort = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'anchor-prometheus-'));
  prometheus = startPrometheus();
}, 30_000);

afterAll(async () => {
  const ended = new Promise((resolve) => prometheus.once('exit', resolve));
  prometheus.kill('SIGTERM');
  await ended;
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The shipped configuration, scraping our port every second. */
function startPrometheus(): ChildProcess {
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(deploy, 'alerts.yml')],
    scrape_configs: [{ job_name: 'srtp-anchor', static_configs: [{ targets: [`127.0.0.1:${relayPort}`] }] }],
  };
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, JSON.stringify(config));
  const options = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
    '--log.level=warn',
  ];
  return spawn('prometheus', options, { stdio: 'ignore' });
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

interface QueryAnswer {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

async function query(expression: string): Promise<QueryAnswer['data']['result']> {
  try {
    const response = await fetch(
      `http://127.0.0.1:${prometheusPort}/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    return ((await response.json()) as QueryAnswer).data.result;
  } catch {
    return [];
  }
}

async function value(expression: string): Promise<number> {
  return Number((await query(expression))[0]?.value[1] ?? Number.NaN);
}

describe('a real Prometheus', () => {
  it('scrapes the relay and knows the type and help of every metric', async () => {
    collector.recorder.controlRequest({ command: 'offer', transport: 'udp', result: 'ok', durationSeconds: 0.0004 });
    collector.recorder.negotiation({ suite: 'AES_CM_128_HMAC_SHA1_80', leg: 'offerer', result: 'ok' });
    await expect.poll(() => value('up{job="srtp-anchor"}'), { timeout: 20_000 }).toBe(1);
    const metadata = (): Promise<Record<string, { type: string; help: string }[]>> =>
      fetch(`http://127.0.0.1:${prometheusPort}/api/v1/metadata?limit=10000`)
        .then((response) => response.json() as Promise<{ data: Record<string, { type: string; help: string }[]> }>)
        .then(({ data }) => data);
    await expect
      .poll(async () => Object.keys(await metadata()).length, { timeout: 10_000 })
      .toBeGreaterThan(METRIC_NAMES.length);
    const known = await metadata();
    const gauges = new Set<string>(METRIC_NAMES);
    for (const name of METRIC_NAMES) {
      const { type, help } = metricRow(name);
      // The scraper asks for OpenMetrics, where the family of a counter has no suffix, unless that name is taken.
      const bare = name.replace(/_total$/, '');
      const isTaken = type === 'counter' && gauges.has(bare);
      const family = METRIC_PREFIX + (type === 'counter' && !isTaken ? bare : name);
      expect(known[family]?.[0], family).toMatchObject({ type: isTaken ? 'unknown' : type, help });
    }
  });

  it('follows the counters', async () => {
    relay.snapshotValue.accepted = { rtp: { packets: 1_000, bytes: 172_000 }, rtcp: { packets: 10, bytes: 800 } };
    relay.snapshotValue.workers = [
      worker({
        latency_le_10: 90,
        latency_le_1000: 10,
        latency_sum_microseconds: 5_000,
        heartbeat_milliseconds: systemClock.monotonicMilliseconds(),
      }),
    ];
    await expect
      .poll(() => value('srtp_anchor_packets_total{direction="in",kind="rtp"}'), { timeout: 10_000 })
      .toBe(1_000);
    relay.snapshotValue.accepted = { rtp: { packets: 1_500, bytes: 258_000 }, rtcp: { packets: 10, bytes: 800 } };
    await expect
      .poll(() => value('srtp_anchor_packets_total{direction="in",kind="rtp"}'), { timeout: 10_000 })
      .toBe(1_500);
    expect(await value('srtp_anchor_relay_latency_seconds_bucket{le="0.0005"}')).toBe(90);
    expect(await value('histogram_quantile(0.99, srtp_anchor_relay_latency_seconds_bucket)')).toBeLessThan(0.001);
    expect((await query('srtp_anchor_build_info'))[0]?.metric).toMatchObject({ version: '1.2.3', libsrtp: '2.5.0' });
  });

  it('loads the alerts, and raises one when the relay stops draining calls well', async () => {
    const rules = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/rules`).then(
      (response) => response.json() as Promise<{ data: { groups: { rules: { name: string; health: string }[] }[] } }>,
    );
    const loaded = rules.data.groups.flatMap((group) => group.rules);
    expect(loaded.length).toBeGreaterThan(10);
    relay.snapshotValue.ready = false;
    await expect
      .poll(async () => (await query('ALERTS{alertname="SrtpAnchorNotReady"}')).length, { timeout: 15_000 })
      .toBe(1);
  });

  it('finds both formats well-formed', async () => {
    const text = await fetch(`http://127.0.0.1:${relayPort}/metrics`).then((response) => response.text());
    expect(execFileSync('sh', ['-c', 'promtool check metrics 2>&1'], { input: text }).toString().trim()).toBe('');
    const open = await fetch(`http://127.0.0.1:${relayPort}/metrics`, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    expect(open.headers.get('content-type')).toContain('application/openmetrics-text');
    expect(await value('scrape_samples_scraped{job="srtp-anchor"}')).toBeGreaterThan(200);
  });
});

describe('promtool', () => {
  it('accepts the shipped configuration and rules, and the rules do what their tests say', () => {
    expect(execFileSync('promtool', ['check', 'config', 'prometheus.yml'], { cwd: deploy }).toString()).toContain(
      'SUCCESS',
    );
    expect(execFileSync('promtool', ['check', 'rules', 'alerts.yml'], { cwd: deploy }).toString()).toMatch(
      /SUCCESS: \d+ rules found/,
    );
    expect(execFileSync('promtool', ['test', 'rules', 'alerts.test.yml'], { cwd: deploy }).toString()).toContain(
      'SUCCESS',
    );
  });
});
