import { randomBytes } from 'node:crypto';
import { buildRtp, buildSenderReport } from '../../support/rtp.js';

/** RFC 8489 §5: a binding request with its magic cookie. */
function stunRequest(): Buffer {
  const head = Buffer.from([0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42]);
  return Buffer.concat([head, randomBytes(12)]);
}

/** RTP that an attacker who has guessed the stream's SSRC and place would send; 170 octets of noise end like a tag would. */
function forgedRtp(ssrc: number, sequence: number): Buffer {
  return buildRtp({ ssrc, sequence, timestamp: sequence * 160, payload: randomBytes(170) });
}

/** One of each kind that a scanner sends: RTP of the attacked stream, RTCP about it, STUN, garbage. */
export function attackDatagrams(ssrc: number, sequence: number): Buffer[] {
  return [forgedRtp(ssrc, sequence), buildSenderReport(ssrc, sequence, 160), stunRequest(), randomBytes(60)];
}
