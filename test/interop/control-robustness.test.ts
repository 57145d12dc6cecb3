import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNgClient, type Anchor } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import { encodeBencode, type BencodeDictionary } from '../support/bencode.js';
import { TestHost } from '../support/host.js';
import { readReply, type NgClient } from '../support/ng-client.js';
import { buildSdp } from '../support/sdp.js';
import { startAnchor } from '../support/start-anchor.js';
import { RtpStream } from '../support/stream.js';
import { sleep } from '../support/wait.js';

const SDP = buildSdp({ port: 40_000 });
const OFFER = { command: 'offer', 'call-id': 'robustness', 'from-tag': 'a', sdp: SDP };

/** Sent with a cookie: answered with an error that matches. */
const REFUSED: { title: string; message: string | Buffer | BencodeDictionary; reason: RegExp }[] = [
  { title: 'a message that is neither bencode nor JSON', message: 'hello', reason: /^Invalid NG data format/ },
  { title: 'a dictionary that ends early', message: 'd7:command', reason: /./ },
  { title: 'a string longer than the datagram', message: 'd7:command9999999999:pinge', reason: /./ },
  { title: 'a negative length', message: 'd-1:xe', reason: /./ },
  { title: 'an integer without digits', message: 'd7:command4:ping1:aiee', reason: /./ },
  { title: 'a key that is no string', message: 'di1e4:pinge', reason: /./ },
  { title: 'lists nested 10,000 deep', message: `d7:command4:ping1:a${'l'.repeat(10_000)}`, reason: /./ },
  { title: 'dictionaries nested 10,000 deep', message: 'd1:a'.repeat(10_000), reason: /./ },
  { title: 'JSON cut off', message: '{"command":"ping"', reason: /./ },
  { title: 'JSON that is nested 20,000 deep', message: `{"command":${'['.repeat(20_000)}`, reason: /./ },
  { title: 'an empty dictionary', message: 'de', reason: /^Dictionary contains no key "command"/ },
  { title: 'an unknown command', message: { command: 'fly' }, reason: /^Unrecognized command/ },
  { title: 'an offer without a call-id', message: without('call-id'), reason: /^No call-id in message/ },
  { title: 'an offer without a from-tag', message: without('from-tag'), reason: /^No from-tag in message/ },
  { title: 'an offer without SDP', message: without('sdp'), reason: /^No SDP body in message/ },
  {
    title: 'an answer for an unknown call',
    message: { ...OFFER, command: 'answer', 'to-tag': 'b' },
    reason: /^Unknown call-id/,
  },
  { title: 'an answer without a to-tag', message: { ...OFFER, command: 'answer' }, reason: /^No to-tag in message/ },
  {
    title: 'a query for an unknown call',
    message: { command: 'query', 'call-id': 'nobody' },
    reason: /^Unknown call-id/,
  },
  { title: 'SDP that is prose', message: { ...OFFER, sdp: 'not an sdp at all' }, reason: /^Failed to parse SDP/ },
  {
    title: 'SDP with a broken m= line',
    message: { ...OFFER, sdp: SDP.replace('m=audio 40000', 'm=audio port') },
    reason: /^Failed to parse SDP/,
  },
  {
    title: 'SDP with a port above 65535',
    message: { ...OFFER, sdp: SDP.replace('40000', '400000') },
    reason: /^Failed to parse SDP/,
  },
  {
    title: 'SDP with a broken c= line',
    message: { ...OFFER, sdp: SDP.replace('c=IN IP4 127.0.0.1', 'c=IN IP4') },
    reason: /^Failed to parse SDP/,
  },
];

function without(key: keyof typeof OFFER): BencodeDictionary {
  return Object.fromEntries(Object.entries(OFFER).filter(([name]) => name !== key));
}

/** No cookie to answer under: silence. */
const IGNORED: { title: string; datagram: string | Buffer }[] = [
  { title: 'an empty datagram', datagram: '' },
  { title: 'one octet', datagram: 'd' },
  { title: 'a dictionary without a cookie', datagram: 'd7:command4:pinge' },
  { title: 'a space first', datagram: ' d7:command4:pinge' },
  { title: 'zeros', datagram: Buffer.alloc(1_000) },
  { title: '60,000 octets of 0xff', datagram: Buffer.alloc(60_000, 0xff) },
];

describe('bad control input', () => {
  let host: TestHost;
  let anchor: Anchor;
  let client: NgClient;
  let call: AnchoredCall;
  let sent = 0;
  let talking = true;
  let talk: Promise<void>;

  beforeAll(async () => {
    host = await TestHost.open();
    anchor = await startAnchor(host);
    client = await openNgClient(anchor);
    call = await AnchoredCall.open(anchor, { from: 'AES_CM_128_HMAC_SHA1_80', to: 'plain' });
    talk = keepTalking();
  });
  afterAll(async () => {
    await host.close();
  });

  /** A call in progress while all of this happens: a packet every 5 ms from the plain end. */
  async function keepTalking(): Promise<void> {
    const stream = new RtpStream({ ssrc: 1 });
    while (talking) {
      await call.sendRtp(call.to, stream.packet());
      sent++;
      await sleep(5);
    }
  }

  it.each(REFUSED)('is refused with the reason: $title', async ({ title, message, reason }) => {
    const cookie = `cookie-${title.replaceAll(' ', '-')}`;
    const body =
      typeof message === 'string' || Buffer.isBuffer(message) ? Buffer.from(message) : encodeBencode(message);
    const started = performance.now();
    const answer = await client.exchange(Buffer.concat([Buffer.from(`${cookie} `), body]), cookie, 2_000);
    const elapsed = performance.now() - started;
    expect(answer, 'a reply').toBeDefined();
    const { result, errorReason } = answer!.toString('latin1').startsWith('{') ? readJson(answer!) : readReply(answer!);
    expect(result).toBe('error');
    expect(errorReason).toMatch(reason);
    expect(elapsed).toBeLessThan(500);
  });

  it.each(IGNORED)('is passed over in silence: $title', async ({ datagram }) => {
    expect(await client.exchange(Buffer.from(datagram), 'd7:command4:pinge', 120)).toBeUndefined();
  });

  it('with a cookie of one octet, of 10,000 octets and with NULs is answered under that cookie', async () => {
    for (const cookie of ['x', 'y'.repeat(10_000), 'a\0b']) {
      const answer = await client.exchange(Buffer.from(`${cookie} d7:command4:pinge`), cookie, 2_000);
      expect(answer?.toString()).toBe('d6:result4:ponge');
    }
  });

  it('truncated at any octet leaves the anchor answering', async () => {
    const whole = encodeBencode({ ...OFFER, 'call-id': 'truncated', flags: ['trust-address'], replace: ['origin'] });
    for (let length = 0; length < whole.length; length++) {
      await client.exchange(
        Buffer.concat([Buffer.from(`t${length} `), whole.subarray(0, length)]),
        `t${length}`,
        1_000,
      );
    }
    expect((await client.request({ command: 'ping' })).result).toBe('pong');
  });

  it('a re-offer that is broken leaves its own call as it was', async () => {
    const request = { 'call-id': call.callId, 'from-tag': call.from.tag, command: 'offer' };
    const before = call.from.anchorRtp;
    for (const sdp of ['', 'v=1', SDP.replace('m=audio', 'm='), 'x'.repeat(50_000)]) {
      expect((await client.request({ ...request, sdp })).result, sdp.slice(0, 40)).toBe('error');
    }
    await call.negotiate(call.from, call.to);
    expect(call.from.anchorRtp).toEqual(before);
  });

  it('and the call in progress has not lost a packet', async () => {
    talking = false;
    await talk;
    expect(sent).toBeGreaterThan(100);
    await call.from.rtp.waitForPackets(sent);
    expect(call.openRtp(call.from)).toHaveLength(sent);
    expect(anchor.process.running).toBe(true);
    await call.close();
    await client.close();
  });
});

function readJson(answer: Buffer): { result: string; errorReason: string | undefined } {
  const reply = JSON.parse(answer.toString()) as Record<string, string>;
  return { result: reply['result'] ?? '', errorReason: reply['error-reason'] };
}
