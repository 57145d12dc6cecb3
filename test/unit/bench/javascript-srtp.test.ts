import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { JavaScriptSrtp } from '../../../bench/peers/javascript-srtp.js';

/** Master key and salt of RFC 3711 appendix B.3. */
const keySalt = Buffer.from('E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6', 'hex').toString('base64');
const plain = Buffer.from('800F1234DECAFBADCAFEBABEABABABABABABABABABABABABABABABAB', 'hex');
const wire = Buffer.from('800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB', 'hex');

it('protects a packet as other implementations do', () => {
  expect(new JavaScriptSrtp(keySalt).protectRtp(plain).toString('hex')).toBe(wire.toString('hex'));
});

it('opens it again, and not when an octet was changed', () => {
  expect(new JavaScriptSrtp(keySalt).unprotectRtp(wire)).toEqual(plain);
  const tampered = Buffer.from(wire);
  tampered.writeUInt8(tampered.readUInt8(20) ^ 1, 20);
  expect(new JavaScriptSrtp(keySalt).unprotectRtp(tampered)).toBeNull();
});

it('follows the sequence numbers over 65535, with reordering', () => {
  const sender = new JavaScriptSrtp(keySalt);
  const receiver = new JavaScriptSrtp(keySalt);
  const packets = [65_534, 65_535, 0, 1].map((sequence) => {
    const packet = Buffer.from(plain);
    packet.writeUInt16BE(sequence, 2);
    return packet;
  });
  const protectedPackets = packets.map((packet) => sender.protectRtp(packet));
  for (const i of [0, 2, 1, 3]) expect(receiver.unprotectRtp(protectedPackets[i]!)).toEqual(packets[i]);
});

it('protects and opens RTCP, each packet with an index of its own', () => {
  const report = Buffer.concat([Buffer.from('80c80006cafebabe', 'hex'), randomBytes(20)]);
  const sender = new JavaScriptSrtp(keySalt);
  const [first, second] = [sender.protectRtcp(report), sender.protectRtcp(report)];
  expect(first).not.toEqual(second);
  expect(new JavaScriptSrtp(keySalt).unprotectRtcp(second)).toEqual(report);
});
