import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { Secret } from '../../src/config/secret.js';
import type { CtlAction } from '../../src/ctl/ctl-command.js';
import { runCtl } from '../../src/ctl/run-ctl.js';
import type { AccessRules } from '../../src/http/access.js';
import { HttpServer } from '../../src/http/server.js';
import { LimitedLog } from '../../src/log/limited-log.js';
import { createLogger } from '../../src/log/logger.js';
import { systemClock } from '../../src/shared/clock.js';
import { call, FakeRelay, party, stream, worker } from '../unit/http/fake-sources.js';

const suite = 'AES_CM_128_HMAC_SHA1_80';
let relay: FakeRelay;
let server: HttpServer;
let rules: AccessRules;
let url: string;
let out: string;
let err: string;

async function ctl(
  action: CtlAction,
  more: { json?: boolean; token?: string; url?: string; stop?: AbortSignal } = {},
): Promise<number> {
  out = '';
  err = '';
  return runCtl(
    { ...action, url: more.url ?? url, token: more.token ?? null, json: more.json ?? false },
    {
      out: (text) => (out += text),
      err: (text) => (err += text),
      stop: more.stop ?? new AbortController().signal,
      terminal: null,
    },
  );
}

beforeEach(async () => {
  relay = new FakeRelay();
  rules = { token: null, allowedHosts: [] };
  const log = new LimitedLog(createLogger({ write: () => undefined }, 'error'), systemClock);
  server = new HttpServer({ sources: relay.sources(), rules: () => rules, log });
  const { port } = await server.listen({ address: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${port}`;
});

afterEach(() => server.close());

describe('ctl list', () => {
  it('shows each call with both legs and its verdict', async () => {
    relay.calls.set(
      'abc@host',
      call('abc@host', [party('x', 'y', [stream()]), party('y', 'x', [stream({ cryptoSuite: suite })])]),
    );
    expect(await ctl({ action: 'list', limit: 10 })).toBe(EXIT.ok);
    expect(out).toMatch(
      /^call-id +age +verdict +caller +callee +dropped\nabc@host +6\d s +healthy +192\.0\.2\.1:4000 RTP \d s +192\.0\.2\.1:4000 SRTP \d s +0\n$/,
    );
  });

  it('says how many more there are', async () => {
    for (let index = 0; index < 5; index++) relay.calls.set(`c${index}`, call(`c${index}`, []));
    await ctl({ action: 'list', limit: 2 });
    expect(out).toContain('2 of 5; --limit shows more');
  });

  it('prints what the API says with --json', async () => {
    relay.calls.set('a', call('a', []));
    await ctl({ action: 'list', limit: 10 }, { json: true });
    expect(JSON.parse(out)).toMatchObject({ total: 1, calls: [{ callId: 'a' }] });
  });
});

describe('ctl show', () => {
  it('answers why there is no audio', async () => {
    const silent = stream({
      cryptoSuite: suite,
      lastPacket: null,
      received: { packets: 0, bytes: 0, errors: 0 },
      drops: { auth: 321 },
      learned: false,
      ssrcs: [0xabc],
    });
    const heard = stream({ advertisedEndpoint: { family: 'IP4', address: '10.0.0.1', port: 9 } });
    const quality = { mos: 42, jitter: 3, packetLoss: 0, roundTripTime: 40, samples: 3, reportedAt: 1 };
    const ssrc = {
      ssrc: 0xabc,
      packets: 5,
      bytes: 5,
      lost: 2,
      reordered: 0,
      duplicates: 0,
      average: quality,
      lowest: null,
      highest: null,
      rolloverCounter: 7,
    };
    const lastSignal = Math.floor(Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000);
    relay.calls.set(
      'a/b',
      call('a/b', [party('x', 'y', [heard]), party('y', 'x', [silent])], {
        ssrcs: [ssrc],
        lastSignal,
        createdMicroseconds: (lastSignal - 600) * 1e6,
      }),
    );
    expect(await ctl({ action: 'show', callId: 'a/b' })).toBe(EXIT.ok);
    expect(out).toContain(
      'verdict  one-way: callee: secure side sends, nothing authenticates: key mismatch since the re-INVITE at 03:04:05 UTC (321 packets dropped as auth)',
    );
    for (const part of [
      `${suite}; no packet ever`,
      'dropped: auth 321',
      'rollover counter 7',
      'MOS 4.2',
      'round trip 40 ms',
      '192.0.2.1:4000 (signalled)',
      '(learned; signalled was 10.0.0.1:9)',
    ]) {
      expect(out).toContain(part);
    }
  });

  it('lets no peer write escape sequences into the terminal', async () => {
    relay.calls.set('a', call('a', [party('evil\u001b]0;x\u0007tag', null, [])]));
    await ctl({ action: 'show', callId: 'a' });
    expect(out).toContain('evil?]0;x?tag');
    expect(out).not.toContain('\u001b');
  });

  it('answers 5 for a call that is not there', async () => {
    expect(await ctl({ action: 'show', callId: 'nobody' })).toBe(EXIT.notFound);
    expect(err).toBe('srtp-anchor ctl: no such call\n');
  });
});

describe('ctl stats and top', () => {
  it('show totals, drops and workers', async () => {
    Object.assign(relay.snapshotValue, {
      received: { packets: 1_234_567, bytes: 1 },
      workers: [worker({ packets: 42, ports: 4 })],
      drops: { ...relay.snapshotValue.drops, auth: 9 },
    });
    expect(await ctl({ action: 'stats' })).toBe(EXIT.ok);
    expect(out).toContain('1,234,567 packets since start');
    expect(out).toContain('dropped  auth 9');
    expect(out).toMatch(/^ +0 +– +42 +4 +10$/m);
  });

  it('compute rates from one picture to the next', async () => {
    setTimeout(() => Object.assign(relay.snapshotValue, { received: { packets: 5_000, bytes: 500_000 } }), 500);
    expect(await ctl({ action: 'top', intervalSeconds: 1, rounds: 2 })).toBe(EXIT.ok);
    const rates = [...out.matchAll(/^in +([\d,]+) packets\/s/gm)].map((match) => Number(match[1]!.replace(',', '')));
    expect(rates).toHaveLength(1);
    expect(rates[0]).toBeGreaterThan(3_500);
    expect(rates[0]).toBeLessThan(5_100);
  });

  it('ends when it is stopped, and prints a line a round with --json', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    expect(await ctl({ action: 'top', intervalSeconds: 60, rounds: null }, { json: true, stop: stop.signal })).toBe(
      EXIT.ok,
    );
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({ total: 0, stats: { version: '1.2.3' } });
  });
});

describe('ctl changes', () => {
  it('drains, ends calls, sets the log level', async () => {
    relay.calls.set('a b/ü', call('a b/ü', []));
    expect(await ctl({ action: 'loglevel', level: 'debug' })).toBe(EXIT.ok);
    expect(out).toBe('log level is debug, was info\n');
    expect(await ctl({ action: 'drain' })).toBe(EXIT.ok);
    expect(out).toBe('draining: no new calls; 1 in progress\n');
    expect(await ctl({ action: 'terminate', callId: 'a b/ü' })).toBe(EXIT.ok);
    expect([relay.level, relay.isDraining, relay.calls.size]).toEqual(['debug', true, 0]);
    expect(await ctl({ action: 'terminate', callId: 'a b/ü' })).toBe(EXIT.notFound);
  });

  it('need the token where there is one, and say so', async () => {
    rules = { ...rules, token: new Secret('correct-horse-battery') };
    expect(await ctl({ action: 'drain' })).toBe(EXIT.refused);
    expect(err).toContain('SRTP_ANCHOR_TOKEN');
    expect(await ctl({ action: 'drain' }, { token: 'correct-horse-battery' })).toBe(EXIT.ok);
  });
});

describe('when the relay is not there', () => {
  it('says what to check', async () => {
    await server.close();
    expect(await ctl({ action: 'stats' })).toBe(EXIT.unreachable);
    expect(err).toContain(`nothing listens at ${url}: is the relay running with listen-http there?`);
    expect(await ctl({ action: 'stats' }, { url: 'http://no-such-host.invalid:1' })).toBe(EXIT.unreachable);
    expect(err).toContain('cannot be reached');
  });
});
