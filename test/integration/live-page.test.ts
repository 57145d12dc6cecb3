import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpServer } from '../../src/http/server.js';
import { LimitedLog } from '../../src/log/limited-log.js';
import { createLogger } from '../../src/log/logger.js';
import { systemClock } from '../../src/shared/clock.js';
import { call, FakeRelay, party, stream, worker } from '../unit/http/fake-sources.js';

const suite = 'AES_CM_128_HMAC_SHA1_80';
const arguments_ = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Browser;
let page: Page;
let relay: FakeRelay;
let server: HttpServer;
let url: string;
let complaints: string[];
let requested: string[];

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: arguments_ });
}, 60_000);

afterAll(() => browser.close());

beforeEach(async () => {
  relay = new FakeRelay();
  const log = new LimitedLog(createLogger({ write: () => undefined }, 'error'), systemClock);
  server = new HttpServer({ sources: relay.sources(), rules: () => ({ token: null, allowedHosts: [] }), log });
  const { port } = await server.listen({ address: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${port}`;
  page = await browser.newPage();
  complaints = [];
  requested = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requested.push(request.url()));
});

afterEach(async () => {
  await page.close();
  await server.close();
});

function text(selector: string): Promise<string> {
  return page.locator(selector).innerText();
}

/** Waits until the page shows it: every picture is a second apart. */
async function shows(selector: string, wanted: string | RegExp): Promise<void> {
  await expect.poll(() => text(selector), { timeout: 10_000 }).toMatch(wanted);
}

function addCall(id: string, callee = stream({ cryptoSuite: suite })): void {
  relay.calls.set(id, call(id, [party('x', 'y', [stream()]), party('y', 'x', [callee])]));
}

/** Packets flow: so many more a tenth of a second. */
function flow(packetsPerTick: number): () => void {
  const timer = setInterval(() => {
    const { received, sent, drops } = relay.snapshotValue;
    relay.snapshotValue.received = {
      packets: received.packets + packetsPerTick,
      bytes: received.bytes + packetsPerTick * 172,
    };
    relay.snapshotValue.sent = {
      ...sent,
      rtp: { packets: sent.rtp.packets + packetsPerTick, bytes: sent.rtp.bytes + packetsPerTick * 182 },
    };
    relay.snapshotValue.drops = { ...drops, auth: drops.auth + 1 };
  }, 100);
  return () => clearInterval(timer);
}

describe('the live page', () => {
  it('shows the right numbers and follows a change', async () => {
    Object.assign(relay.snapshotValue, {
      sessionsTotal: 12_345,
      drops: { ...relay.snapshotValue.drops, auth: 7, replay: 3 },
      srtp: [
        { op: 'protect', suite, kind: 'rtp', packets: 1_000 },
        { op: 'unprotect', suite, kind: 'rtp', packets: 900 },
      ],
      ports: [{ interface: 'default', total: 10_000, used: 8 }],
      workers: [worker({ ports: 4 }), worker({ ports: 4 })],
    });
    addCall('first@host');
    const measured = { mos: 42, jitter: 3, packetLoss: 0.5, roundTripTime: 40, samples: 3, reportedAt: 1 };
    const ssrc = { ssrc: 1, packets: 5, bytes: 5, lost: 2, reordered: 0, duplicates: 0, rolloverCounter: null };
    const ssrcs = [{ ...ssrc, average: measured, lowest: null, highest: null }];
    relay.calls.set('first@host', { ...relay.calls.get('first@host')!, ssrcs });
    await page.goto(url);
    await shows('#calls', '1');
    expect(await text('#calls-more')).toContain('12,345 since start');
    expect(await text('#ports')).toBe('8');
    expect(await text('#drops tbody')).toMatch(/auth\s+7\s+0\s+replay\s+3\s+0/);
    expect(await text('#suites tbody')).toMatch(/AES_CM_128_HMAC_SHA1_80\s+1,000\s+900/);
    expect(await page.locator('#workers tbody tr').count()).toBe(2);
    expect(await text('#call-list tbody')).toMatch(/first@host\s+healthy/);
    expect(await text('#call-list tbody')).toContain('MOS 4.2, loss 0.5 %');
    addCall('second@host');
    await shows('#calls', '2');
    await shows('#call-list tbody', /second@host/);
    relay.calls.delete('first@host');
    await shows('#call-list tbody', /^(?!.*first@host)/s);
    expect(await text('#connection')).toBe('live');
  });

  it('draws rates that move', async () => {
    const stop = flow(50);
    await page.goto(url);
    await expect
      .poll(async () => Number((await text('#rate-in')).replace(',', '')), { timeout: 10_000 })
      .toBeGreaterThan(350);
    const points = (): Promise<number> =>
      page
        .locator('#chart-in')
        .getAttribute('points')
        .then((value) => (value ?? '').split(' ').length);
    const before = await points();
    await expect.poll(points, { timeout: 10_000 }).toBeGreaterThan(before);
    expect(await text('#chart-words')).toMatch(/now \d+ in, \d+ out, \d+ dropped/);
    stop();
    await shows('#rate-in', /^0$/);
  });

  it('opens a call with the keyboard, says why it is silent, follows it, and goes back', async () => {
    addCall(
      'silent@host',
      stream({
        cryptoSuite: suite,
        lastPacket: null,
        received: { packets: 0, bytes: 0, errors: 0 },
        drops: { auth: 99 },
      }),
    );
    await page.goto(url);
    await shows('#call-list tbody', /one-way/);
    await page.locator('#call-list a').focus();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('silent@host');
    await page.keyboard.press('Enter');
    await shows(
      '#call .verdict',
      'secure side sends, nothing authenticates: key mismatch since the last offer or answer at',
    );
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('call-title');
    expect(await text('#call')).toContain('auth 99');
    expect(await page.locator('#call .leg').count()).toBe(2);
    expect(await page.locator('#overview').isVisible()).toBe(false);
    addCall('silent@host');
    await shows('#call .verdict', 'media flows both ways');
    relay.calls.clear();
    await shows('#call .verdict', 'the call is over');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#overview').isVisible()).toBe(true);
  });

  it('asks nobody but the relay, and breaks none of its own rules', async () => {
    addCall('a');
    await page.goto(url);
    await shows('#calls', '1');
    expect(requested.every((one) => one.startsWith(`${url}/`))).toBe(true);
    expect(complaints).toEqual([]);
    await page.evaluate(() =>
      document.body.insertAdjacentHTML('beforeend', '<img src="http://127.0.0.1:1/x"><script>window.evil = 1</script>'),
    );
    await expect.poll(() => complaints.join()).toContain('Content Security Policy');
  });

  it('shows what a peer wrote as text, never as markup', async () => {
    addCall('<img src=x onerror="window.evil=1">@host');
    await page.goto(url);
    await shows('#call-list tbody', /<img src=x/);
    expect(await page.locator('#call-list img').count()).toBe(0);
  });

  it('is dark where the reader wants it dark, with enough contrast in both', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(url);
      const colours = await page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        return Object.fromEntries(
          ['--ground', '--panel', '--ink', '--quiet', '--good', '--warn', '--bad', '--in', '--out', '--drops'].map(
            (name) => [name, style.getPropertyValue(name).trim()],
          ),
        );
      });
      const isDark = luminance(colours['--ground']!) < 0.2;
      expect(isDark).toBe(scheme === 'dark');
      for (const name of ['--ink', '--quiet', '--good', '--warn', '--bad', '--in', '--out', '--drops']) {
        expect(contrast(colours[name]!, colours['--panel']!), `${scheme} ${name}`).toBeGreaterThan(4.5);
      }
    }
  });

  it('names its parts for a screen reader', async () => {
    addCall('a');
    await page.goto(url);
    await shows('#calls', '1');
    const tree = await page.locator('body').ariaSnapshot();
    for (const part of [
      'banner',
      'main',
      'heading "Calls"',
      'img "Packets a second',
      'status',
      'table',
      'columnheader "verdict"',
      'link "a"',
      'meter "load of worker 0"',
    ]) {
      expect(tree).toContain(part);
    }
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  });

  it('says when the connection is lost, and comes back by itself', async () => {
    await page.goto(url);
    await shows('#connection', 'live');
    const port = Number(new URL(url).port);
    await server.close();
    await shows('#connection', 'connection lost');
    const log = new LimitedLog(createLogger({ write: () => undefined }, 'error'), systemClock);
    server = new HttpServer({ sources: relay.sources(), rules: () => ({ token: null, allowedHosts: [] }), log });
    await server.listen({ address: '127.0.0.1', port });
    addCall('after');
    await shows('#connection', 'live');
    await shows('#calls', '1');
  }, 30_000);

  it('warns when the relay is not well', async () => {
    relay.heartbeats = [10, 5_000];
    await page.goto(url);
    await shows('#problems', 'worker 1 stalled');
  });
});

describe('event streams', () => {
  it('cost one reading of the counters a second, however many watch, and none when nobody does', async () => {
    const pages = await Promise.all([browser.newPage(), browser.newPage(), browser.newPage()]);
    await Promise.all(pages.map((one) => one.goto(url)));
    const before = relay.snapshots;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(relay.snapshots - before).toBeLessThanOrEqual(4);
    await Promise.all(pages.map((one) => one.close()));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const idle = relay.snapshots;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(relay.snapshots).toBe(idle);
  });
});

/** WCAG 2: relative luminance of #rrggbb or #rgb, and the ratio of two. */
function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.slice(1).replaceAll(/./g, '$&$&') : colour.slice(1);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((one, other) => other - one);
  return (light + 0.05) / (dark + 0.05);
}
