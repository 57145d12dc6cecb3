import { describe, expect, it } from 'vitest';
import type { BencodeDictionary } from '../../support/bencode.js';
import { adoptSdp, describeEnd, sendRtp } from '../../support/call-end.js';
import { expectHeard, phoneBody, sharedRelay, type Dialogue } from '../../support/shared-relay.js';
import { RtpStream } from '../../support/stream.js';
import { sleep, waitFor } from '../../support/wait.js';

/* The commands, what selects a call and its parties, and what the replies say. */
const relay = sharedRelay({ extraArguments: ['--delete-delay', '30'] });

/** An answered call of two bodies. */
async function answered(options = {}): Promise<Dialogue> {
  const call = relay.dialogue();
  await call.offered(phoneBody(), options);
  await call.answered(phoneBody({ port: 45_010 }));
  return call;
}

/** A call with two branches, `z1` answered by `b1` and `z2` by `b2`. */
async function forked(): Promise<Dialogue> {
  const call = relay.dialogue();
  for (const [branch, tag, port] of [
    ['z1', 'b1', 45_010],
    ['z2', 'b2', 45_020],
  ] as const) {
    await call.offered(phoneBody(), { 'via-branch': branch });
    await call.answered(phoneBody({ port }), { 'via-branch': branch, 'to-tag': tag });
  }
  return call;
}

const isKnown = async (call: Dialogue): Promise<boolean> => (await call.request('query')).result === 'ok';

describe('commands', () => {
  it('command: ping — pong', async () => {
    expect((await relay.client.request({ command: 'ping' })).dictionary).toEqual({ result: 'pong' });
  });

  it('command: offer — makes a call of an unknown call-id, and says what is missing', async () => {
    const call = relay.dialogue();
    expect(await isKnown(call)).toBe(false);
    expect(await call.offered(phoneBody())).toMatch(/^m=audio \d+ RTP\/AVP 0 8\r$/m);
    expect(await isKnown(call)).toBe(true);
    const { client } = relay;
    const names = { 'call-id': call.callId, 'from-tag': 'a', sdp: phoneBody() };
    for (const [request, text] of [
      [{ ...names, 'call-id': '' }, 'No call-id in message'],
      [{ ...names, 'from-tag': '' }, 'No from-tag in message'],
      [{ ...names, sdp: '' }, 'No SDP body in message'],
    ] as const)
      expect((await client.request({ ...request, command: 'offer' })).errorReason).toBe(text);
  });

  it('command: answer — settles an offer; without one it is an error', async () => {
    const call = relay.dialogue();
    expect((await call.answer(phoneBody())).errorReason).toBe('Unknown call-id');
    await call.offered(phoneBody());
    expect((await call.answer(phoneBody(), { 'to-tag': '' })).errorReason).toBe('No to-tag in message');
    expect((await call.answer(phoneBody({ port: 45_010 }))).result).toBe('ok');
    expect(await call.party('b')).toMatchObject({ tag: 'b', 'in dialogue with': 'a' });
  });

  it('command: delete — ends the call and reports on it as query does', async () => {
    const call = await answered();
    const report = await call.request('delete', { 'delete-delay': 0 });
    expect(report.dictionary).toMatchObject({ result: 'ok', tags: { a: { tag: 'a' }, b: { tag: 'b' } } });
    expect(await isKnown(call)).toBe(false);
  });

  it('command: query — times, parties, streams and totals', async () => {
    const { dictionary } = await (await answered()).request('query');
    const now = Date.now() / 1_000;
    expect(Math.abs(Number(dictionary['created']) - now)).toBeLessThan(5);
    expect(dictionary['totals']).toEqual({
      RTP: { packets: 0, bytes: 0, errors: 0 },
      RTCP: { packets: 0, bytes: 0, errors: 0 },
    });
    expect(Object.keys(dictionary['tags'] as BencodeDictionary).sort()).toEqual(['a', 'b']);
    expect((await relay.client.request({ command: 'query', 'call-id': 'nobody' })).errorReason).toBe('Unknown call-id');
  });

  it('command: list — the call-ids, oldest first', async () => {
    const [one, two] = [await answered(), await answered()];
    const { dictionary } = await relay.client.ok({ command: 'list' });
    const ours = (dictionary['calls'] as readonly string[]).filter((id) => [one.callId, two.callId].includes(id));
    expect(ours).toEqual([one.callId, two.callId]);
  });

  it('command: statistics — sessions that are there are counted', async () => {
    const own = async (): Promise<unknown> => {
      const { dictionary } = await relay.client.ok({ command: 'statistics' });
      const { currentstatistics } = dictionary['statistics'] as { currentstatistics: Record<string, unknown> };
      expect(currentstatistics['sessionstotal']).toBe(currentstatistics['sessionsown']);
      return currentstatistics['sessionsown'];
    };
    const before = Number(await own());
    const call = await answered();
    expect(await own()).toBe(before + 1);
    await call.request('delete', { 'delete-delay': 0 });
    expect(await own()).toBe(before);
  });

  it('command: block media, unblock media — what one party sends is dropped, and heard again', async () => {
    const call = await relay.connect('plain', 'plain');
    const [a, b] = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2 })];
    const names = { 'call-id': call.callId, 'from-tag': call.from.tag };
    await call.client.ok({ ...names, command: 'block media' });
    await sleep(20);
    for (const packet of a.packets(3)) await call.sendRtp(call.from, packet);
    expect(await call.to.rtp.settle(100)).toHaveLength(0);
    await expectHeard(call, call.to, b);
    await call.client.ok({ ...names, command: 'unblock media' });
    await sleep(20);
    await expectHeard(call, call.from, a);
  });

  it('command: block DTMF, unblock DTMF — events are dropped while audio passes, and heard again', async () => {
    const [a, b] = [await relay.end(), await relay.end()];
    const call = relay.dialogue();
    const dtmf = { payloadTypes: [0, 101], attributes: ['rtpmap:101 telephone-event/8000'] };
    adoptSdp(b, await call.offered(describeEnd(a, dtmf)));
    adoptSdp(a, await call.answered(describeEnd(b, dtmf)));
    const digit = new RtpStream({ ssrc: 1, payloadType: 101 });
    const heard = async (command: string): Promise<number[]> => {
      expect((await call.request(command)).result).toBe('ok');
      await sleep(20);
      b.rtp.take();
      for (const packet of [digit.packet(), new RtpStream({ ssrc: 1, start: digit.next++ }).packet()])
        await sendRtp(a, packet);
      return (await b.rtp.settle(100)).map(({ data }) => data[1]! & 0x7f);
    };
    expect(await heard('block DTMF')).toEqual([0]);
    expect(await heard('unblock DTMF')).toEqual([101, 0]);
  });
});

describe('names of a call and its parties', () => {
  it('key: command — in any case and spelling of the key', async () => {
    expect((await relay.client.request({ command: 'PING' })).result).toBe('pong');
    expect((await relay.client.request({ command: '' })).errorReason).toBe('Unrecognized command');
    expect((await relay.client.request({ command: 'dance' })).errorReason).toBe('Unrecognized command');
  });

  it('key: call-id — calls of two names have nothing in common', async () => {
    const [one, two] = [await answered(), await answered()];
    const port = async (call: Dialogue): Promise<unknown> => (await call.streams('a'))[0]?.['local port'];
    expect(await port(one)).not.toBe(await port(two));
    await one.request('delete', { 'delete-delay': 0 });
    expect([await isKnown(one), await isKnown(two)]).toEqual([false, true]);
  });

  it('key: from-tag — names the party that offers, also the callee in a re-INVITE of its own', async () => {
    const call = await answered();
    const before = await call.streams('b');
    await call.offered(phoneBody({ port: 45_020 }), { 'from-tag': 'b', 'to-tag': 'a' });
    await call.answered(phoneBody(), { 'from-tag': 'b', 'to-tag': 'a' });
    await expect.poll(() => call.endpoint('b')).toBe('127.0.0.5:45020');
    expect((await call.streams('b'))[0]?.['local port']).toBe(before[0]?.['local port']);
    expect(Object.keys((await call.request('query')).dictionary['tags'] as BencodeDictionary)).toHaveLength(2);
  });

  it('key: to-tag — names the party that answers, and the one a re-offer goes to', async () => {
    const call = await forked();
    for (const tag of ['b1', 'b2', 'b1']) {
      const offered = await call.offered(phoneBody(), { 'to-tag': tag });
      expect(Number(/^m=audio (\d+)/m.exec(offered)?.[1])).toBe((await call.streams(tag))[0]?.['local port']);
    }
  });

  it('key: label — repeated in query', async () => {
    const call = relay.dialogue();
    await call.offered(phoneBody(), { label: 'caller' });
    expect((await call.party('a'))['label']).toBe('caller');
  });

  it('key: set-label — repeated in query', async () => {
    const call = relay.dialogue();
    await call.offered(phoneBody(), { 'set-label': 'leg A' });
    expect((await call.party('a'))['label']).toBe('leg A');
  });

  it('key: metadata — repeated in query', async () => {
    const call = relay.dialogue();
    await call.offered(phoneBody(), { metadata: 'customer:17|trunk:x' });
    expect((await call.request('query')).dictionary['metadata']).toBe('customer:17|trunk:x');
  });

  it('key: limit — list gives so many calls', async () => {
    await answered();
    await answered();
    const count = async (limit: number): Promise<number> =>
      ((await relay.client.ok({ command: 'list', limit })).dictionary['calls'] as readonly string[]).length;
    expect([await count(1), await count(2)]).toEqual([1, 2]);
  });
});

describe('delete', () => {
  const tagsLeft = async (call: Dialogue): Promise<readonly string[]> => {
    const { dictionary } = await call.request('query');
    return Object.keys((dictionary['tags'] ?? {}) as BencodeDictionary).sort();
  };

  it('key: via-branch — takes that branch and leaves the others', async () => {
    const call = await forked();
    await call.request('delete', { 'from-tag': 'a', 'via-branch': 'z1', 'delete-delay': 0 });
    expect(await tagsLeft(call)).toEqual(['a', 'b2']);
  });

  it('flags: to-tag — the to-tag selects the party; without the flag the from-tag does', async () => {
    const one = await forked();
    await one.request('delete', { 'from-tag': 'a', 'to-tag': 'b1', flags: ['to-tag'], 'delete-delay': 0 });
    expect(await tagsLeft(one)).toEqual(['a', 'b2']);
    const other = await forked();
    await other.request('delete', { 'from-tag': 'a', 'to-tag': 'b1', 'delete-delay': 0 });
    expect(await tagsLeft(other)).toEqual([]);
  });

  it('flags: fatal — an unknown call is an error, and a warning without the flag', async () => {
    const text = "Call-ID not found or tags didn't match";
    const lenient = await relay.client.request({ command: 'delete', 'call-id': 'nobody' });
    expect([lenient.result, lenient.warning]).toEqual(['ok', text]);
    const strict = await relay.client.request({ command: 'delete', 'call-id': 'nobody', flags: ['fatal'] });
    expect([strict.result, strict.errorReason]).toEqual(['error', text]);
  });

  it('flags: fast — no statistics in the reply', async () => {
    const reply = await (await answered()).request('delete', { flags: ['fast'], 'delete-delay': 0 });
    expect(reply.dictionary).toEqual({ result: 'ok' });
  });

  it('key: delete-delay — of the delete, of the offer, and 30 s without either', async () => {
    const [atOnce, later, never] = [await answered(), await answered({ 'delete-delay': '1' }), await answered()];
    await atOnce.request('delete', { 'delete delay': 0, 'delete-delay': '0' });
    expect(await isKnown(atOnce)).toBe(false);
    await later.request('delete');
    await never.request('delete');
    expect(await isKnown(later)).toBe(true);
    await waitFor('the delay of the offer to run out', async () => !(await isKnown(later)));
    expect(await isKnown(never)).toBe(true);
  });
});

describe('a node that is full', () => {
  const full = sharedRelay({ portMin: 27_000, portMax: 27_999, extraArguments: ['--max-sessions', '1'] });

  it.each([
    ['supports: load limit — says load limit instead of error', { supports: ['load limit'] }],
    ['key: supports — as one string', { supports: 'load limit' }],
  ])('%s', async (_title, options) => {
    await full.dialogue().offered(phoneBody());
    const refused = await full.dialogue().offer(phoneBody(), options);
    expect([refused.result, refused.message]).toEqual(['load limit', 'Parallel session limit reached']);
    const plain = await full.dialogue().offer(phoneBody());
    expect([plain.result, plain.errorReason]).toEqual(['error', 'Parallel session limit reached']);
  });
});
