import { afterEach, describe, expect, it } from 'vitest';
import { openNgClient, type Anchor, type AnchorOptions } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import { HeapProbe } from '../support/heap-probe.js';
import { TestHost } from '../support/host.js';
import type { NgClient, NgReply } from '../support/ng-client.js';
import { countDescriptors } from '../support/process-status.js';
import { buildSdp } from '../support/sdp.js';
import { startAnchor } from '../support/start-anchor.js';
import { RtpStream, sendInStep } from '../support/stream.js';
import { waitFor } from '../support/wait.js';

const MEGABYTE = 1_048_576;
const SDP = buildSdp({ port: 40_000 });

describe('the ports of the anchor', () => {
  let host: TestHost;

  afterEach(async () => {
    await host.close();
  });

  async function start(options: AnchorOptions): Promise<[Anchor, NgClient]> {
    host = await TestHost.open();
    const anchor = await startAnchor(host, options);
    // As a proxy does: up to five times, a second apart.
    return [anchor, await openNgClient(anchor, { retransmissions: 4 })];
  }

  function offer(client: NgClient, callId: string): Promise<NgReply> {
    return client.request({
      command: 'offer',
      'call-id': callId,
      'from-tag': 'a',
      'transport-protocol': 'RTP/SAVP',
      sdp: SDP,
    });
  }

  function remove(client: NgClient, callId: string): Promise<NgReply> {
    return client.ok({ command: 'delete', 'call-id': callId, 'from-tag': 'a', 'delete-delay': 0 });
  }

  /** Offers until one is refused; answers the ids of the calls that were made. */
  async function exhaust(client: NgClient, round: number): Promise<[string[], NgReply]> {
    const made: string[] = [];
    for (let i = 0; i < 100; i++) {
      const callId = `round-${round}-${i}`;
      const reply = await offer(client, callId);
      if (reply.result !== 'ok') return [made, reply];
      made.push(callId);
    }
    throw new Error('a hundred calls fit into sixteen ports');
  }

  it('run out with the words that proxies look for, leave earlier calls alone and come back, fifteen times', async () => {
    const [anchor, client] = await start({ portMin: 30_000, portMax: 30_015 });
    const call = await AnchoredCall.open(anchor, { from: 'AES_CM_128_HMAC_SHA1_80', to: 'plain' });
    const stream = new RtpStream({ ssrc: 7 });
    let room: number | undefined;
    for (let round = 0; round < 15; round++) {
      const [made, refusal] = await exhaust(client, round);
      expect(refusal.result).toBe('error');
      expect(refusal.errorReason).toMatch(/^Ran out of ports/);
      // A call needs two ports a side; the refused one leaves nothing behind.
      expect(made.length).toBe(room ?? made.length);
      expect(made.length).toBeGreaterThanOrEqual(3);
      room = made.length;
      expect((await client.request({ command: 'query', 'call-id': `round-${round}-${made.length}` })).result).toBe(
        'error',
      );
      call.from.rtp.take();
      await sendInStep(call, call.to, stream.packets(10));
      for (const callId of made) await remove(client, callId);
    }
    await call.close();
    await client.close();
  });

  it('are offered as a refusal to go elsewhere, also to proxies that ask for it by name', async () => {
    const [, client] = await start({ portMin: 30_000, portMax: 30_003 });
    await offer(client, 'first');
    const reply = await client.request({
      ...{ command: 'offer', 'call-id': 'second', 'from-tag': 'a', sdp: SDP, supports: ['load limit'] },
    });
    expect(['error', 'load limit']).toContain(reply.result);
    expect(reply.errorReason ?? reply.message).toMatch(/^Ran out of ports/);
    await client.close();
  });

  it('and sockets and memory are back after a thousand calls made and deleted', async () => {
    const probe = new HeapProbe();
    const [anchor, client] = await start({ portMin: 22_000, portMax: 31_999, environment: probe.environment });
    const { pid } = anchor.process;
    async function thousandCalls(round: number): Promise<void> {
      for (let batch = 0; batch < 50; batch++) {
        const ids = Array.from({ length: 20 }, (_, i) => `churn-${round}-${batch}-${i}`);
        await Promise.all(ids.map((id) => oneCall(client, id)));
      }
    }
    const descriptorsBefore = countDescriptors(pid);
    // Two rounds warm heap and caches (the reply cache holds a minute of answers); the third is measured.
    for (const round of [1, 2]) await thousandCalls(round);
    await waitFor('the sockets to close', () => countDescriptors(pid) <= descriptorsBefore, {
      timeoutMilliseconds: 20_000,
    });
    const before = await probe.read(pid);
    await thousandCalls(3);
    await waitFor('the sockets to close', () => countDescriptors(pid) <= descriptorsBefore, {
      timeoutMilliseconds: 20_000,
    });
    const after = await probe.read(pid);
    // Three thousand answers are remembered for a minute: some three megabytes a round.
    expect((after.objects - before.objects) / MEGABYTE).toBeLessThan(6);
    expect((after.native - before.native) / MEGABYTE).toBeLessThan(6);
    probe.close();
    const { dictionary } = await client.ok({ command: 'list' });
    expect(dictionary['calls']).toEqual([]);
    await client.close();
  });

  async function oneCall(client: NgClient, callId: string): Promise<void> {
    await client.ok({
      command: 'offer',
      'call-id': callId,
      'from-tag': 'a',
      'transport-protocol': 'RTP/AVP',
      sdp: SDP,
    });
    const answer = { command: 'answer', 'call-id': callId, 'from-tag': 'a', 'to-tag': 'b', sdp: SDP } as const;
    await client.ok(answer);
    await remove(client, callId);
  }
});
