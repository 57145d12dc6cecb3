import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { Baresip } from '../support/baresip.js';
import { Capture } from '../support/capture.js';
import { judgeTone } from '../support/goertzel.js';
import { TestHost } from '../support/host.js';
import { Kamailio, stockConfiguration, stockLocalConfiguration } from '../support/kamailio.js';
import { decodeMuLaw } from '../support/mu-law.js';
import { rtpOf, type CapturedRtp } from '../support/pcap.js';
import { standIn, startAnchor } from '../support/start-anchor.js';
import { TempDirectory } from '../support/temp-directory.js';
import { sleep } from '../support/wait.js';
import type { Sound } from '../support/wav.js';

/*
 * Addresses of RFC 1918, because the stock kamailio.cfg anchors the media of callers that look like they sit behind a NAT.
 * They really look it: baresip's media sockets are bound to no address, so its packets come from the loopback's first one
 * and not from the one in its SDP, and the anchor has to learn where they come from. Hence the legs are told apart by
 * port. The anchor listens where the stock configuration looks for it: udp:127.0.0.1:2223.
 */
const PROXY = { address: '10.9.0.1', port: 5060 };
interface Party {
  readonly name: string;
  readonly address: string;
  readonly hertz: number;
  readonly rtpPorts: readonly [number, number];
}
const SECURE: Party = { name: 'secure', address: '10.9.0.2', hertz: 440, rtpPorts: [21_000, 21_099] };
const PLAIN: Party = { name: 'plain', address: '10.9.0.3', hertz: 880, rtpPorts: [22_000, 22_099] };
/** baresip 1.0.0 picks a GCM suite when it is offered one, and then cannot read it. */
const STAND_IN_FLAGS = ' SDES-no-AEAD_AES_256_GCM SDES-no-AEAD_AES_128_GCM';

function belongs(port: number, { rtpPorts: [low, high] }: Party): boolean {
  return port >= low && port <= high;
}

describe("a call through Debian's Kamailio with its stock rtpengine configuration", () => {
  let host: TestHost;
  let anchor: Anchor;
  let kamailio: Kamailio;
  let secure: Baresip;
  let plain: Baresip;
  const directory = new TempDirectory();

  beforeAll(async () => {
    host = await TestHost.open(['10.9.0.1/24', '10.9.0.2/24', '10.9.0.3/24', '10.9.0.4/24']);
    anchor = await startAnchor(host, { ng: { address: '127.0.0.1', port: 2223 }, interfaces: ['10.9.0.4'] });
    kamailio = await Kamailio.start(host, {
      sip: PROXY,
      configuration: stockConfiguration(SECURE.name, standIn() ? STAND_IN_FLAGS : ''),
      files: { 'kamailio-local.cfg': stockLocalConfiguration(PROXY) },
    });
    [secure, plain] = await Promise.all([phone(SECURE, 'srtp-mand'), phone(PLAIN, null)]);
  });

  afterAll(async () => {
    await host.close();
    directory.remove();
  });

  async function phone(party: Party, mediaEncryption: 'srtp-mand' | null): Promise<Baresip> {
    const { name, address, hertz } = party;
    const sip = { address, port: 5060 };
    const ports = { controlPort: 4444, rtpPorts: party.rtpPorts.join('-') };
    const started = await Baresip.start(host, {
      ...{ name, sip, hertz, mediaEncryption, proxy: PROXY, registerInterval: 600 },
      ...ports,
    });
    await started.waitUntilRegistered();
    return started;
  }

  async function call(caller: Baresip, callee: Baresip, name: string): Promise<CapturedRtp[]> {
    for (const party of [caller, callee]) party.events.length = 0;
    const capture = await Capture.start(host, directory.file(`${name}.pcap`), 'udp portrange 20000-40000');
    caller.dial(`sip:${callee.options.name}@${PROXY.address}`);
    await Promise.all([caller.waitForEvent('CALL_ESTABLISHED'), callee.waitForEvent('CALL_ESTABLISHED')]);
    await sleep(4_000);
    caller.hangUp();
    await callee.waitForEvent('CALL_CLOSED');
    return rtpOf(await capture.stop());
  }

  function heard(packets: readonly CapturedRtp[], party: Party, way: 'source' | 'destination'): Sound {
    const octets = packets.filter((packet) => belongs(packet[way].port, party)).map(({ rtp }) => rtp.payload);
    return { rate: 8_000, samples: decodeMuLaw(Buffer.concat(octets)) };
  }

  describe.each([
    { title: 'the plain phone calls the secure one', caller: () => plain, callee: () => secure, name: 'plain-calls' },
    { title: 'the secure phone calls the plain one', caller: () => secure, callee: () => plain, name: 'secure-calls' },
  ])('when $title', ({ caller, callee, name }) => {
    let packets: CapturedRtp[];

    beforeAll(async () => {
      packets = await call(caller(), callee(), name);
    });

    it.each([
      { at: 'secure', party: () => secure, wanted: PLAIN.hertz, other: SECURE.hertz },
      { at: 'plain', party: () => plain, wanted: SECURE.hertz, other: PLAIN.hertz },
    ])("the $at phone hears the other's tone at its level", ({ party, wanted, other }) => {
      const verdict = judgeTone(party().recording(), wanted, other);
      expect(verdict.seconds).toBeGreaterThan(2);
      expect(verdict.separation).toBeGreaterThan(20);
      expect(verdict.purity).toBeGreaterThan(0.9);
      // Played at half of full scale: −6 dB.
      expect(verdict.level).toBeGreaterThan(-8);
      expect(verdict.level).toBeLessThan(-4);
    });

    it.each(['source', 'destination'] as const)('the wire of the plain leg carries a tone (%s)', (way) => {
      const [wanted, other] = way === 'source' ? [PLAIN.hertz, SECURE.hertz] : [SECURE.hertz, PLAIN.hertz];
      expect(judgeTone(heard(packets, PLAIN, way), wanted, other).purity).toBeGreaterThan(0.9);
    });

    it.each(['source', 'destination'] as const)('the wire of the secure leg carries none (%s)', (way) => {
      const sound = heard(packets, SECURE, way);
      expect(sound.samples.length).toBeGreaterThan(8_000);
      expect(judgeTone(sound, PLAIN.hertz, SECURE.hertz).purity).toBeLessThan(0.05);
      expect(judgeTone(sound, SECURE.hertz, PLAIN.hertz).purity).toBeLessThan(0.05);
    });

    it('all media went through the anchor', () => {
      const ofPhone = (port: number): boolean => belongs(port, SECURE) || belongs(port, PLAIN);
      const direct = packets.filter(({ source, destination }) => ofPhone(source.port) && ofPhone(destination.port));
      expect(packets.length).toBeGreaterThan(400);
      expect(direct).toHaveLength(0);
    });
  });

  it('leaves every process running and without complaint from the anchor', () => {
    for (const party of [anchor.process, kamailio.process, secure.process, plain.process]) party.assertRunning();
  });
});
