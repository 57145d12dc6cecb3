import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openNgClient, type AnchorOptions } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import { FaultShim, type ErrnoName } from '../support/fault-shim.js';
import { TestHost } from '../support/host.js';
import { httpRequest, readDrops, readMetrics, total } from '../support/metrics.js';
import { NotifyListener } from '../support/notify-listener.js';
import { countDescriptors } from '../support/process-status.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildSdp } from '../support/sdp.js';
import { RtpStream, sendInStep } from '../support/stream.js';
import { sleep, waitFor } from '../support/wait.js';
import { expectBalance, expectHealth, expectPong, sendErrors } from './support/relay-checks.js';
import { SteadyCall } from './support/steady-call.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';

let shim: FaultShim;
let host: TestHost;

beforeAll(async () => {
  shim = await FaultShim.build();
});

beforeEach(async () => {
  host = await TestHost.open();
});

afterEach(async () => {
  shim.heal();
  await host.close();
});

afterAll(() => {
  shim.remove();
});

async function start(options: AnchorOptions = {}): Promise<RelayProcess> {
  return RelayProcess.start(host, { ...options, environment: { ...shim.environment, ...options.environment } });
}

describe('a worker that stalls', () => {
  it('is named by /healthz within two seconds, starves the watchdog, and costs the other worker nothing', async () => {
    const manager = await NotifyListener.open();
    const anchor = await start({
      extraArguments: ['--workers', '2'],
      environment: { NOTIFY_SOCKET: manager.path, WATCHDOG_USEC: '600000' },
    });
    // The first call of all is worker 0's.
    const steady = await SteadyCall.start(anchor);
    await expectHealth(anchor, 200);
    shim.stallWorker(1);
    expect(await expectHealth(anchor, 503)).toContain('worker 1 stalled');
    expect((await httpRequest(anchor, '/readyz')).status).toBe(503);
    // One feed may have been on its way.
    await sleep(300);
    const fed = manager.count('WATCHDOG=1');
    await sleep(900);
    expect(manager.count('WATCHDOG=1')).toBe(fed);
    expect(manager.heard.join()).toMatch(/STATUS=worker 1 stalled for \d+ ms/);
    await expectPong(anchor);
    // It has the fewest ports, and yet gets no new call.
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE });
    await sendInStep(call, call.from, new RtpStream({ ssrc: 1 }).packets(3));
    await call.close();
    shim.stallWorker(null);
    await expectHealth(anchor, 200);
    await waitFor('the watchdog to be fed again', () => manager.count('WATCHDOG=1') > fed);
    expect((await steady.stop()).lost).toBe(0);
    await manager.close();
  });

  it('for half a second delays the packets of its calls and loses none, and control answers meanwhile', async () => {
    const anchor = await start({ extraArguments: ['--workers', '1'] });
    const steady = await SteadyCall.start(anchor);
    shim.stallWorker(0);
    const client = await openNgClient(anchor);
    const offer = { command: 'offer', 'call-id': 'meanwhile', 'from-tag': 'a', sdp: buildSdp({ port: 40_000 }) };
    await client.ok(offer);
    await client.ok({ command: 'delete', 'call-id': 'meanwhile', 'from-tag': 'a', 'delete-delay': 0 });
    await sleep(500);
    shim.stallWorker(null);
    await sleep(200);
    expect((await steady.stop()).lost).toBe(0);
    await expectBalance(anchor);
    await client.close();
  });
});

describe('a system call that fails', () => {
  it('when a packet is sent is counted by the reason, costs that packet alone, and ends', async () => {
    const anchor = await start();
    const steady = await SteadyCall.start(anchor);
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE });
    const stream = new RtpStream({ ssrc: 1 });
    await sendInStep(call, call.from, stream.packets(3));
    expect((await steady.stop()).lost).toBe(0);
    const reasons = ['ENOBUFS', 'EPERM', 'ECONNREFUSED', 'ENETUNREACH', 'ENETDOWN', 'ENOMEM', 'EAGAIN'] as const;
    for (const [index, reason] of reasons.entries()) {
      shim.fail('worker', 'sendto', reason, { times: 20 });
      for (const packet of stream.packets(20)) await call.sendRtp(call.from, packet);
      await waitFor(`${reason} to be counted`, async () => (await readDrops(anchor))['tx_error'] === 20 * (index + 1));
      await waitFor(`${reason} to be named`, async () => reason in (await sendErrors(anchor)));
      call.to.rtp.take();
      await sendInStep(call, call.from, stream.packets(3));
    }
    await expectBalance(anchor);
    await call.close();
  });

  it.each<ErrnoName>(['EAGAIN', 'EINTR', 'ENOMEM', 'ECONNREFUSED'])(
    'with %s when packets are read delays them while it lasts, and loses none',
    async (reason) => {
      const anchor = await start();
      const steady = await SteadyCall.start(anchor);
      for (const call of ['recvfrom', 'recvmmsg'] as const) shim.fail('worker', call, reason);
      await waitFor('the storm', () => shim.failed('worker', 'recvmmsg') > 1_000);
      expect((await httpRequest(anchor, '/healthz')).status).toBe(200);
      shim.heal();
      expect((await steady.stop()).lost).toBe(0);
      await expectBalance(anchor);
    },
  );

  it('while ports are opened fails that offer or answer with a reason, leaves nothing behind, and harms no call', async () => {
    const anchor = await start();
    const steady = await SteadyCall.start(anchor);
    const client = await openNgClient(anchor);
    const attempt = async (callId: string): Promise<string> => {
      const sdp = buildSdp({ port: 40_000 });
      const { result, errorReason } = await client.request({
        command: 'offer',
        'call-id': callId,
        'from-tag': 'a',
        sdp,
      });
      if (result === 'ok') {
        const forget = { command: 'delete', 'call-id': callId, 'from-tag': 'a', 'delete-delay': 0 };
        expect((await client.ok(forget)).warning).toBeUndefined();
      } else expect(errorReason).not.toBe('');
      return result;
    };
    expect(await attempt('before')).toBe('ok');
    const settled = async (): Promise<[number, number]> => [
      total(await readMetrics(anchor), 'srtp_anchor_ports_used', {}),
      countDescriptors(relayPid(anchor)),
    ];
    await sleep(200);
    const before = await settled();
    const failures = [
      ['socket', 'EMFILE'],
      ['socket', 'ENOBUFS'],
      ['bind', 'EACCES'],
      ['bind', 'ENOMEM'],
      ['setsockopt', 'ENOMEM'],
      ['epoll_ctl', 'ENOSPC'],
      ['epoll_ctl', 'ENOMEM'],
    ] as const;
    const results = new Set<string>();
    for (const [call, reason] of failures) {
      // Each of the calls of an offer once: it opens four ports.
      for (let after = 0; after < 4; after++) {
        shim.fail('other', call, reason, { after, times: 1 });
        results.add(`${call} ${await attempt(`${call}-${reason}-${after}`)}`);
        shim.heal();
        expect(await attempt('and-now')).toBe('ok');
      }
    }
    expect([...results].sort()).toEqual(['bind error', 'epoll_ctl error', 'setsockopt ok', 'socket error']);
    await waitFor('ports and descriptors to be back', async () => {
      const now = await settled();
      return now[0] <= before[0] && now[1] <= before[1];
    });
    expect((await steady.stop()).lost).toBe(0);
    await client.close();
  });

  it('on the control sockets costs a reply that the proxy asks for again, and is counted', async () => {
    const anchor = await start();
    const client = await openNgClient(anchor, { retransmissions: 20, retryMilliseconds: 50 });
    for (const reason of ['ENOBUFS', 'EPERM', 'ECONNREFUSED', 'ENETUNREACH', 'EAGAIN'] as const) {
      shim.fail('other', 'sendmsg', reason, { times: 5 });
      expect((await client.ok({ command: 'ping' })).result).toBe('pong');
      shim.heal();
    }
    const failures = total(await readMetrics(anchor), 'srtp_anchor_control_replies_unsent_total');
    expect(failures).toBeGreaterThan(0);
    for (const reason of ['ENOBUFS', 'ENOMEM', 'ECONNREFUSED', 'EAGAIN', 'EINTR'] as const) {
      shim.fail('other', 'recvmsg', reason, { times: 200 });
      expect((await client.ok({ command: 'ping' })).result).toBe('pong');
      shim.heal();
    }
    for (const reason of ['EMFILE', 'ENFILE', 'ENOBUFS', 'ECONNABORTED'] as const) {
      shim.fail('other', 'accept4', reason, { times: 5 });
      const unheard = await host.connect(anchor.http.address, anchor.http.port);
      unheard.on('error', () => undefined);
      await waitFor('accept to fail', () => shim.failed('other', 'accept4') > 0);
      shim.heal();
      unheard.destroy();
      expect((await httpRequest(anchor, '/healthz')).status).toBe(200);
    }
    // Hundreds of failures are some lines of log.
    expect(anchor.process.output.split('\n').length).toBeLessThan(60);
    await client.close();
  });
});

describe('a wall clock that jumps', () => {
  it.each([
    ['forward', 3_600],
    ['back', -3_600],
  ])('an hour %s ends no call, drains none away, and falsifies no duration', async (_direction, seconds) => {
    const notes: string[] = [];
    const receiver = await host.listen('127.0.0.1', 9_999);
    receiver.on('connection', (socket) => socket.on('data', (part: Buffer) => notes.push(part.toString())));
    const anchor = await start({
      extraArguments: [
        ...['--timeout', '2', '--offer-timeout', '60', '--drain-timeout', '30'],
        ...['--webhook-url', 'http://127.0.0.1:9999/'],
      ],
    });
    const silent = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE });
    const steady = await SteadyCall.start(anchor);
    shim.moveClock(seconds);
    // The call in which nobody speaks ends after two seconds, as ever, and is that old; the other one goes on.
    const note = /"callId":"([^"]+)","reason":"media_timeout".*"ageSeconds":(-?[\d.]+)/;
    const [, callId, age] = await waitFor('the timeout', () => note.exec(notes.join('')) ?? undefined);
    expect(callId).toBe(silent.callId);
    expectAge(age);
    await silent.close();
    await expectHealth(anchor, 200);
    await httpRequest(anchor, '/api/drain', 'POST');
    shim.moveClock(0);
    await sleep(600);
    shim.moveClock(seconds);
    await sleep(600);
    anchor.process.assertRunning();
    expect((await steady.stop()).lost).toBe(0);
    // With its last call the relay is drained.
    expect((await anchor.process.exit(5_000)).code).toBe(0);
    const logged = [...anchor.process.stdout.matchAll(/"ageSeconds":(-?[\d.]+)[^\n]*"event":"call-closed"/g)];
    expect(logged).toHaveLength(2);
    for (const [, seconds] of logged) expectAge(seconds);
    receiver.close();
  });
});

describe('what hangs outside', () => {
  it('a resolver, asked for the webhook, holds up neither timeouts, log nor control, nor the end', async () => {
    const anchor = await start({
      extraArguments: ['--timeout', '1', '--webhook-url', 'http://webhook.invalid:9999/'],
    });
    shim.hangResolver(true);
    const calls = await Promise.all(
      Array.from({ length: 12 }, () => AnchoredCall.open(anchor, { from: 'plain', to: SUITE })),
    );
    const ended = (): number => anchor.process.output.split('media_timeout').length - 1;
    await waitFor('all calls to end, and to be logged', () => ended() >= 12, { timeoutMilliseconds: 10_000 });
    await expectPong(anchor);
    expect((await httpRequest(anchor, '/healthz')).status).toBe(200);
    await Promise.all(calls.map((call) => call.close()));
    anchor.process.signal('SIGTERM');
    expect((await anchor.process.exit(5_000)).code).toBe(0);
  });

  it('a disk that the log is written to stops neither control nor media, nor the end', async () => {
    const anchor = await start({ extraArguments: ['--log-level', 'trace'] });
    const steady = await SteadyCall.start(anchor);
    shim.hangLog(true);
    const client = await openNgClient(anchor);
    for (let i = 0; i < 500; i++) await client.ok({ command: 'ping' });
    expect((await httpRequest(anchor, '/healthz')).status).toBe(200);
    expect((await steady.stop()).lost).toBe(0);
    anchor.process.signal('SIGTERM');
    expect((await anchor.process.exit(5_000)).code).toBe(0);
    await client.close();
  });
});

/** Of calls that lived for some seconds, on a slow machine many. */
function expectAge(seconds: string | undefined): void {
  expect(Number(seconds)).toBeGreaterThan(0);
  expect(Number(seconds)).toBeLessThan(60);
}

/** nsenter is replaced by what it starts. */
function relayPid(anchor: RelayProcess): number {
  return anchor.process.pid;
}
