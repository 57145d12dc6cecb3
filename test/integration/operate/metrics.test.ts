import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freeTcpPort } from '../../support/free-port.js';
import { httpRequest, readMetrics, total } from '../../support/metrics.js';
import { runCommand } from '../../support/process.js';
import { sharedRelay } from '../../support/shared-relay.js';
import { RtpStream } from '../../support/stream.js';
import { TempDirectory } from '../../support/temp-directory.js';
import { sleep } from '../../support/wait.js';
import { Talk } from './talk.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const relay = sharedRelay();
const temp = new TempDirectory('prometheus');
let prometheus: { host: (typeof relay)['host']; http: { address: string; port: number } };

beforeAll(async () => {
  const port = await freeTcpPort(relay.host);
  prometheus = { host: relay.host, http: { address: '127.0.0.1', port } };
  const { address, port: relayPort } = relay.anchor.http;
  const target = { job_name: 'srtp-anchor', static_configs: [{ targets: [`${address}:${relayPort}`] }] };
  writeFileSync(temp.file('c.yml'), JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [target] }));
  relay.host.spawn('prometheus', 'prometheus', [
    `--config.file=${temp.file('c.yml')}`,
    `--storage.tsdb.path=${temp.file('data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
});

afterAll(() => temp.remove());

/** The value of the first series of an expression; NaN while there is none. */
async function value(expression: string): Promise<number> {
  const path = `/api/v1/query?query=${encodeURIComponent(expression)}`;
  const reply = await httpRequest({ host: prometheus.host, http: prometheus.http }, path).catch(() => null);
  if (reply?.status !== 200) return Number.NaN;
  const answer = JSON.parse(reply.body) as { data: { result: { value: [number, string] }[] } };
  return Number(answer.data.result[0]?.value[1] ?? Number.NaN);
}

describe('a real Prometheus at a real relay', () => {
  it('sees it up, and its packet series grow with a call', async () => {
    await expect.poll(() => value('up{job="srtp-anchor"}'), { timeout: 20_000 }).toBe(1);
    const call = await relay.connect('plain', SUITE);
    const talk = new Talk(call);
    const rtpIn = 'srtp_anchor_packets_total{direction="in",kind="rtp"}';
    await expect.poll(() => value(rtpIn), { timeout: 10_000 }).toBeGreaterThan(50);
    const before = await value(rtpIn);
    await expect.poll(() => value(rtpIn), { timeout: 10_000 }).toBeGreaterThan(before + 50);
    expect(await value('sum(srtp_anchor_sessions)')).toBe(1);
    await talk.stop();
    const all = talk.sentBy(call.from) + talk.sentBy(call.to);
    await expect.poll(() => value(rtpIn), { timeout: 10_000 }).toBe(all);
    expect(await value('srtp_anchor_packets_total{direction="out",kind="rtp"}')).toBe(all);
    const suite = `suite="${SUITE}",kind="rtp"`;
    expect(await value(`srtp_anchor_srtp_packets_total{op="protect",${suite}}`)).toBe(talk.sentBy(call.from));
    expect(await value(`srtp_anchor_srtp_packets_total{op="unprotect",${suite}}`)).toBe(talk.sentBy(call.to));
  });

  it('would find no fault with the page', async () => {
    const { body, headers } = await httpRequest(relay.anchor, '/metrics');
    expect(headers['content-type']).toContain('text/plain');
    writeFileSync(temp.file('metrics.txt'), body);
    const checked = await runCommand('sh', ['-c', `promtool check metrics < ${temp.file('metrics.txt')} 2>&1`]);
    expect(checked).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('a scrape under load', () => {
  it('costs no packet', async () => {
    const call = await relay.connect('plain', SUITE);
    const [packetsPerTick, tickMilliseconds, ticks] = [20, 10, 300];
    const packets = new RtpStream({ ssrc: 3 }).packets(packetsPerTick * ticks);
    const before = total(await readMetrics(relay.anchor), 'srtp_anchor_packets_dropped_total');
    const scrapes: Promise<string>[] = [];
    const started = performance.now();
    for (let tick = 0; tick < ticks; tick++) {
      const some = packets.slice(tick * packetsPerTick, (tick + 1) * packetsPerTick);
      for (const packet of some) await call.sendRtp(call.from, packet);
      if (tick % 30 === 15) scrapes.push(httpRequest(relay.anchor, '/metrics').then(({ body }) => body));
      await sleep(Math.max(0, started + (tick + 1) * tickMilliseconds - performance.now()));
    }
    await call.to.rtp.waitForPackets(packets.length, 10_000);
    const pages = await Promise.all(scrapes);
    expect(pages).toHaveLength(10);
    for (const body of pages) expect(body).toContain('srtp_anchor_packets_total');
    expect(call.to.rtp.received).toHaveLength(packets.length);
    const after = await readMetrics(relay.anchor);
    expect(total(after, 'srtp_anchor_packets_dropped_total') - before).toBe(0);
    expect(total(after, 'srtp_anchor_socket_rx_overflow_total')).toBe(0);
  });
});
