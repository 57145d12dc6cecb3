import { randomBytes } from 'node:crypto';
import { deriveSessionKeys, SUITES, type SessionKeys, type SuiteName, type SuiteRow } from './srtp-keys.js';
import {
  protectRtcp,
  protectRtp,
  unprotectRtcp,
  unprotectRtp,
  type OpenedRtcp,
  type Unprotected,
} from './srtp-transform.js';

export interface MasterKeyParams {
  readonly suite: SuiteName;
  readonly key: Buffer;
  readonly salt: Buffer;
  /** On the wire in every packet when not empty (RFC 3711 §3.1). */
  readonly mki: Buffer;
}

export function randomMasterKey(suite: SuiteName, mki: Buffer = Buffer.alloc(0)): MasterKeyParams {
  const row = SUITES[suite];
  return { suite, key: randomBytes(row.keyLength), salt: randomBytes(row.saltLength), mki };
}

/** base64 of key ‖ salt, as a=crypto carries it (RFC 4568 §6.1). */
export function inlineKey({ key, salt }: Pick<MasterKeyParams, 'key' | 'salt'>): string {
  return Buffer.concat([key, salt]).toString('base64');
}

export function masterKeyFromInline(suite: SuiteName, inline: string, mki: Buffer = Buffer.alloc(0)): MasterKeyParams {
  const { keyLength, saltLength } = SUITES[suite];
  const octets = Buffer.from(inline, 'base64');
  if (octets.length !== keyLength + saltLength) throw new RangeError(`${octets.length} octets of key for ${suite}`);
  return { suite, key: octets.subarray(0, keyLength), salt: octets.subarray(keyLength), mki };
}

interface StreamState {
  roc: number;
  highestSequence: number;
}

/** RFC 3711 §3.3.1 and Appendix A: the index that `sequence` most likely means. */
export function guessIndex(state: Readonly<StreamState>, sequence: number): { roc: number; index: bigint } {
  const { roc, highestSequence } = state;
  let guessed = roc;
  if (highestSequence < 0x8000) {
    if (sequence - highestSequence > 0x8000) guessed = roc - 1;
  } else if (highestSequence - 0x8000 > sequence) guessed = roc + 1;
  return { roc: guessed, index: BigInt(guessed >>> 0) * 65_536n + BigInt(sequence) };
}

/**
 * One direction of an SRTP session under one master key, with a rollover counter per SSRC. No replay window on purpose:
 * the judge must see every packet that is on the wire; `index` of each is handed out so that a test can look for repeats.
 */
export class SrtpSession {
  readonly suite: SuiteRow;
  readonly rtpKeys: SessionKeys;
  readonly rtcpKeys: SessionKeys;
  readonly mki: Buffer<ArrayBuffer>;
  readonly #streams = new Map<number, StreamState>();
  readonly #rtcpIndices = new Map<number, number>();

  constructor(params: MasterKeyParams) {
    this.suite = SUITES[params.suite];
    this.mki = Buffer.from(params.mki);
    this.rtpKeys = deriveSessionKeys(this.suite, params.key, params.salt, 'rtp');
    this.rtcpKeys = deriveSessionKeys(this.suite, params.key, params.salt, 'rtcp');
  }

  rolloverCounter(ssrc: number): number {
    return this.#streams.get(ssrc >>> 0)?.roc ?? 0;
  }

  /** Sets where a stream stands: the ROC that the next packet near `sequence` has. */
  setRolloverCounter(ssrc: number, roc: number, sequence: number): void {
    this.#streams.set(ssrc >>> 0, { roc, highestSequence: sequence });
  }

  protectRtp(packet: Buffer): Buffer {
    const { index } = this.#advance(packet);
    return protectRtp(this.suite, this.rtpKeys, packet, index, this.mki);
  }

  /** With the rollover counter said outright; keeps no state. */
  protectRtpAt(packet: Buffer, roc: number): Buffer {
    const index = BigInt(roc) * 65_536n + BigInt(packet.readUInt16BE(2));
    return protectRtp(this.suite, this.rtpKeys, packet, index, this.mki);
  }

  /** State moves only when the tag is right (RFC 3711 §3.3.1). */
  unprotectRtp(packet: Buffer): Unprotected<{ packet: Buffer; index: bigint }> {
    if (packet.length < 12) return { ok: false, why: 'short' };
    const ssrc = packet.readUInt32BE(8);
    const sequence = packet.readUInt16BE(2);
    const state = this.#streams.get(ssrc) ?? { roc: 0, highestSequence: sequence };
    const { roc, index } = guessIndex(state, sequence);
    if (roc < 0) return { ok: false, why: 'tag' };
    const opened = unprotectRtp(this.suite, this.rtpKeys, packet, index, this.mki);
    if (!opened.ok) return opened;
    this.#record(ssrc, state, roc, sequence);
    return { ok: true, value: { packet: opened.value, index } };
  }

  protectRtcp(packet: Buffer, encrypted = true): Buffer {
    const ssrc = packet.readUInt32BE(4);
    const index = (this.#rtcpIndices.get(ssrc) ?? 0) + 1;
    this.#rtcpIndices.set(ssrc, index);
    return protectRtcp(this.suite, this.rtcpKeys, packet, { index, encrypted }, this.mki);
  }

  unprotectRtcp(packet: Buffer): Unprotected<OpenedRtcp> {
    return unprotectRtcp(this.suite, this.rtcpKeys, packet, this.mki);
  }

  #advance(packet: Buffer): { roc: number; index: bigint } {
    const ssrc = packet.readUInt32BE(8);
    const sequence = packet.readUInt16BE(2);
    const state = this.#streams.get(ssrc) ?? { roc: 0, highestSequence: sequence };
    const guess = guessIndex(state, sequence);
    this.#record(ssrc, state, guess.roc, sequence);
    return guess;
  }

  #record(ssrc: number, state: StreamState, roc: number, sequence: number): void {
    if (roc > state.roc) this.#streams.set(ssrc, { roc, highestSequence: sequence });
    else if (roc === state.roc) {
      this.#streams.set(ssrc, { roc, highestSequence: Math.max(sequence, state.highestSequence) });
    }
  }
}
