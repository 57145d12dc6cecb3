import { afterEach, describe, expect, it } from 'vitest';
import { openNgClient, type Anchor, type AnchorOptions } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import { TestHost } from '../support/host.js';
import { httpRequest, readDrops } from '../support/metrics.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildSdp } from '../support/sdp.js';
import { RtpStream, sendInStep } from '../support/stream.js';
import { UdpEndpoint } from '../support/udp-endpoint.js';
import { sleep, waitFor } from '../support/wait.js';
import { expectBalance, expectHealth, expectPong, sendErrors } from './support/relay-checks.js';
import { SteadyCall } from './support/steady-call.js';
import { startWrappedRelay } from './support/wrapped-relay.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';

let host: TestHost;

afterEach(async () => {
  await host.close();
});

async function start(options: AnchorOptions = {}, addresses: readonly string[] = []): Promise<Anchor> {
  host = await TestHost.open(addresses);
  return RelayProcess.start(host, options);
}

async function ip(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await host.run('ip', args);
  if (code !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

describe('a process that stood still for ten seconds', () => {
  it('goes on with its calls, although the media timeout is five, and is healthy within two', async () => {
    const anchor = await start({ extraArguments: ['--timeout', '5'] });
    const steady = await SteadyCall.start(anchor);
    await sleep(500);
    anchor.process.signal('SIGSTOP');
    await sleep(10_000);
    anchor.process.signal('SIGCONT');
    await expectHealth(anchor, 200);
    await sleep(1_000);
    const { callId, client, to } = steady.call;
    expect((await client.request({ command: 'query', 'call-id': callId })).result).toBe('ok');
    to.rtp.take();
    await to.rtp.waitForPackets(50);
    await steady.stop();
  });
});

describe('a send that the system refuses', () => {
  it('since nobody listens there costs no other call a packet', async () => {
    const anchor = await start();
    const steady = await SteadyCall.start(anchor);
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE });
    const stream = new RtpStream({ ssrc: 1 });
    await sendInStep(call, call.from, stream.packets(5));
    await call.to.rtp.close();
    for (const packet of stream.packets(200)) await call.sendRtp(call.from, packet);
    await sleep(300);
    expect((await steady.stop()).lost).toBe(0);
    await expectBalance(anchor);
    await call.close();
  });

  it.each([
    ['prohibit', 'EACCES'],
    ['throw', 'ENETUNREACH'],
    ['unreachable', 'EHOSTUNREACH'],
    ['blackhole', 'EINVAL'],
  ])('by a route of type %s is counted as %s, and media return with the route', async (kind, errno) => {
    const anchor = await start();
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE, address: '127.0.0.9' });
    // The kernel takes nothing from an address that it has no way back to, so the secure party speaks from another one.
    const mobile = await UdpEndpoint.open(host);
    const stream = new RtpStream({ ssrc: 1 });
    const speak = async (): Promise<void> => {
      await mobile.send(call.to.sender!.protectRtp(stream.packet()), call.to.anchorRtp);
    };
    await speak();
    await call.from.rtp.waitForPackets(1);
    await ip('route', 'add', kind, '127.0.0.9/32', 'table', 'local');
    for (let i = 0; i < 50; i++) await speak();
    await waitFor('drops to be counted', async () => (await readDrops(anchor))['tx_error'] === 50);
    // Errors are reported coalesced, so that a route that is gone cannot flood the control plane.
    const errors = await waitFor('errors', async () => {
      const found = await sendErrors(anchor);
      return Object.keys(found).length > 0 && found;
    });
    expect(Object.keys(errors)).toEqual([errno]);
    await expectBalance(anchor);
    await ip('route', 'del', kind, '127.0.0.9/32', 'table', 'local');
    call.from.rtp.take();
    for (let i = 0; i < 5; i++) await speak();
    await call.from.rtp.waitForPackets(5);
    await call.close();
  });

  it('since the address of the interface is gone, ends with the address back', async () => {
    const anchor = await start({ interfaces: ['192.0.2.10'] }, ['192.0.2.10/32', '192.0.2.20/32']);
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE, address: '192.0.2.20' });
    const stream = new RtpStream({ ssrc: 1 });
    await sendInStep(call, call.from, stream.packets(5));
    await ip('address', 'del', '192.0.2.10/32', 'dev', 'lo');
    for (const packet of stream.packets(20)) {
      await call.from.rtp.send(packet, call.from.anchorRtp).catch(() => undefined);
    }
    await expectPong(anchor);
    const offer = { command: 'offer', 'call-id': 'meanwhile', 'from-tag': 'a', sdp: buildSdp({ port: 40_000 }) };
    expect((await call.client.request(offer)).result).toBe('error');
    await ip('address', 'add', '192.0.2.10/32', 'dev', 'lo');
    call.to.rtp.take();
    await sendInStep(call, call.from, stream.packets(5));
    await expectBalance(anchor);
    await call.close();
  });
});

describe('want of resources', () => {
  it('of descriptors refuses offers with a reason, leaves calls alone, and ends with the calls', async () => {
    host = await TestHost.open();
    const anchor = await startWrappedRelay(host, { script: 'ulimit -n 128 && exec "$@"' });
    const steady = await SteadyCall.start(anchor);
    const client = await openNgClient(anchor);
    const sdp = buildSdp({ port: 40_000 });
    const offer = (callId: string): Promise<{ result: string; errorReason: string | undefined }> =>
      client.request({ command: 'offer', 'call-id': callId, 'from-tag': 'a', sdp });
    const made: string[] = [];
    let refusal = await offer('first');
    for (let i = 0; i < 40 && refusal.result === 'ok'; i++) {
      made.push(i === 0 ? 'first' : `call-${i - 1}`);
      refusal = await offer(`call-${i}`);
    }
    expect(refusal.result).toBe('error');
    expect(refusal.errorReason).not.toBe('');
    await expectPong(anchor);
    for (const callId of made) {
      await client.ok({ command: 'delete', 'call-id': callId, 'from-tag': 'a', 'delete-delay': 0 });
    }
    await waitFor('an offer to be taken again', async () => (await offer('again')).result === 'ok');
    expect((await steady.stop()).lost).toBe(0);
    expect((await httpRequest(anchor, '/healthz')).status).toBe(200);
    await client.close();
  });

  it.each([
    ['a log that nobody reads', 'mkfifo "$D/log" && exec 3<>"$D/log" && exec "$@" >"$D/log"'],
    ['a disk that is full', 'exec "$@" >/dev/full'],
  ])('for the log (%s) stops neither control nor media', async (_title, script) => {
    host = await TestHost.open();
    const { stdout } = await host.run('mktemp', ['-d']);
    const anchor = await startWrappedRelay(host, {
      script,
      arguments: ['--log-level', 'trace'],
      spawn: { env: { ...process.env, D: stdout.trim() } },
    });
    const steady = await SteadyCall.start(anchor);
    const client = await openNgClient(anchor);
    for (let i = 0; i < 1_500; i++) await client.ok({ command: 'ping' });
    expect((await steady.stop()).lost).toBe(0);
    expect((await httpRequest(anchor, '/healthz')).status).toBe(200);
    await client.close();
    await host.run('rm', ['-r', stdout.trim()]);
  });
});

describe('a webhook that never answers', () => {
  it('holds up neither timeouts nor control', async () => {
    host = await TestHost.open();
    const silent = await host.listen('127.0.0.1', 9_999);
    let notes = 0;
    silent.on('connection', () => notes++);
    const anchor = await RelayProcess.start(host, {
      extraArguments: ['--timeout', '1', '--webhook-url', 'http://127.0.0.1:9999/'],
    });
    const calls = await Promise.all(
      Array.from({ length: 20 }, () => AnchoredCall.open(anchor, { from: 'plain', to: SUITE })),
    );
    const { client } = calls[0]!;
    await waitFor(
      'all calls to end',
      async () => {
        const { dictionary } = await client.ok({ command: 'list' });
        return Array.isArray(dictionary['calls']) && dictionary['calls'].length === 0;
      },
      { timeoutMilliseconds: 10_000 },
    );
    expect(notes).toBeGreaterThan(0);
    await expectPong(anchor);
    expect((await httpRequest(anchor, '/healthz')).status).toBe(200);
    await Promise.all(calls.map((call) => call.close()));
    silent.close();
  });
});

describe('a process that was killed', () => {
  it('has lost its calls, says so, and takes the next ones on the same ports at once', async () => {
    const options = { ng: { address: '127.0.0.1', port: 2_223 }, http: { address: '127.0.0.1', port: 2_225 } };
    const anchor = await start(options);
    const call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE });
    await sendInStep(call, call.from, new RtpStream({ ssrc: 1 }).packets(5));
    anchor.process.signal('SIGKILL');
    await anchor.process.exit(5_000);
    const next = await RelayProcess.start(host, options);
    const gone = await call.client.request({ command: 'query', 'call-id': call.callId });
    expect(gone.errorReason).toMatch(/^Unknown call-id/);
    expect((await call.delete()).result).toBe('ok');
    // A re-INVITE that the proxy passes on makes the call anew, under new keys.
    const { receiver } = call.to;
    const again = await AnchoredCall.open(next, { from: 'plain', to: SUITE, callId: call.callId });
    await sendInStep(again, again.from, new RtpStream({ ssrc: 1 }).packets(5));
    expect(again.to.receiver?.rtpKeys.key.equals(receiver!.rtpKeys.key)).toBe(false);
    await again.close();
    await call.close();
  });
});
