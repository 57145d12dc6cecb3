import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { AnchoredCall, Flags } from '../../support/anchored-call.js';
import { adoptSdp, describeEnd, openRtp, sendRtp, type CallEnd } from '../../support/call-end.js';
import { Capture } from '../../support/capture.js';
import { readOnlyMedia } from '../../support/sdp.js';
import { expectHeard, expectSilence, linesOf, phoneBody, sharedRelay } from '../../support/shared-relay.js';
import { RtpStream } from '../../support/stream.js';
import { TempDirectory } from '../../support/temp-directory.js';
import { sleep, waitFor } from '../../support/wait.js';

/* What each flag does to media: where it comes from, where it goes, and on which ports. */
const WINDOW = 400;
const relay = sharedRelay({
  interfaces: ['inside/127.0.0.1', 'outside/127.0.0.2!127.0.0.3'],
  extraArguments: ['--learning-window', String(WINDOW), '--delete-delay', '1'],
});

const elsewhere = async (): Promise<CallEnd> => relay.end('plain', '127.0.0.9');

/** One packet from `source` toward the port that faces `call.from`; how many arrive at the other end. */
async function passed(call: AnchoredCall, source: CallEnd, ssrc: number): Promise<number> {
  call.to.rtp.take();
  await source.rtp.send(new RtpStream({ ssrc }).packet(), call.from.anchorRtp);
  return (await call.to.rtp.settle(100)).length;
}

/** Where media for the first end goes: `signalled`, `other` or both, by what arrives. */
async function sentTo(call: AnchoredCall, other: CallEnd, ssrc: number): Promise<string[]> {
  call.from.rtp.take();
  other.rtp.take();
  await call.sendRtp(call.to, new RtpStream({ ssrc }).packet());
  await sleep(100);
  return [...call.from.rtp.received.map(() => 'signalled'), ...other.rtp.received.map(() => 'other')];
}

describe('learning the remote address', () => {
  it('endpoint-learning: off — the signalled address alone is heard and sent to', async () => {
    const call = await relay.connect('plain', 'plain', { 'endpoint-learning': 'off' });
    const other = await elsewhere();
    await sleep(WINDOW + 50);
    expect(await passed(call, other, 1)).toBe(0);
    expect(await sentTo(call, other, 2)).toEqual(['signalled']);
    await expectHeard(call, call.from, new RtpStream({ ssrc: 3 }));
  });

  it('endpoint-learning: immediate — the first source is taken at once, and the next is not', async () => {
    const call = await relay.connect('plain', 'plain', { 'endpoint-learning': 'immediate' });
    const [first, second] = [await elsewhere(), await elsewhere()];
    expect(await passed(call, first, 1)).toBe(1);
    expect(await passed(call, second, 2)).toBe(0);
    expect(await sentTo(call, first, 3)).toEqual(['other']);
  });

  it('endpoint-learning: delayed — nothing is learned before the wait is over, the first source after it is', async () => {
    const call = await relay.connect('plain', 'plain', { 'endpoint-learning': 'delayed' });
    const [early, late] = [await elsewhere(), await elsewhere()];
    expect(await passed(call, early, 1)).toBe(0);
    await sleep(WINDOW);
    expect(await passed(call, late, 2)).toBe(1);
    expect(await passed(call, early, 3)).toBe(0);
    expect(await sentTo(call, late, 4)).toEqual(['other']);
  });

  it('endpoint-learning: heuristic — the source that fits the body outranks one that was there first', async () => {
    const call = await relay.connect('plain', 'plain', { 'endpoint-learning': 'heuristic' });
    const other = await elsewhere();
    await passed(call, other, 1);
    await expectHeard(call, call.from, new RtpStream({ ssrc: 2 }));
    expect(await passed(call, other, 3)).toBe(0);
    expect(await sentTo(call, other, 4)).toEqual(['signalled']);
  });

  it('key: endpoint-learning — the mode stands in flags as well', async () => {
    const call = await relay.connect('plain', 'plain', { flags: ['endpoint-learning=immediate'] });
    const [first, second] = [await elsewhere(), await elsewhere()];
    expect([await passed(call, first, 1), await passed(call, second, 2)]).toEqual([1, 0]);
  });

  it('flags: asymmetric — the source is not learned: media goes where the body says', async () => {
    const call = await relay.connect('plain', 'plain', { flags: ['asymmetric'], 'endpoint-learning': 'immediate' });
    const other = await elsewhere();
    expect(await passed(call, other, 1)).toBe(0);
    expect(await sentTo(call, other, 2)).toEqual(['signalled']);
  });

  it('flags: media-handover — another source is followed at any time', async () => {
    const call = await relay.connect('plain', 'plain', { flags: ['media-handover'] });
    await expectHeard(call, call.from, new RtpStream({ ssrc: 1 }));
    const other = await elsewhere();
    expect(await passed(call, other, 1)).toBe(1);
    expect(await sentTo(call, other, 2)).toEqual(['other']);
  });

  it('flags: strict-source — a secure leg takes no authentic packet from another source, and follows it without', async () => {
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    const heard: number[] = [];
    for (const flags of [[], ['strict-source']]) {
      const call = await relay.connect(suite, 'plain', { flags });
      const stream = new RtpStream({ ssrc: 1 });
      await expectHeard(call, call.from, stream);
      const other = await elsewhere();
      call.to.rtp.take();
      await other.rtp.send(call.from.sender!.protectRtp(stream.packet()), call.from.anchorRtp);
      heard.push((await call.to.rtp.settle(100)).length);
    }
    expect(heard).toEqual([1, 0]);
  });
});

describe('which address is believed', () => {
  const options = { 'received-from': ['IP4', '127.0.0.77'] };
  const remoteOf = async (extra: Flags): Promise<string> => {
    const call = relay.dialogue();
    await call.offered(phoneBody(), { ...options, ...extra });
    await call.answered(phoneBody({ port: 45_010 }));
    return waitFor('the worker to know where to send', () => call.endpoint('a'));
  };

  it('flags: trust-address — the address in the body; the default, and it takes SIP-source-address back', async () => {
    expect(await remoteOf({})).toBe('127.0.0.5:45000');
    expect(await remoteOf({ flags: ['SIP-source-address', 'trust-address'] })).toBe('127.0.0.5:45000');
  });

  it('flags: SIP-source-address — the address that the signalling came from', async () => {
    expect(await remoteOf({ flags: ['SIP-source-address'] })).toBe('127.0.0.77:45000');
  });

  it('key: received-from — names it, as a list or as an address', async () => {
    const flags = ['SIP-source-address'];
    expect(await remoteOf({ flags, 'received-from': ['IP4', '127.0.0.78'] })).toBe('127.0.0.78:45000');
    expect(await remoteOf({ flags, 'received-from': '127.0.0.79' })).toBe('127.0.0.79:45000');
  });

  it('key: media-address — stands in the body instead of our own address', async () => {
    expect(await remoteOf({ 'media-address': '127.0.0.88' })).toBe('127.0.0.5:45000');
    const offered = await relay.dialogue().offer(phoneBody(), { 'media-address': '127.0.0.88' });
    expect(offered.sdp).toContain('c=IN IP4 127.0.0.88');
    const wrong = await relay.dialogue().offer(phoneBody(), { 'media-address': 'nowhere' });
    expect(wrong.errorReason).toMatch(/^Unsupported option: media-address: "nowhere" is not an IP address/);
  });
});

describe('interfaces', () => {
  const shown = async (options: Flags): Promise<readonly string[]> => {
    const call = relay.dialogue();
    const offered = await call.offered(phoneBody(), options);
    const answered = await call.answered(phoneBody({ port: 45_010 }));
    return [...linesOf(answered, 'c='), ...linesOf(offered, 'c=')].map((line) => line.split(' ')[2] ?? '');
  };

  it.each([
    ['key: direction — the first faces the sender, the second the receiver', { direction: ['inside', 'outside'] }],
    ['key: to-interface — the receiver is faced there', { 'to-interface': 'outside' }],
  ])('%s', async (_title, options) => {
    expect(await shown({})).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(await shown(options)).toEqual(['127.0.0.1', '127.0.0.3']);
  });

  it('key: from-interface — the sender is faced there', async () => {
    expect(await shown({ 'from-interface': 'outside' })).toEqual(['127.0.0.3', '127.0.0.1']);
  });
});

describe('interfaces called internal and external', () => {
  const named = sharedRelay({
    interfaces: ['internal/127.0.0.1', 'external/127.0.0.2'],
    portMin: 27_000,
    portMax: 27_999,
  });

  it.each([
    ['flags: internal — faces the sender when it stands first', ['internal', 'external'], ['127.0.0.1', '127.0.0.2']],
    ['flags: external — faces the sender when it stands first', ['external', 'internal'], ['127.0.0.2', '127.0.0.1']],
  ])('%s', async (_title, flags, expected) => {
    const call = named.dialogue();
    const offered = await call.offered(phoneBody(), { flags });
    const answered = await call.answered(phoneBody({ port: 45_010 }));
    expect([readOnlyMedia(answered).address, readOnlyMedia(offered).address]).toEqual(expected);
  });
});

describe('rtcp-mux', () => {
  const mux = { lines: ['a=rtcp-mux'] };
  /** Whether the offer that went out, and the answer that came back, carry a=rtcp-mux; and the ports of each side. */
  const outcome = async (offerMuxes: boolean, answerMuxes: boolean, options: Flags): Promise<unknown[]> => {
    const call = relay.dialogue();
    const has = (sdp: string): boolean => linesOf(sdp, 'a=rtcp-mux').length === 1;
    const offered = await call.offered(phoneBody(offerMuxes ? mux : {}), options);
    const answered = await call.answered(phoneBody({ ...(answerMuxes ? mux : {}), port: 45_010 }), options);
    return [has(offered), has(answered), (await call.streams('a')).length, (await call.streams('b')).length];
  };

  it('without options: the wish of the offerer goes on, and the answer comes back', async () => {
    expect(await outcome(false, false, {})).toEqual([false, false, 2, 2]);
    expect(await outcome(true, true, {})).toEqual([true, true, 1, 1]);
    expect(await outcome(true, false, {})).toEqual([true, false, 2, 2]);
  });

  it('rtcp-mux: offer — offered although the offerer did not', async () => {
    expect(await outcome(false, true, { 'rtcp-mux': ['offer'] })).toEqual([true, false, 2, 1]);
    expect(await outcome(false, false, { 'rtcp-mux': ['offer'] })).toEqual([true, false, 2, 2]);
  });

  it('rtcp-mux: require — offered, and no RTCP port is opened even for an answer without', async () => {
    expect(await outcome(false, false, { 'rtcp-mux': ['require'] })).toEqual([true, false, 2, 1]);
  });

  it('rtcp-mux: demux — accepted from the offerer and not offered on', async () => {
    expect(await outcome(true, false, { 'rtcp-mux': ['demux'] })).toEqual([false, true, 1, 2]);
  });

  it('rtcp-mux: accept — accepted from the offerer whatever the other side answers', async () => {
    expect(await outcome(true, false, { 'rtcp-mux': ['accept'] })).toEqual([true, true, 1, 2]);
  });

  it('rtcp-mux: reject — not accepted from the offerer, even when the other side does', async () => {
    expect(await outcome(true, true, { 'rtcp-mux': ['reject'] })).toEqual([true, false, 2, 1]);
  });

  it('key: rtcp-mux — the item stands in flags as well', async () => {
    expect(await outcome(true, false, { flags: ['rtcp-mux-demux'] })).toEqual([false, true, 1, 2]);
  });
});

describe('other keys', () => {
  it('key: TOS — the packets that leave carry the octet, and that of the operator without it', async () => {
    const directory = new TempDirectory('tos');
    relay.later(async () => {
      directory.remove();
      return Promise.resolve();
    });
    const path = directory.file('lo.pcap');
    const capture = await Capture.start(relay.host, path);
    const ports: number[] = [];
    for (const options of [{ TOS: 72 }, {}]) {
      const call = await relay.connect('plain', 'plain', options);
      await expectHeard(call, call.from, new RtpStream({ ssrc: 1 }));
      await expectHeard(call, call.to, new RtpStream({ ssrc: 2 }));
      ports.push(call.to.rtp.local.port, call.from.rtp.local.port);
    }
    await capture.stop();
    const fields = ['-T', 'fields', '-e', 'udp.dstport', '-e', 'ip.dsfield'];
    const rows = execFileSync('tshark', ['-r', path, ...fields], { encoding: 'utf8' })
      .trim()
      .split('\n');
    const octets = ports.map((port) => [
      ...new Set(rows.filter((row) => row.startsWith(`${port}\t`)).map((row) => Number(row.split('\t')[1]))),
    ]);
    expect(octets).toEqual([[72], [72], [184], [184]]);
  });

  it('key: via-branch — each fork has ports and keys of its own, and an answer finds its fork', async () => {
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    const [a, one, two] = [await relay.end(), await relay.end(suite), await relay.end(suite)];
    const call = relay.dialogue();
    for (const [branch, callee] of [
      ['z1', one],
      ['z2', two],
    ] as const) {
      const options = { 'transport-protocol': 'RTP/SAVP', 'via-branch': branch };
      adoptSdp(callee, await call.offered(describeEnd(a), options));
    }
    expect(one.anchorRtp.port).not.toBe(two.anchorRtp.port);
    // The fork that was offered to first answers last: by to-tag alone nobody could tell which one it is.
    for (const [branch, callee] of [
      ['z2', two],
      ['z1', one],
    ] as const) {
      const names = { 'via-branch': branch, 'to-tag': callee.tag };
      adoptSdp(a, await call.answered(describeEnd(callee), names));
    }
    await sendRtp(a, new RtpStream({ ssrc: 1 }).packet());
    await one.rtp.waitForPackets(1);
    expect(openRtp(one)).toHaveLength(1);
  });

  it('flags: new-branch — a further offer opens a branch of its own, and the first one stays', async () => {
    const ports = async (flags: readonly string[]): Promise<number> => {
      const call = relay.dialogue();
      const first = readOnlyMedia(await call.offered(phoneBody(), { 'via-branch': 'z1' }));
      const second = readOnlyMedia(await call.offered(phoneBody(), { 'via-branch': 'z1', flags }));
      return new Set([first.port, second.port]).size;
    };
    expect(await ports([])).toBe(1);
    expect(await ports(['new-branch'])).toBe(2);
  });

  it('T.38 over UDPTL passes octet for octet with every T.38 option given', async () => {
    const [a, b] = [await relay.end(), await relay.end()];
    const image = (end: CallEnd): string =>
      phoneBody({ address: '127.0.0.1' }).replace(/m=audio.*/, `m=image ${end.rtp.local.port} udptl t38`);
    const call = relay.dialogue();
    const options = { 'T.38': ['decode', 'force', 'no-ECM'] };
    const offered = await call.offered(image(a), options);
    const answered = await call.answered(image(b), options);
    b.anchorRtp = { address: '127.0.0.1', port: readOnlyMedia(offered).port };
    a.anchorRtp = { address: '127.0.0.1', port: readOnlyMedia(answered).port };
    const octets = Buffer.from('0001deadbeef', 'hex');
    await a.rtp.send(octets, a.anchorRtp);
    expect((await b.rtp.waitForPackets(1))[0]!.data.equals(octets)).toBe(true);
  });
});

describe('block', () => {
  it('key: label — selects the party whose media is blocked', async () => {
    const call = await relay.connect('plain', 'plain');
    await call.client.ok({ ...offerAgain(call), 'set-label': 'caller', command: 'offer' });
    await call.client.ok({ command: 'block media', 'call-id': call.callId, label: 'caller' });
    await sleep(20);
    await expectSilence(call, call.from, new RtpStream({ ssrc: 1 }));
    await expectHeard(call, call.to, new RtpStream({ ssrc: 2 }));
  });

  it('key: address — selects the party with that address in its body', async () => {
    const call = relay.dialogue();
    await call.offered(phoneBody({ address: '127.0.0.21' }));
    await call.answered(phoneBody({ address: '127.0.0.22', port: 45_010 }));
    const flags = async (tag: string): Promise<unknown> =>
      ((await call.party(tag))['medias'] as readonly { flags: readonly string[] }[])[0]?.flags;
    expect((await call.request('block media', { address: '127.0.0.22' })).result).toBe('ok');
    expect(await flags('b')).toContain('media blocked');
    expect(await flags('a')).not.toContain('media blocked');
  });

  it.each([
    ['flags: all — unblock ends it for every party, whatever tag is given', { flags: ['all'] }],
    ['key: all — the same, with the value all', { all: 'all' }],
  ])('%s', async (_title, options) => {
    const call = await relay.connect('plain', 'plain');
    const names = { 'call-id': call.callId };
    const [a, b] = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2 })];
    await call.client.ok({ command: 'block media', ...names });
    await call.client.ok({ command: 'unblock media', ...names, 'from-tag': call.to.tag });
    await sleep(20);
    await expectSilence(call, call.from, a);
    await call.client.ok({ command: 'unblock media', ...names, 'from-tag': call.to.tag, ...options });
    await sleep(20);
    await expectHeard(call, call.from, a);
    await expectHeard(call, call.to, b);
  });
});

function offerAgain(call: AnchoredCall): Flags {
  return { 'call-id': call.callId, 'from-tag': call.from.tag, 'to-tag': call.to.tag, sdp: describeEnd(call.from) };
}
