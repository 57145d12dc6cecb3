import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { AnchoredCall } from '../support/anchored-call.js';
import type { CallEnd } from '../support/call-end.js';
import { TestHost } from '../support/host.js';
import { RelayProcess } from '../support/relay-process.js';
import { rtpHeaderLength } from '../support/rtp.js';
import { unprotectRtp } from '../support/srtp-transform.js';
import { randomMasterKey, SrtpSession } from '../support/srtp.js';
import type { SuiteName } from '../support/srtp-keys.js';
import { RtpStream } from '../support/stream.js';
import type { ReceivedPacket } from '../support/udp-endpoint.js';

const MOST_ROLLOVERS = 8;
const SOURCE = 0x0badcafe;

interface WirePacket {
  readonly key: string;
  readonly ssrc: number;
  readonly index: bigint;
  readonly sealed: Buffer;
  readonly plain: Buffer;
}

/**
 * What is on the wire, judged without following it: every rollover counter is tried on every packet, and only the right
 * one makes the tag right (RFC 3711 §4.2: the ROC is authenticated).
 */
function openEveryWay(sessions: readonly SrtpSession[], { data }: ReceivedPacket): WirePacket {
  for (const session of sessions) {
    for (let roc = 0; roc < MOST_ROLLOVERS; roc++) {
      const index = BigInt(roc) * 65_536n + BigInt(data.readUInt16BE(2));
      const opened = unprotectRtp(session.suite, session.rtpKeys, data, index, session.mki);
      if (!opened.ok) continue;
      const key = session.rtpKeys.key.toString('hex');
      return { key, ssrc: data.readUInt32BE(8), index, sealed: data, plain: opened.value };
    }
  }
  throw new Error(`a packet opens under no key and no rollover counter up to ${MOST_ROLLOVERS}`);
}

/** The first 16 octets of keystream: ciphertext XOR plaintext. */
function keystream({ sealed, plain }: WirePacket): string {
  const at = rtpHeaderLength(plain);
  return Buffer.from(plain.subarray(at, at + 16).map((octet, i) => octet ^ sealed[at + i]!)).toString('hex');
}

/** The rule itself, twice: by (key, SSRC, index) and by the keystream that XOR lays bare. */
function expectNoTwoTimePad(wire: readonly WirePacket[]): void {
  const byIndex = new Map<string, Buffer>();
  const byKeystream = new Map<string, string>();
  for (const packet of wire) {
    const name = `${packet.key}/${packet.ssrc}/${packet.index}`;
    const before = byIndex.get(name);
    expect(before === undefined || before.equals(packet.sealed), `index ${packet.index} used twice`).toBe(true);
    byIndex.set(name, packet.sealed);
    const digest = createHash('sha256').update(packet.plain).digest('hex');
    const stream = keystream(packet);
    const other = byKeystream.get(stream);
    expect(other === undefined || other === digest, `keystream of index ${packet.index} used twice`).toBe(true);
    byKeystream.set(stream, digest);
  }
}

let host: TestHost;
let anchor: Anchor;

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await RelayProcess.start(host);
});
afterAll(async () => {
  await host.close();
});

describe.each([
  ['AES_CM_128_HMAC_SHA1_80', 'plain'],
  ['AEAD_AES_128_GCM', 'plain'],
  ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'],
] as [SuiteName, SuiteName | 'plain'][])(
  'a sender toward a leg of %s, fed from a leg of %s, never repeats an index',
  (suite, source) => {
    let call: AnchoredCall;
    let listener: CallEnd;
    let talker: CallEnd;
    let keys: SrtpSession[];
    let stream: RtpStream;

    beforeEach(async () => {
      call = await AnchoredCall.open(anchor, { from: suite, to: source });
      ({ from: listener, to: talker } = call);
      keys = [];
      noteKey();
      stream = new RtpStream({ ssrc: SOURCE, start: 30_000 });
    });
    afterEach(async () => {
      await call.close();
    });

    function noteKey(): void {
      const key = listener.receiver!;
      if (!keys.includes(key)) keys.push(key);
    }

    /** Sends in small groups; does not wait for arrival, since some may rightly be dropped. */
    async function send(packets: readonly Buffer[]): Promise<void> {
      for (const [i, packet] of packets.entries()) {
        await call.sendRtp(talker, packet);
        if (i % 32 === 31) await listener.rtp.settle(10, 10);
      }
      await listener.rtp.settle(60);
    }

    /** A restart of a secure source comes with a new key or it would be a replay; a plain one just does it. */
    async function restartAt(sequence: number): Promise<void> {
      stream.next = sequence;
      if (!talker.secure) return;
      talker.key = randomMasterKey(talker.key!.suite);
      talker.sender = new SrtpSession(talker.key);
      await call.negotiate(talker, listener);
      noteKey();
    }

    function judge(): WirePacket[] {
      const wire = listener.rtp.received.map((packet) => openEveryWay(keys, packet));
      expectNoTwoTimePad(wire);
      return wire;
    }

    /** Whether the last `count` payloads sent have come out: the stream has not fallen silent. */
    function expectHeard(packets: readonly Buffer[], share = 1): void {
      const payload = (packet: Buffer): string => packet.subarray(rtpHeaderLength(packet)).toString('hex');
      const out = new Set(judge().map(({ plain }) => payload(plain)));
      const heard = packets.filter((packet) => out.has(payload(packet)));
      expect(heard.length).toBeGreaterThanOrEqual(Math.ceil(packets.length * share));
    }

    it.each([1_000, 29_990, 30_000, 30_099, 62_000])(
      'when the source restarts at %i with other content',
      async (restart) => {
        await send(stream.packets(100));
        await restartAt(restart);
        const after = stream.packets(200);
        await send(after);
        // A restart inside the window looks like repeats until the source has left it.
        expectHeard(after.slice(-50));
      },
    );

    it('when it restarts ten times, with a wrap between', async () => {
      stream.next = 65_500;
      for (let round = 0; round < 10; round++) {
        const packets = stream.packets(150);
        await send(packets);
        expectHeard(packets.slice(-10));
        await restartAt(65_500 - round * 7);
      }
      expect(judge().length).toBeGreaterThan(1_000);
    });

    it('when single lower sequence numbers are mixed in', async () => {
      for (let i = 0; i < 200; i++) {
        await call.sendRtp(talker, stream.packet());
        // Another payload under a number of the near past.
        if (i % 10 === 9 && !talker.secure) await call.sendRtp(talker, stream.packetAt(stream.next - 1 - (i % 37)));
        if (i % 32 === 31) await listener.rtp.settle(5, 5);
      }
      await listener.rtp.settle();
      expect(judge().length).toBeGreaterThanOrEqual(200);
    });

    it('when a re-INVITE from either side comes between, keys unchanged', async () => {
      await send(stream.packets(60));
      await call.negotiate(listener, talker);
      noteKey();
      await send(stream.packets(60));
      await call.negotiate(talker, listener);
      noteKey();
      const last = stream.packets(60);
      await send(last);
      expectHeard(last);
      expect(keys).toHaveLength(1);
    });

    it('when the call is held and resumed, and the source starts anew', async () => {
      await send(stream.packets(60));
      await call.negotiate(talker, listener, { direction: 'inactive' });
      noteKey();
      await call.negotiate(talker, listener, { direction: 'sendrecv' });
      noteKey();
      await restartAt(5);
      const after = stream.packets(60);
      await send(after);
      expectHeard(after.slice(-30));
    });

    it('when the listener takes a new key and the source goes on', async () => {
      await send(stream.packets(60));
      listener.key = randomMasterKey(suite);
      listener.sender = new SrtpSession(listener.key);
      await call.negotiate(listener, talker);
      noteKey();
      const after = stream.packets(60);
      await send(after);
      expectHeard(after);
    });

    it('when another SSRC talks and the first one returns lower', async () => {
      await send(stream.packets(60));
      await send(new RtpStream({ ssrc: 0x77777777, start: 30_000 }).packets(60));
      await restartAt(100);
      const after = stream.packets(200);
      await send(after);
      expectHeard(after.slice(-50));
    });
  },
);
