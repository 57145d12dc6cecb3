import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openNgClient, type Anchor } from '../support/anchor.js';
import { readRaw, receiverSdp, receiveSdp, sendTone, type FfmpegKey } from '../support/ffmpeg.js';
import { judgeTone } from '../support/goertzel.js';
import { TestHost } from '../support/host.js';
import type { NgClient } from '../support/ng-client.js';
import { buildSdp, cryptoAttribute, readOnlyMedia, type ReadCrypto, type ReadMedia } from '../support/sdp.js';
import { inlineKey, randomMasterKey } from '../support/srtp.js';
import { startAnchor } from '../support/start-anchor.js';
import { TempDirectory } from '../support/temp-directory.js';
import { sleep } from '../support/wait.js';

/*
 * ffmpeg's SRTP is its own. Each call has a sending ffmpeg on one end and a receiving one on the other; the receiver never
 * sends and the sender never receives, so the SDP's addresses are what the anchor goes by.
 */
const SENDER = { address: '127.0.0.1', port: 41_000 };
const RECEIVER = { address: '127.0.0.1', port: 42_000 };
const [HERTZ, OTHER] = [440, 880];
const SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const;

describe.each(SUITES)('ffmpeg as an independent judge of %s', (suite) => {
  let host: TestHost;
  let anchor: Anchor;
  let client: NgClient;
  let directory: TempDirectory;

  beforeAll(async () => {
    host = await TestHost.open();
    anchor = await startAnchor(host);
    client = await openNgClient(anchor);
  });
  afterAll(async () => {
    await client.close();
    await host.close();
  });
  beforeEach(() => {
    directory = new TempDirectory('ffmpeg');
  });
  afterEach(() => directory.remove());

  async function exchange(
    offer: string,
    protocol: string,
    answer: (offered: ReadMedia) => string,
  ): Promise<[ReadMedia, ReadMedia]> {
    const ids = { 'call-id': directory.path, 'from-tag': 'caller', flags: ['asymmetric'] };
    const options = { SDES: [`only-${suite}`], 'transport-protocol': protocol };
    const offered = readOnlyMedia((await client.ok({ ...ids, ...options, sdp: offer, command: 'offer' })).sdp);
    const reply = await client.ok({ ...ids, 'to-tag': 'callee', sdp: answer(offered), command: 'answer' });
    return [offered, readOnlyMedia(reply.sdp)];
  }

  function offeredCrypto({ cryptos }: ReadMedia): ReadCrypto {
    const found = cryptos.find((crypto) => crypto.suite === suite);
    if (found === undefined) throw new Error(`${suite} was not offered`);
    return found;
  }

  async function play(to: ReadMedia, sendKey: FfmpegKey | undefined, receiveKey: FfmpegKey | undefined): Promise<void> {
    const [sdpFile, output] = [directory.file('in.sdp'), directory.file('out.raw')];
    writeFileSync(sdpFile, receiverSdp(RECEIVER, receiveKey));
    const receiver = receiveSdp(host, { sdpFile, seconds: 2.5, output });
    await sleep(1_000);
    const sender = sendTone(host, {
      ...{ hertz: HERTZ, seconds: 6, to, localPort: SENDER.port },
      ...(sendKey === undefined ? {} : { key: sendKey }),
    });
    await receiver.exit(20_000);
    await sender.stop();
    const verdict = judgeTone(readRaw(output), HERTZ, OTHER);
    expect(verdict.seconds, receiver.output + sender.output).toBeGreaterThan(2);
    expect(verdict.separation).toBeGreaterThan(20);
    expect(verdict.purity).toBeGreaterThan(0.95);
    expect(verdict.level).toBeGreaterThan(-8);
    expect(verdict.level).toBeLessThan(-4);
  }

  it('decrypts what goes in as plain RTP', async () => {
    const receiverKey = randomMasterKey(suite);
    const [offered, answered] = await exchange(buildSdp(SENDER), 'RTP/SAVP', (media) =>
      buildSdp({
        ...RECEIVER,
        protocol: 'RTP/SAVP',
        attributes: [cryptoAttribute(offeredCrypto(media).tag, receiverKey)],
      }),
    );
    expect(offered.protocol).toBe('RTP/SAVP');
    // The stand-in offers all it has: it does not know `SDES-only-`.
    if (anchor.kind === 'srtp-anchor') expect(offered.cryptos).toHaveLength(1);
    expect(answered.cryptos).toHaveLength(0);
    await play(answered, undefined, { suite, inline: offeredCrypto(offered).inline });
  });

  it('encrypts what comes out as plain RTP', async () => {
    const senderKey = randomMasterKey(suite);
    const offer = buildSdp({ ...SENDER, protocol: 'RTP/SAVP', attributes: [cryptoAttribute(7, senderKey)] });
    const [offered, answered] = await exchange(offer, 'RTP/AVP', () => buildSdp(RECEIVER));
    expect(offered.protocol).toBe('RTP/AVP');
    expect(offered.cryptos).toHaveLength(0);
    expect(answered.cryptos.map(({ tag, suite: name }) => [tag, name])).toEqual([[7, suite]]);
    await play(answered, { suite, inline: inlineKey(senderKey) }, undefined);
  });

  it('encrypts with one key what another ffmpeg decrypts with another', async () => {
    const [senderKey, receiverKey] = [randomMasterKey(suite), randomMasterKey(suite)];
    const offer = buildSdp({ ...SENDER, protocol: 'RTP/SAVP', attributes: [cryptoAttribute(1, senderKey)] });
    const [offered, answered] = await exchange(offer, 'RTP/SAVP', (media) =>
      buildSdp({
        ...RECEIVER,
        protocol: 'RTP/SAVP',
        attributes: [cryptoAttribute(offeredCrypto(media).tag, receiverKey)],
      }),
    );
    // The stand-in hands one end's key to the other on purpose; ours must not.
    if (anchor.kind === 'srtp-anchor') expect(offeredCrypto(offered).inline).not.toBe(inlineKey(senderKey));
    await play(answered, { suite, inline: inlineKey(senderKey) }, { suite, inline: offeredCrypto(offered).inline });
  });
});
