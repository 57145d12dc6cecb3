import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../../support/anchor.js';
import { openRtp, sendRtp } from '../../support/call-end.js';
import { TestHost } from '../../support/host.js';
import { inlineKey, randomMasterKey, SrtpSession } from '../../support/srtp.js';
import { startAnchor } from '../../support/start-anchor.js';
import { RtpStream } from '../../support/stream.js';
import { TempDirectory } from '../../support/temp-directory.js';
import { expectAudio, expectCiphertext, expectSilence } from './rig/audio.js';
import { DirectCall, rekey, type DirectParty } from './rig/direct-call.js';

const LINES = JSON.parse(
  readFileSync(new URL('../../vectors/trunks/crypto-lines.json', import.meta.url), 'utf8'),
) as Record<string, string[]>;
const INSIDE = '10.9.0.2';
const OUTSIDE = '198.51.100.60';
/** Out of 74.125.39.0/24. */
const GOOGLE = '74.125.39.10';
const _80 = 'AES_CM_128_HMAC_SHA1_80';
const _32 = 'AES_CM_128_HMAC_SHA1_32';

/** The operator's own: a profile beside the built-in ones, with the suites the other way round. */
const CONFIGURATION = `trunk-profiles:
  my-twilio:
    secure: required
    offered-suites: [AES_CM_128_HMAC_SHA1_32, AES_CM_128_HMAC_SHA1_80]
    accepted-suites: [AES_CM_128_HMAC_SHA1_32, AES_CM_128_HMAC_SHA1_80]
    source-networks: [${OUTSIDE}/32]
`;

function lines(name: string): readonly string[] {
  const found = LINES[name];
  if (found === undefined) throw new Error(`no lines ${name}`);
  return found;
}

function fresh(tag: number, suite: typeof _80 | typeof _32): readonly string[] {
  return [`a=crypto:${tag} ${suite} inline:${inlineKey(randomMasterKey(suite))}`];
}

describe('profiles of other far ends', () => {
  let host: TestHost;
  let anchor: Anchor;
  let call: DirectCall;
  const directory = new TempDirectory('profiles');

  beforeAll(async () => {
    host = await TestHost.open(['10.9.0.2/32', '10.9.0.4/32', `${OUTSIDE}/32`, `${GOOGLE}/32`]);
    writeFileSync(directory.file('anchor.yaml'), CONFIGURATION);
    const extraArguments = ['--config', directory.file('anchor.yaml')];
    anchor = await startAnchor(host, { interfaces: ['10.9.0.4'], extraArguments });
  });
  afterAll(async () => {
    await host.close();
    directory.remove();
  });
  beforeEach(async () => {
    call = await DirectCall.open(anchor);
  });
  afterEach(async () => {
    await call.close();
    anchor.process.assertRunning();
  });

  /** The far end calls; answers with what it was answered, or with the error. */
  async function callFrom(far: DirectParty, inside: DirectParty, profile: string, wireName?: string): Promise<string> {
    const offered = await call.offer(far, { 'from-profile': profile, 'transport-protocol': 'RTP/AVP' });
    if (offered.result !== 'ok') return offered.errorReason ?? '';
    call.adopt(inside, offered.sdp);
    const answered = await call.answer(far, inside);
    call.adopt(far, answered.sdp, wireName);
    return answered.sdp ?? '';
  }

  it('T1 the order of the suites is for the operator to choose, in what is offered and in what is chosen', async () => {
    const [inside, twilio] = [await call.party('plain', INSIDE), await call.party(_32, OUTSIDE, fresh(1, _32))];
    const offered = await call.offer(inside, { 'to-profile': 'my-twilio', 'transport-protocol': 'RTP/SAVP' });
    expect(call.adopt(twilio, offered.sdp).cryptos.map(({ tag, suite }) => [tag, suite])).toEqual([
      [1, _32],
      [2, _80],
    ]);
    call.adopt(inside, (await call.answer(inside, twilio)).sdp);
    await expectAudio(inside.end, twilio.end);
    const both = await call.party(_32, OUTSIDE, [...fresh(2, _32), ...fresh(1, _80)]);
    expect(await callFrom(both, inside, 'my-twilio')).toMatch(/a=crypto:2 AES_CM_128_HMAC_SHA1_32 /);
  });

  it('X1 Google is offered _80 and nothing else, and takes calls with audio', async () => {
    const [inside, google] = [await call.party('plain', INSIDE), await call.party(_80, GOOGLE, fresh(1, _80))];
    const offered = await call.offer(inside, { 'to-profile': 'google', 'transport-protocol': 'RTP/SAVP' });
    const media = call.adopt(google, offered.sdp);
    expect(media.cryptos.map(({ tag, suite }) => [tag, suite])).toEqual([[1, _80]]);
    call.adopt(inside, (await call.answer(inside, google)).sdp);
    await expectAudio(inside.end, google.end);
    expectCiphertext(google.end);
  });

  it('X1 Google may call with _80, and not with _32 alone', async () => {
    const inside = await call.party('plain', INSIDE);
    const weak = await call.party(_32, GOOGLE, fresh(1, _32));
    expect(await callFrom(weak, inside, 'google')).toMatch(/^No usable a=crypto line: .*_32.*allowed.*_80/);
    const google = await call.party(_80, GOOGLE, [...fresh(7, _80), ...fresh(2, _32)]);
    expect(await callFrom(google, inside, 'google')).toMatch(/a=crypto:7 AES_CM_128_HMAC_SHA1_80 /);
    await expectAudio(inside.end, google.end);
  });

  it('X1 Google is heard from 74.125.39.0/24 only', async () => {
    const [inside, elsewhere] = [await call.party('plain', INSIDE), await call.party(_80, OUTSIDE, fresh(1, _80))];
    await callFrom(elsewhere, inside, 'google');
    await expectSilence(elsewhere.end, inside.end);
  });

  it('X2 Teams is offered tag 0 first, _32 before _80, each with 2^31, and its answer of two lines is understood', async () => {
    const inside = await call.party('plain', INSIDE);
    const teams = await call.party(_80, OUTSIDE, lines('teams-answer'));
    const offered = await call.offer(inside, { 'to-profile': 'teams', 'transport-protocol': 'RTP/SAVP' });
    const written = offered.sdp?.match(/^a=crypto:.*$/gm) ?? [];
    expect(written).toHaveLength(2);
    expect(written[0]).toMatch(/^a=crypto:0 AES_CM_128_HMAC_SHA1_32 inline:[A-Za-z0-9+/]{40}\|2\^31\r?$/);
    expect(written[1]).toMatch(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{40}\|2\^31\r?$/);
    call.adopt(teams, offered.sdp);
    call.adopt(inside, (await call.answer(inside, teams)).sdp);
    // Its packets carry the MKI of its first line; ours carry none, since our line has none.
    await expectAudio(inside.end, teams.end);
    expect(new Set(teams.end.rtp.received.map(({ data }) => data.length))).toEqual(new Set([182]));
  });

  it('X2 Teams calls with tags from 0 and is answered with one line, its tag and 2^31', async () => {
    const inside = await call.party('plain', INSIDE);
    const teams = await call.party(_80, OUTSIDE, lines('teams-offer').toReversed());
    const answer = await callFrom(teams, inside, 'teams');
    expect(answer.match(/^a=crypto:.*$/gm)).toHaveLength(1);
    expect(answer).toMatch(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{40}\|2\^31\r?$/m);
    await expectAudio(inside.end, teams.end);
  });

  it.each([
    ['reset to 0', 0],
    ['kept', 1],
  ] as const)('X2 Teams re-keys with its rollover counter %s, and no word is lost', async (_title, counter) => {
    const inside = await call.party('plain', INSIDE);
    const teams = await call.party(_80, OUTSIDE, fresh(0, _80));
    await callFrom(teams, inside, 'teams');
    const stream = new RtpStream({ ssrc: 0x7ea35, start: 65_500 });
    await expectStream(teams, inside, stream.packets(100));
    rekey(teams, _80, fresh(0, _80));
    await callFrom(teams, inside, 'teams');
    teams.end.sender = new SrtpSession(teams.end.key!);
    teams.end.sender.setRolloverCounter(stream.ssrc, counter, stream.next & 0xffff);
    await expectStream(teams, inside, stream.packets(100));
    await expectAudio(inside.end, teams.end);
  });

  async function expectStream(from: DirectParty, to: DirectParty, packets: readonly Buffer[]): Promise<void> {
    to.end.rtp.take();
    for (const packet of packets) await sendRtp(from.end, packet);
    await to.end.rtp.waitForPackets(packets.length);
    expect(openRtp(to.end)).toEqual(packets);
  }

  it.each([
    ['chime-128', 'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'],
    ['chime-192', 'AES_CM_192_HMAC_SHA1_80', 'AES_192_CM_HMAC_SHA1_80'],
    ['chime-256', 'AES_CM_256_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_80'],
  ] as const)(
    'X3 Chime calls with %s, is answered in its own spelling (%s) and heard',
    async (name, wireName, suite) => {
      const inside = await call.party('plain', INSIDE);
      const chime = await call.party(suite, OUTSIDE, lines(name));
      expect(await callFrom(chime, inside, 'chime', wireName)).toMatch(new RegExp(`a=crypto:1 ${wireName} inline:`));
      await expectAudio(inside.end, chime.end);
      expectCiphertext(chime.end);
    },
  );

  it.each([
    { profile: 'rtp', far: 'secure', expected: /^Secure media not allowed: .*policy of this side is off/ },
    { profile: 'srtp', far: 'plain', expected: /^Secure media required: .*policy of this side is required/ },
    { profile: 'rtp', far: 'plain', expected: /m=audio \d+ RTP\/AVP / },
    { profile: 'srtp', far: 'secure', expected: /m=audio \d+ RTP\/SAVP / },
    { profile: 'any', far: 'plain', expected: /m=audio \d+ RTP\/AVP / },
    { profile: 'any', far: 'secure', expected: /m=audio \d+ RTP\/SAVP / },
  ] as const)(
    'X4 a border controller with media policy $profile calls with $far media',
    async ({ profile, far, expected }) => {
      const inside = await call.party('plain', INSIDE);
      const sbc = far === 'plain' ? await call.party('plain', OUTSIDE) : await call.party(_80, OUTSIDE, fresh(1, _80));
      const answer = await callFrom(sbc, inside, profile);
      expect(answer).toMatch(expected);
      if (answer.startsWith('v=0')) await expectAudio(inside.end, sbc.end);
    },
  );

  it.each([
    { profile: 'rtp', asked: 'RTP/AVP', offered: 'RTP/AVP' },
    { profile: 'srtp', asked: 'RTP/AVP', offered: 'RTP/SAVP' },
    { profile: 'srtp', asked: 'RTP/SAVP', offered: 'RTP/SAVP' },
    { profile: 'any', asked: 'RTP/AVP', offered: 'RTP/AVP' },
    { profile: 'any', asked: 'RTP/SAVP', offered: 'RTP/SAVP' },
  ] as const)(
    'X4 a border controller with media policy $profile is offered $offered when the proxy asks for $asked',
    async ({ profile, asked, offered }) => {
      const [inside, sbc] = [await call.party('plain', INSIDE), await call.party('plain', OUTSIDE)];
      const reply = await call.offer(inside, { 'to-profile': profile, 'transport-protocol': asked });
      expect(call.adopt(sbc, reply.sdp).protocol).toBe(offered);
    },
  );

  it('X4 a border controller with media policy rtp is never offered SRTP: the proxy is told at once', async () => {
    const inside = await call.party('plain', INSIDE);
    const reply = await call.offer(inside, { 'to-profile': 'rtp', 'transport-protocol': 'RTP/SAVP' });
    expect(reply.errorReason).toMatch(/^Secure media not allowed: .*policy is off/);
  });

  it('T11 the end of the old leg leaves the new one alone when both go by one Call-ID', async () => {
    const [old, next] = [await call.party('plain', INSIDE), await call.party('plain', INSIDE)];
    const far = await call.party(_80, OUTSIDE, fresh(1, _80));
    const options = { 'to-profile': 'srtp', 'transport-protocol': 'RTP/SAVP' };
    call.adopt(far, (await call.offer(old, options)).sdp);
    call.adopt(old, (await call.answer(old, far)).sdp);
    await expectAudio(old.end, far.end);
    call.adopt(far, (await call.offer(next, { ...options, 'to-tag': far.end.tag })).sdp);
    call.adopt(next, (await call.answer(next, far)).sdp);
    await expectAudio(next.end, far.end);
    const ended = { 'call-id': call.callId, 'from-tag': old.end.tag, 'delete-delay': 0, command: 'delete' } as const;
    expect((await call.client.request(ended)).result).toBe('ok');
    await expectAudio(next.end, far.end);
    await expectSilence(old.end, far.end);
  });
});
