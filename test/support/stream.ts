import type { AnchoredCall } from './anchored-call.js';
import type { CallEnd } from './call-end.js';
import { buildRtp } from './rtp.js';

export interface StreamOptions {
  readonly ssrc: number;
  /** 32-bit extended sequence number of the first packet: its upper half is the rollover counter. */
  readonly start?: number;
  readonly payloadType?: number;
}

/** Makes the packets of one RTP stream; every payload is different, so that a packet can be known again. */
export class RtpStream {
  readonly ssrc: number;
  next: number;
  readonly #payloadType: number;
  #made = 0;

  constructor({ ssrc, start = 0, payloadType = 0 }: StreamOptions) {
    this.ssrc = ssrc;
    this.next = start;
    this.#payloadType = payloadType;
  }

  /** The packet at an extended sequence number. Two calls with the same number differ in payload. */
  packetAt(extended: number): Buffer {
    const payload = Buffer.alloc(160, this.#made & 0xff);
    payload.writeUInt32BE(this.#made++, 0);
    payload.writeUInt32BE(this.ssrc, 4);
    return buildRtp({
      payloadType: this.#payloadType,
      sequence: extended & 0xffff,
      timestamp: extended * 160,
      ssrc: this.ssrc,
      payload,
    });
  }

  packet(): Buffer {
    return this.packetAt(this.next++);
  }

  packets(count: number): Buffer[] {
    return Array.from({ length: count }, () => this.packet());
  }
}

/**
 * Sends RTP from `end` in small groups and waits for each group at the other end, so that no socket buffer overflows
 * and a loss is the anchor's. Answers when all have arrived.
 */
export async function sendInStep(
  call: AnchoredCall,
  end: CallEnd,
  packets: readonly Buffer[],
  group = 32,
): Promise<void> {
  const { rtp } = call.other(end);
  for (let at = 0; at < packets.length; at += group) {
    const some = packets.slice(at, at + group);
    const expected = rtp.received.length + some.length;
    for (const packet of some) await call.sendRtp(end, packet);
    await rtp.waitForPackets(expected);
  }
}
