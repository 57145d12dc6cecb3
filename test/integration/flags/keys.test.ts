import { describe, expect, it } from 'vitest';
import type { Flags } from '../../support/anchored-call.js';
import { cryptoAttribute, readOnlyMedia } from '../../support/sdp.js';
import { linesOf, phoneBody, sharedRelay } from '../../support/shared-relay.js';
import { randomMasterKey } from '../../support/srtp.js';
import type { SuiteName } from '../../support/srtp-keys.js';

/* Which a=crypto lines leave, which one is answered, and on which profile. */
const CM80 = 'AES_CM_128_HMAC_SHA1_80';
const CM32 = 'AES_CM_128_HMAC_SHA1_32';
const BIG = 'AES_256_CM_HMAC_SHA1_80';

const profiles = { zero: { 'first-tag': 0 }, strict: { secure: 'required' } };
const relay = sharedRelay({
  extraArguments: ['--write-padding', 'false', '--trunk-profiles', JSON.stringify(profiles)],
});

const line = (tag: number, suite: SuiteName): string => `a=${cryptoAttribute(tag, randomMasterKey(suite))}`;
const securePhone = (...suites: readonly SuiteName[]): string =>
  phoneBody({ protocol: 'RTP/SAVP', lines: suites.map((suite, at) => line(at + 1, suite)) });
const callee = (suite: SuiteName, tag = 1): string =>
  phoneBody({ port: 45_010, protocol: 'RTP/SAVP', lines: [line(tag, suite)] });
const suitesOf = (sdp: string): readonly string[] => readOnlyMedia(sdp).cryptos.map(({ suite }) => suite);

/** The offer of a plain phone as it goes out toward SRTP. */
const secured = async (options: Flags = {}): Promise<string> =>
  relay.dialogue().offered(phoneBody(), { 'transport-protocol': 'RTP/SAVP', ...options });

/** What a secure offerer is answered, when the callee is plain. */
async function answeredTo(offer: string, options: Flags = {}): Promise<string> {
  const call = relay.dialogue();
  await call.offered(offer, { 'transport-protocol': 'RTP/AVP', ...options });
  return call.answered(phoneBody({ port: 45_010 }), options);
}

describe('transport', () => {
  it.each([
    ['transport-protocol: RTP/AVP — plain goes out', { 'transport-protocol': 'RTP/AVP' }, 'RTP/AVP'],
    ['transport-protocol: RTP/SAVP — SRTP goes out', { 'transport-protocol': 'RTP/SAVP' }, 'RTP/SAVP'],
    ['transport-protocol: RTP/AVPF — plain with feedback goes out', { 'transport-protocol': 'RTP/AVPF' }, 'RTP/AVPF'],
    ['transport-protocol: RTP/SAVPF — SRTP with feedback goes out', { 'transport-protocol': 'RTP/SAVPF' }, 'RTP/SAVPF'],
    ['key: transport-protocol — the key with spaces in its name', { 'transport protocol': 'RTP/SAVP' }, 'RTP/SAVP'],
    ['flags: RTP/AVP — as the key', { flags: ['RTP/AVP'] }, 'RTP/AVP'],
    ['flags: RTP/SAVP — as the key', { flags: ['RTP/SAVP'] }, 'RTP/SAVP'],
    ['flags: RTP/AVPF — as the key', { flags: ['RTP/AVPF'] }, 'RTP/AVPF'],
    ['flags: RTP/SAVPF — as the key', { flags: ['RTP/SAVPF'] }, 'RTP/SAVPF'],
    ['flags: RTP — plain', { flags: ['RTP'] }, 'RTP/AVP'],
    ['flags: SRTP — secure', { flags: ['SRTP'] }, 'RTP/SAVP'],
    ['flags: AVPF — with feedback', { flags: ['SRTP', 'AVPF'] }, 'RTP/SAVPF'],
    ['flags: AVP — without feedback', { flags: ['SRTP', 'AVP'] }, 'RTP/SAVP'],
  ])('%s', async (_title, options, expected) => {
    // From the opposite of what is asked for, so that passing the profile on would fail.
    const secure = expected.includes('SAVP');
    const feedback = expected.endsWith('F');
    const opposite = `${secure ? 'RTP/AVP' : 'RTP/SAVP'}${feedback ? '' : 'F'}`;
    const offer = phoneBody({ protocol: opposite, lines: secure ? [] : [line(1, CM80)] });
    const media = readOnlyMedia(await relay.dialogue().offered(offer, options));
    expect(media.protocol).toBe(expected);
    expect(media.cryptos.length > 0).toBe(secure);
  });
});

describe('which suites are offered', () => {
  it('without options: the two of the policy, tags from 1', async () => {
    expect(readOnlyMedia(await secured()).cryptos.map(({ tag, suite }) => [tag, suite])).toEqual([
      [1, CM80],
      [2, CM32],
    ]);
  });

  it('SDES: off — no key is offered, and a secure body cannot be made', async () => {
    const options = { OSRTP: ['offer'], 'transport-protocol': 'RTP/AVP' };
    expect(suitesOf(await secured(options))).toEqual([CM80, CM32]);
    expect(suitesOf(await secured({ ...options, SDES: ['off'] }))).toEqual([]);
    const refused = await relay.dialogue().offer(phoneBody(), { 'transport-protocol': 'RTP/SAVP', SDES: ['off'] });
    expect(refused.errorReason).toMatch(/^Secure media not allowed: .*SDES is off/);
  });

  it('SDES: no-SUITE — the suite is left out', async () => {
    expect(suitesOf(await secured({ SDES: [`no-${CM80}`] }))).toEqual([CM32]);
    expect(suitesOf(await secured({ flags: [`SDES-no-${CM32}`] }))).toEqual([CM80]);
    expect(suitesOf(await answeredTo(securePhone(CM80, CM32), { SDES: [`no-${CM80}`] }))).toEqual([CM32]);
    const refused = await relay.dialogue().offer(securePhone(CM80), { SDES: [`no-${CM80}`] });
    expect(refused.errorReason).toMatch(/^No usable a=crypto line: /);
  });

  it('SDES: only-SUITE — nothing else is offered, and one that never is offered is refused', async () => {
    expect(suitesOf(await secured({ SDES: [`only-${BIG}`] }))).toEqual([BIG]);
    expect(suitesOf(await secured({ SDES: [`only-${CM32}`, `only-${BIG}`] }))).toEqual([CM32, BIG]);
    expect(suitesOf(await answeredTo(securePhone(CM80, CM32), { SDES: [`only-${CM32}`] }))).toEqual([CM32]);
    const refused = await relay.dialogue().offer(phoneBody(), { SDES: ['only-NULL_HMAC_SHA1_80'] });
    expect(refused.errorReason).toMatch(/^Unsupported option: SDES-only-NULL_HMAC_SHA1_80/);
  });

  it('SDES: nonew — only what the offerer offered goes on', async () => {
    const go = async (options: Flags): Promise<readonly string[]> =>
      suitesOf(await relay.dialogue().offered(securePhone(CM32), { 'transport-protocol': 'RTP/SAVP', ...options }));
    expect(await go({ SDES: ['nonew'] })).toEqual([CM32]);
    expect(await go({})).toEqual([CM80, CM32]);
  });

  it('SDES: order:A;B; — these come first, in this order', async () => {
    expect(suitesOf(await secured({ SDES: [`order:${BIG};${CM32};`] }))).toEqual([BIG, CM32, CM80]);
  });

  it('key: SDES — items as a list, as one string, or each in flags', async () => {
    const item = `no-${CM80}`;
    for (const options of [
      { SDES: [item] },
      { SDES: item },
      { flags: [`SDES-${item}`] },
      { flags: [`SDES=[${item}]`] },
    ])
      expect(suitesOf(await secured(options))).toEqual([CM32]);
  });

  it('SDES: static — a re-offer lists the suite in use alone', async () => {
    const reoffered = async (options: Flags): Promise<readonly string[]> => {
      const call = relay.dialogue();
      await call.offered(phoneBody(), { 'transport-protocol': 'RTP/SAVP' });
      await call.answered(callee(CM32, 2));
      return suitesOf(await call.offered(phoneBody(), { 'transport-protocol': 'RTP/SAVP', 'to-tag': 'b', ...options }));
    };
    expect(await reoffered({})).toEqual([CM80, CM32]);
    expect(await reoffered({ SDES: ['static'] })).toEqual([CM32]);
  });
});

describe('how a key is written', () => {
  const padded = /^a=crypto:\d \S+ inline:[A-Za-z0-9+/]+==\r?$/m;

  it('SDES: pad — the base64 padding stays', async () => {
    expect(await secured({ SDES: ['pad', `only-${BIG}`] })).toMatch(padded);
    expect(await secured({ SDES: [`only-${BIG}`] })).not.toMatch(padded);
  });

  it('flags: pad-crypto — the base64 padding stays', async () => {
    expect(await secured({ SDES: [`only-${BIG}`], flags: ['pad-crypto'] })).toMatch(padded);
  });

  it('SDES: lifetime — each key says 2^31, in offers and answers', async () => {
    const lines = linesOf(await secured({ SDES: ['lifetime'] }), 'a=crypto:');
    expect(lines.map((one) => one.endsWith('|2^31'))).toEqual([true, true]);
    expect(await secured()).not.toContain('|');
    expect(await answeredTo(securePhone(CM80), { SDES: ['lifetime'] })).toMatch(
      /^a=crypto:1 \S+ inline:[^|]+\|2\^31\r$/m,
    );
  });
});

describe('which line is answered', () => {
  it('SDES: offerer_pref:A;B; — the first of these that was offered', async () => {
    const offer = securePhone(CM80, CM32, BIG);
    expect(suitesOf(await answeredTo(offer))).toEqual([CM80]);
    expect(suitesOf(await answeredTo(offer, { SDES: [`offerer_pref:AEAD_AES_256_GCM;${BIG};${CM32};`] }))).toEqual([
      BIG,
    ]);
  });

  const opportunistic = phoneBody({ lines: [line(1, CM80)] });

  it.each([
    ['SDES: prefer — a plain line with a key is answered with one', { SDES: ['prefer'] }],
    ['OSRTP: accept — an opportunistic offer is answered with a key', { OSRTP: ['accept'] }],
    ['key: OSRTP — the item in flags', { flags: ['OSRTP-accept'] }],
  ])('%s', async (_title, options) => {
    const media = readOnlyMedia(await answeredTo(opportunistic, options));
    expect([media.protocol, media.cryptos.length]).toEqual(['RTP/AVP', 1]);
    expect(readOnlyMedia(await answeredTo(opportunistic)).cryptos).toEqual([]);
  });

  it('OSRTP: offer — a plain line leaves with keys', async () => {
    const media = readOnlyMedia(await relay.dialogue().offered(phoneBody(), { OSRTP: ['offer'] }));
    expect([media.protocol, media.cryptos.length]).toEqual(['RTP/AVP', 2]);
    expect(readOnlyMedia(await relay.dialogue().offered(phoneBody())).cryptos).toEqual([]);
  });
});

describe('trunk profiles', () => {
  it('key: to-profile — the policy of that profile makes the offer', async () => {
    const tags = (sdp: string): readonly number[] => readOnlyMedia(sdp).cryptos.map(({ tag }) => tag);
    expect(tags(await secured({ 'to-profile': 'zero' }))).toEqual([0, 1]);
    expect(tags(await secured())).toEqual([1, 2]);
  });

  it('key: from-profile — the policy of that profile judges the offer', async () => {
    const reply = await relay.dialogue().offer(phoneBody(), { 'from-profile': 'strict' });
    expect(reply.errorReason).toMatch(/^Secure media required: .*policy of this side is required/);
    expect((await relay.dialogue().offer(phoneBody(), { 'to-profile': 'zero' })).result).toBe('ok');
  });
});
