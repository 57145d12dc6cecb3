import { describe, expect, it } from 'vitest';
import { anchorError } from '../../../src/shared/errors.js';
import { encodeBencode } from '../../../src/control/bencode.js';
import { dictionary, PROXY, readReply, rig, SDP } from './support.js';

const OFFER = { command: 'offer', 'call-id': 'c1', 'from-tag': 'a', sdp: SDP };
const ANSWER = { command: 'answer', 'call-id': 'c1', 'from-tag': 'a', 'to-tag': 'b', sdp: SDP };

function bencoded(message: Record<string, unknown>, cookie = 'k1'): Buffer {
  return Buffer.concat([Buffer.from(`${cookie} `), encodeBencode(dictionary(message))]);
}

function json(message: Record<string, unknown>, cookie = 'k1'): Buffer {
  return Buffer.from(`${cookie} ${JSON.stringify(message)}`);
}

async function ask(
  dispatcher: ReturnType<typeof rig>['dispatcher'],
  message: Record<string, unknown>,
  cookie?: string,
) {
  return readReply(await dispatcher.handle(bencoded(message, cookie), PROXY)).reply;
}

describe('dispatcher', () => {
  it('answers ping with pong, in the encoding and under the cookie of the request', async () => {
    const { dispatcher } = rig();
    expect((await dispatcher.handle(Buffer.from('5323_1 d7:command4:pinge'), PROXY))?.toString()).toBe(
      '5323_1 d6:result4:ponge',
    );
    expect((await dispatcher.handle(json({ command: 'ping' }), PROXY))?.toString()).toBe('k1 {"result":"pong"}');
  });

  it('echoes the octets of a cookie that is not text', async () => {
    const { dispatcher } = rig();
    const cookie = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
    const reply = await dispatcher.handle(Buffer.concat([cookie, Buffer.from(' d7:command4:pinge')]), PROXY);
    expect(reply?.subarray(0, 4)).toEqual(cookie);
  });

  it('gives the body to the service and back octet for octet, valid UTF-8 or not', async () => {
    const body = Buffer.concat([Buffer.from(SDP), Buffer.from([0xc3, 0xa9, 0x00, 0xff, 0xfe, 0x0d, 0x0a])]);
    const request = Buffer.concat([
      Buffer.from('k d7:call-id1:c7:command5:offer8:from-tag1:a3:sdp'),
      Buffer.from(`${body.length}:`),
      body,
      Buffer.from('e'),
    ]);
    const { dispatcher, service } = rig();
    const { reply } = readReply(await dispatcher.handle(request, PROXY));
    expect(Buffer.from(service.offers[0]!.sdp, 'latin1')).toEqual(body);
    expect(Buffer.from(reply['sdp'] as string, 'latin1')).toEqual(body);
  });

  it('carries an offer and an answer to the service', async () => {
    const { dispatcher, service } = rig();
    expect(await ask(dispatcher, { ...OFFER, 'via-branch': 'z9' })).toEqual({ result: 'ok', sdp: SDP });
    expect(await ask(dispatcher, ANSWER)).toEqual({ result: 'ok', sdp: SDP });
    expect(service.offers[0]).toMatchObject({ callId: 'c1', fromTag: 'a', toTag: null, viaBranch: 'z9', sdp: SDP });
    expect(service.answers[0]).toMatchObject({ callId: 'c1', fromTag: 'a', toTag: 'b', viaBranch: null });
  });

  it.each([
    ['no command', {}, 'Dictionary contains no key "command"'],
    ['a command that does not exist', { command: 'blah' }, 'Unrecognized command'],
    ['an empty command', { command: '' }, 'Unrecognized command'],
    ['an offer without a body', { ...OFFER, sdp: '' }, 'No SDP body in message'],
    ['an offer without a call-id', { command: 'offer', sdp: SDP, 'from-tag': 'a' }, 'No call-id in message'],
    ['an offer without a from-tag', { command: 'offer', sdp: SDP, 'call-id': 'c' }, 'No from-tag in message'],
    ['an answer without a to-tag', { ...ANSWER, 'to-tag': '' }, 'No to-tag in message'],
    ['an answer to an unknown call', ANSWER, 'Unknown call-id'],
    ['a query without a call-id', { command: 'query' }, 'No call-id in message'],
    ['a query of an unknown call', { command: 'query', 'call-id': 'x' }, 'Unknown call-id'],
    ['a delete without a call-id', { command: 'delete', 'from-tag': 'a' }, 'No call-id in message'],
    ['a block without a call-id', { command: 'block media' }, 'No call-id in message'],
    [
      'a command that is not offered',
      { command: 'start recording', 'call-id': 'c' },
      'Unsupported command: start recording: media is relayed, never recorded',
    ],
    [
      'DTLS-SRTP',
      { ...OFFER, 'transport-protocol': 'UDP/TLS/RTP/SAVPF' },
      'Unsupported option: transport-protocol=UDP/TLS/RTP/SAVPF: DTLS-SRTP is not offered here; use RTP/SAVP with SDES',
    ],
  ])('refuses %s with the text that proxies know', async (_what, message, text) => {
    const { dispatcher } = rig();
    expect(await ask(dispatcher, message)).toEqual({ result: 'error', 'error-reason': text });
  });

  it('takes a delete of an unknown call as done, with a warning, unless it is fatal', async () => {
    const { dispatcher } = rig();
    const text = "Call-ID not found or tags didn't match";
    expect(await ask(dispatcher, { command: 'delete', 'call-id': 'x' })).toEqual({ result: 'ok', warning: text });
    expect(await ask(dispatcher, { command: 'delete', 'call-id': 'x', flags: ['fatal'] })).toEqual({
      result: 'error',
      'error-reason': text,
    });
  });

  it('reports the call in the reply to delete, and nothing when it is to be fast', async () => {
    const { dispatcher } = rig();
    await ask(dispatcher, OFFER);
    const report = await ask(dispatcher, { command: 'delete', 'call-id': 'c1', 'from-tag': 'a' });
    expect(report).toMatchObject({ result: 'ok', created: 1_700_000_000, totals: { RTP: { packets: 30 } } });
    await ask(dispatcher, OFFER, 'k2');
    expect(await ask(dispatcher, { command: 'delete', 'call-id': 'c1', flags: ['fast'] })).toEqual({ result: 'ok' });
  });

  it.each([
    ['session-limit', 'Parallel session limit reached'],
    ['draining', 'Load limit exceeded'],
    ['cpu-limit', 'CPU usage limit exceeded'],
  ] as const)('answers %s as a load limit only to a proxy that understands it', async (code, text) => {
    const { dispatcher, service } = rig();
    service.offerError = anchorError(code, 'with detail');
    expect(await ask(dispatcher, OFFER)).toEqual({ result: 'error', 'error-reason': text });
    const reply = await ask(dispatcher, { ...OFFER, supports: ['load limit'] });
    expect(reply).toEqual({ result: 'load limit', message: text });
  });

  it('answers exhausted ports as an error with the exact text, on which proxies fail over', async () => {
    const { dispatcher, service } = rig();
    service.offerError = anchorError('out-of-ports', '30000-30010');
    const reply = await ask(dispatcher, { ...OFFER, supports: ['load limit'] });
    expect(reply).toEqual({ result: 'error', 'error-reason': 'Ran out of ports' });
  });

  it('joins the warnings of the options and of the service', async () => {
    const { dispatcher, service } = rig();
    service.warnings = ['two lines of the offer are unusable'];
    const reply = await ask(dispatcher, { ...OFFER, ICE: 'force' });
    expect(reply['warning']).toMatch(/^ICE=force ignored: .*; two lines of the offer are unusable$/);
  });

  it('survives a service that throws, and logs where without the message', async () => {
    const { dispatcher, service, log } = rig();
    service.work = () => {
      throw new Error('a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRET');
    };
    expect(await ask(dispatcher, OFFER)).toEqual({ result: 'error', 'error-reason': 'Internal error' });
    expect(log.some((line) => line.level === 'error' && line.message === 'request handler threw')).toBe(true);
    expect(JSON.stringify(log)).not.toContain('SECRET');
  });

  it('lists calls, 32 unless told, none when told none', async () => {
    const { dispatcher } = rig();
    for (let call = 0; call < 40; call++) await ask(dispatcher, { ...OFFER, 'call-id': `c${call}` }, `k${call}`);
    const calls = async (message: Record<string, unknown>) =>
      ((await ask(dispatcher, { command: 'list', ...message }, JSON.stringify(message)))['calls'] as string[]).length;
    expect(await calls({})).toBe(32);
    expect(await calls({ limit: '5' })).toBe(5);
    expect(await calls({ limit: 0 })).toBe(0);
  });

  it('blocks a call, a party by tag, and a party by label or address', async () => {
    const { dispatcher, service } = rig();
    await ask(dispatcher, OFFER);
    const block = { command: 'block media', 'call-id': 'c1' };
    expect(await ask(dispatcher, block)).toEqual({ result: 'ok' });
    await ask(dispatcher, { ...block, command: 'block DTMF', 'from-tag': 'a' });
    await ask(dispatcher, { ...block, address: '192.0.2.7' });
    await ask(dispatcher, { ...block, command: 'unblock_media', 'from-tag': 'a', flags: ['all'] });
    expect(service.blocks).toEqual([
      { callId: 'c1', fromTag: null, what: 'media', blocked: true },
      { callId: 'c1', fromTag: 'a', what: 'dtmf', blocked: true },
      { callId: 'c1', fromTag: 'a', what: 'media', blocked: true },
      { callId: 'c1', fromTag: null, what: 'media', blocked: false },
    ]);
    const unknown = await ask(dispatcher, { ...block, label: 'nobody' });
    expect(unknown).toEqual({ result: 'error', 'error-reason': 'Unknown tag' });
  });

  it('counts each request once, by command, result and transport', async () => {
    const { dispatcher, observer } = rig();
    await ask(dispatcher, OFFER);
    await ask(dispatcher, { command: 'query', 'call-id': 'nope' });
    await ask(dispatcher, { command: 'nonsense' });
    expect(observer.finished.map(({ command, result, transport }) => [command, result, transport])).toEqual([
      ['offer', 'ok', 'udp'],
      ['query', 'error', 'udp'],
      ['unknown', 'error', 'udp'],
    ]);
    expect(observer.finished.every(({ seconds }) => seconds >= 0 && seconds < 1)).toBe(true);
  });

  it('counts unknown names, and logs each one once and without its value', async () => {
    const { dispatcher, observer, log } = rig();
    const message = { ...OFFER, 'no-such-key': 1, flags: ['no-such-flag', 'made-up=inline:SECRET'] };
    await ask(dispatcher, message, 'k1');
    await ask(dispatcher, message, 'k2');
    expect(observer.unknown).toBe(6);
    expect(log.filter((line) => line.level === 'debug').map((line) => line.fields['name'])).toEqual([
      'no-such-flag',
      'made-up',
      'no-such-key',
    ]);
    expect(JSON.stringify(log)).not.toContain('SECRET');
  });

  it('answers statistics in the shape that balancers read', async () => {
    const { dispatcher } = rig();
    await ask(dispatcher, OFFER);
    const { statistics } = await ask(dispatcher, { command: 'statistics' });
    expect(statistics).toMatchObject({
      currentstatistics: { sessionsown: 1, sessionsforeign: 0, sessionstotal: 1, packetrate: 50 },
      totalstatistics: { uptime: '61', avgcallduration: '12.250000', relayedpackets: 3, onewaystreams: 7 },
      controlstatistics: { totaloffercount: 1, proxies: [{ proxy: '192.0.2.1', offercount: 1, errorcount: 0 }] },
    });
  });

  it('shortens a query reply that would not fit, and says so', async () => {
    const { dispatcher, service } = rig();
    await ask(dispatcher, OFFER);
    const [call] = service.calls.values();
    const ssrc = { packets: 1, bytes: 172, lost: 0, reordered: 0, duplicates: 0, rolloverCounter: 0 };
    const none = { average: null, lowest: null, highest: null };
    const ssrcs = Array.from({ length: 2000 }, (_, index) => ({ ssrc: index, ...ssrc, ...none }));
    service.calls.set(call!.callId, { ...call!, ssrcs });
    const octets = await dispatcher.handle(bencoded({ command: 'query', 'call-id': 'c1' }), PROXY);
    expect(octets!.length).toBeLessThanOrEqual(65_507);
    const { reply } = readReply(octets);
    expect(reply['warning']).toMatch(/shortened/);
    expect(Object.keys(reply['SSRC'] as object).length).toBeGreaterThan(100);
    expect(reply['tags']).toHaveProperty('a');
  });

  it('answers with an error, not with silence, when a body outgrows the datagram', async () => {
    const { dispatcher, service } = rig();
    service.rewrite = (sdp) => sdp + 'a=x\r\n'.repeat(14_000);
    expect(await ask(dispatcher, OFFER)).toEqual({ result: 'error', 'error-reason': 'Reply does not fit' });
  });
});
