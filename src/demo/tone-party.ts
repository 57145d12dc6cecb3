import { createSocket, type Socket } from 'node:dgram';
import type { SocketAddress } from '../relay/addon.js';
import type { DemoSrtp } from './demo-srtp.js';
import { decodeMuLaw, levelOf, SAMPLES_PER_PACKET, tonePacket } from './tone.js';

const PACKET_INTERVAL = 20;
const HEADER_LENGTH = 12;
/** An echo below this distance from the other tone would mean that the wrong audio arrived. */
const CLEAR_DECIBELS = 20;

export interface ToneResult {
  readonly sent: number;
  readonly received: number;
  /** Packets that arrived and could not be authenticated. */
  readonly rejected: number;
  /** Decibels below full scale, of the tone that was wanted and of the one that this party itself sent. */
  readonly wantedLevel: number;
  readonly otherLevel: number;
  readonly heard: boolean;
}

/** One end of the demonstration's call: sends a tone, listens for another one; with SRTP when it has keys. */
export class ToneParty {
  readonly #socket: Socket;
  readonly #frequency: number;
  readonly #ssrc: number;
  readonly #samples: number[] = [];
  #sent = 0;
  #received = 0;
  #rejected = 0;
  #inbound: DemoSrtp | null = null;
  #outbound: DemoSrtp | null = null;

  private constructor(socket: Socket, frequency: number) {
    this.#socket = socket;
    this.#frequency = frequency;
    this.#ssrc = 0x5a000000 + frequency;
    socket.on('message', (packet) => this.#receive(packet));
  }

  static async open(address: string, frequency: number): Promise<ToneParty> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return new ToneParty(socket, frequency);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** From here on everything sent is encrypted and everything received must be. */
  secure(outbound: DemoSrtp, inbound: DemoSrtp): void {
    this.#outbound = outbound;
    this.#inbound = inbound;
  }

  /** One packet each 20 ms, for `packets` packets. */
  async send(to: SocketAddress, packets: number): Promise<void> {
    const start = performance.now();
    for (let index = 0; index < packets; index += 1) {
      this.#sendOne(to, index);
      const due = start + (index + 1) * PACKET_INTERVAL;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    }
  }

  result(wantedFrequency: number): ToneResult {
    const wantedLevel = levelOf(wantedFrequency, this.#samples);
    const otherLevel = levelOf(this.#frequency, this.#samples);
    const heard = this.#samples.length > 0 && wantedLevel - otherLevel >= CLEAR_DECIBELS;
    return { sent: this.#sent, received: this.#received, rejected: this.#rejected, wantedLevel, otherLevel, heard };
  }

  close(): void {
    this.#socket.close();
  }

  #sendOne(to: SocketAddress, index: number): void {
    const header = Buffer.alloc(HEADER_LENGTH);
    header[0] = 0x80; // version 2 (RFC 3550 §5.1)
    header.writeUInt16BE(index + 1, 2);
    header.writeUInt32BE(index * SAMPLES_PER_PACKET, 4);
    header.writeUInt32BE(this.#ssrc, 8);
    const packet = Buffer.concat([header, tonePacket(this.#frequency, index)]);
    this.#socket.send(this.#outbound?.protect(packet) ?? packet, to.port, to.address);
    this.#sent += 1;
  }

  #receive(wire: Buffer): void {
    const packet = this.#inbound === null ? wire : this.#inbound.unprotect(wire);
    if (packet === null) {
      this.#rejected += 1;
      return;
    }
    this.#received += 1;
    for (const octet of packet.subarray(HEADER_LENGTH)) this.#samples.push(decodeMuLaw(octet));
  }
}
