import { readPcap, rtpOf } from '../../../support/pcap.js';

/** Digits as a phone once sent them (RFC 4733, payload type 101), from the captures that come with SIPp. */
export function capturedDigit(digit: string): Buffer[] {
  return rtpOf(readPcap(`/usr/share/sip-tester/dtmf_2833_${digit}.pcap`)).map(({ payload }) => payload);
}
