import { describe, expect, it } from 'vitest';
import { DemoSrtp } from '../../../src/demo/demo-srtp.js';
import { decodeMuLaw, encodeMuLaw, levelOf, tonePacket } from '../../../src/demo/tone.js';

describe('the tone of the demonstration', () => {
  it('µ-law of G.711: silence is 0xff, full scale is 0x80 and 0x00', () => {
    expect([0, 32_767, -32_767].map(encodeMuLaw)).toEqual([0xff, 0x80, 0x00]);
  });

  it('every code survives a round trip, but for the two zeros', () => {
    const codes = Array.from({ length: 256 }, (_, code) => code).filter((code) => code !== 0x7f);
    expect(codes.map((code) => encodeMuLaw(decodeMuLaw(code)))).toEqual(codes);
  });

  it('is heard at its own frequency and not at another', () => {
    const samples = [0, 1, 2, 3, 4].flatMap((index) => [...tonePacket(440, index)].map(decodeMuLaw));
    expect(levelOf(440, samples)).toBeCloseTo(-12, 0);
    expect(levelOf(880, samples)).toBeLessThan(-40);
    expect(levelOf(440, [])).toBe(-Infinity);
  });
});

describe('the SRTP of the demonstration', () => {
  // RFC 3711 §B.3: master key and salt, and the session keys through their effect on a packet.
  const keySalt = Buffer.from('e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6', 'hex');
  const packet = Buffer.concat([Buffer.from('80000001000000010000000a', 'hex'), Buffer.alloc(32)]);

  it('gives back what it protected, and 80 bits more on the wire', () => {
    const srtp = new DemoSrtp(keySalt);
    const wire = srtp.protect(packet);
    expect(wire.length).toBe(packet.length + 10);
    expect(wire.subarray(12, 44).equals(packet.subarray(12))).toBe(false);
    expect(srtp.unprotect(wire)?.equals(packet)).toBe(true);
  });

  it('refuses a packet with one wrong bit, and a short one', () => {
    const srtp = new DemoSrtp(keySalt);
    const wire = srtp.protect(packet);
    wire[20] = (wire[20] ?? 0) ^ 1;
    expect([srtp.unprotect(wire), srtp.unprotect(wire.subarray(0, 15))]).toEqual([null, null]);
  });
});
