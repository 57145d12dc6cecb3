import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildBye, buildRtp, buildSenderReport, isRtcp, parseRtp } from '../../support/rtp.js';
import { counterMode, deriveSessionKey, SUITES, type SuiteName } from '../../support/srtp-keys.js';
import { protectRtcp, protectRtp, unprotectRtcp, unprotectRtp } from '../../support/srtp-transform.js';
import { guessIndex, inlineKey, masterKeyFromInline, randomMasterKey, SrtpSession } from '../../support/srtp.js';

interface KeystreamVector {
  section: string;
  sessionKey: string;
  sessionSalt: string;
  blocks: Record<string, string>;
}
interface DerivationVector {
  section: string;
  masterKey: string;
  masterSalt: string;
  cipherKey: string;
  cipherSalt: string;
  authKey: string;
}
interface GcmVectors {
  sessionSalt: string;
  rtp: { section: string; suite: SuiteName; sessionKey: string; plain: string; protected: string }[];
  rtcp: {
    section: string;
    suite: SuiteName;
    sessionKey: string;
    index: number;
    encrypted: boolean;
    plain: string;
    protected: string;
  }[];
}

function vectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../vectors/srtp/${name}.json`, import.meta.url), 'utf8'));
}
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe.each(['rfc3711-appendix-b', 'rfc6188-section-7'])('the judge against %s', (name) => {
  const { keystream, keyDerivation } = vectors(name) as {
    keystream: KeystreamVector[];
    keyDerivation: DerivationVector[];
  };

  it.each(keystream)(
    'makes the keystream of §$section, first and last blocks',
    ({ sessionKey, sessionSalt, blocks }) => {
      const iv = Buffer.concat([hex(sessionSalt), Buffer.alloc(2)]);
      const stream = counterMode(hex(sessionKey), iv, Buffer.alloc(65_282 * 16));
      for (const [block, expected] of Object.entries(blocks)) {
        const at = Number(block) * 16;
        expect(stream.subarray(at, at + 16).toString('hex')).toBe(expected.toLowerCase());
      }
    },
  );

  it.each(keystream)(
    'builds the counter block of §$section from salt, SSRC and index',
    ({ sessionKey, sessionSalt, blocks }) => {
      const keys = { key: hex(sessionKey), salt: hex(sessionSalt), auth: Buffer.alloc(20) };
      const plain = buildRtp({ sequence: 0, ssrc: 0, payload: Buffer.alloc(16) });
      const out = protectRtp(SUITES.AES_CM_128_HMAC_SHA1_80, keys, plain, 0n);
      expect(out.subarray(12, 28).toString('hex')).toBe(blocks['0']?.toLowerCase());
    },
  );

  it.each(keyDerivation)('derives the session keys of §$section', (vector) => {
    const [key, salt] = [hex(vector.masterKey), hex(vector.masterSalt)];
    const derive = (label: number, expected: string): string =>
      deriveSessionKey(key, salt, label, expected.length / 2).toString('hex');
    expect(derive(0, vector.cipherKey)).toBe(vector.cipherKey.toLowerCase());
    expect(derive(1, vector.authKey)).toBe(vector.authKey.toLowerCase());
    expect(derive(2, vector.cipherSalt)).toBe(vector.cipherSalt.toLowerCase());
  });
});

describe('the judge against RFC 7714', () => {
  const { sessionSalt, rtp, rtcp } = vectors('rfc7714-sections-16-17') as GcmVectors;

  it.each(rtp)('seals and opens the RTP packet of §$section', ({ suite, sessionKey, plain, protected: sealed }) => {
    const keys = { key: hex(sessionKey), salt: hex(sessionSalt), auth: Buffer.alloc(0) };
    const index = BigInt(hex(plain).readUInt16BE(2));
    expect(protectRtp(SUITES[suite], keys, hex(plain), index).toString('hex')).toBe(sealed);
    expect(unprotectRtp(SUITES[suite], keys, hex(sealed), index)).toEqual({ ok: true, value: hex(plain) });
  });

  it.each(rtcp)('seals and opens the RTCP packet of §$section', (vector) => {
    const keys = { key: hex(vector.sessionKey), salt: hex(sessionSalt), auth: Buffer.alloc(0) };
    const suite = SUITES[vector.suite];
    expect(protectRtcp(suite, keys, hex(vector.plain), vector).toString('hex')).toBe(vector.protected);
    const { index, encrypted } = vector;
    const value = { index, encrypted, packet: hex(vector.plain) };
    expect(unprotectRtcp(suite, keys, hex(vector.protected))).toEqual({ ok: true, value });
  });
});

describe.each(Object.keys(SUITES) as SuiteName[])('a session of %s', (suite) => {
  const row = SUITES[suite];

  it('opens what it sealed, and refuses every flipped bit of it', () => {
    const params = randomMasterKey(suite, Buffer.from([7]));
    const sender = new SrtpSession(params);
    const plain = buildRtp({ sequence: 65_535, ssrc: 0xdecafbad, payload: Buffer.from('some payload') });
    const sealed = sender.protectRtp(plain);
    expect(sealed).toHaveLength(plain.length + row.srtpTagLength + 1);
    expect(new SrtpSession(params).unprotectRtp(sealed)).toEqual({
      ok: true,
      value: { packet: plain, index: 65_535n },
    });
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const forged = Buffer.from(sealed);
      forged[bit >> 3]! ^= 1 << (bit & 7);
      expect(new SrtpSession(params).unprotectRtp(forged).ok, `bit ${bit}`).toBe(false);
    }
  });

  it('opens the RTCP that it sealed, with and without encryption, and refuses every flipped bit', () => {
    const params = randomMasterKey(suite);
    for (const encrypted of [true, false]) {
      const plain = Buffer.concat([buildSenderReport(1, 2, 3, [{ ssrc: 4 }]), buildBye(1)]);
      const sealed = new SrtpSession(params).protectRtcp(plain, encrypted);
      expect(sealed).toHaveLength(plain.length + 4 + row.srtcpTagLength);
      const value = { index: 1, encrypted, packet: plain };
      expect(new SrtpSession(params).unprotectRtcp(sealed)).toEqual({ ok: true, value });
      for (let bit = 0; bit < sealed.length * 8; bit++) {
        const forged = Buffer.from(sealed);
        forged[bit >> 3]! ^= 1 << (bit & 7);
        expect(new SrtpSession(params).unprotectRtcp(forged).ok, `bit ${bit}`).toBe(false);
      }
    }
  });

  it('takes its key from base64 as a=crypto carries it', () => {
    const params = randomMasterKey(suite);
    expect(masterKeyFromInline(suite, inlineKey(params))).toEqual(params);
    expect(() => masterKeyFromInline(suite, 'c2hvcnQ=')).toThrow(RangeError);
  });
});

describe('the rollover counter', () => {
  it('goes up at 65535 → 0 and is guessed back for late packets (RFC 3711 Appendix A)', () => {
    const params = randomMasterKey('AES_CM_128_HMAC_SHA1_80');
    const [sender, receiver] = [new SrtpSession(params), new SrtpSession(params)];
    const sealed = [65_533, 65_534, 65_535, 0, 1].map((sequence) =>
      sender.protectRtp(buildRtp({ sequence, ssrc: 5, payload: Buffer.from([sequence & 0xff]) })),
    );
    const order = [0, 3, 2, 1, 4];
    const indices = order
      .map((i) => receiver.unprotectRtp(sealed[i]!))
      .map((opened) => opened.ok && opened.value.index);
    expect(indices).toEqual([65_533n, 65_536n, 65_535n, 65_534n, 65_537n]);
    expect(receiver.rolloverCounter(5)).toBe(1);
  });

  it('stays where it was when a tag is wrong', () => {
    const params = randomMasterKey('AEAD_AES_128_GCM');
    const receiver = new SrtpSession(params);
    receiver.setRolloverCounter(5, 3, 65_000);
    const forged = new SrtpSession(randomMasterKey('AEAD_AES_128_GCM')).protectRtpAt(
      buildRtp({ sequence: 10, ssrc: 5, payload: Buffer.alloc(4) }),
      4,
    );
    expect(receiver.unprotectRtp(forged).ok).toBe(false);
    expect(receiver.rolloverCounter(5)).toBe(3);
  });

  it.each([
    [{ roc: 2, highestSequence: 10 }, 65_530, 1],
    [{ roc: 2, highestSequence: 65_530 }, 10, 3],
    [{ roc: 2, highestSequence: 30_000 }, 62_768, 2],
    [{ roc: 2, highestSequence: 40_000 }, 7_232, 2],
    [{ roc: 2, highestSequence: 40_000 }, 7_231, 3],
  ])('of %o reads sequence %i as ROC %i', (state, sequence, roc) => {
    expect(guessIndex(state, sequence).roc).toBe(roc);
  });
});

describe('RTP building', () => {
  it('reads back what it wrote, with CSRCs and a header extension', () => {
    const fields = {
      payloadType: 101,
      sequence: 65_535,
      timestamp: 0xfffffff0,
      ssrc: 0x80000001,
      marker: true,
      csrcs: [1, 0xffffffff],
      extension: { profile: 0xbede, data: Buffer.from([1, 2, 3, 4]) },
      payload: Buffer.from('x'),
    };
    expect(parseRtp(buildRtp(fields))).toEqual(fields);
    expect(isRtcp(buildRtp(fields))).toBe(false);
    expect(isRtcp(buildBye(1))).toBe(true);
  });
});
