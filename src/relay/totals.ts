import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import { DROP_REASONS, type DropReason, type PortCounter } from './counters.js';
import type { MediaPort } from './media-port.js';
import { PORT_WORDS, STREAM_WORDS } from './slab.js';

/** Counters that only grow and mean something summed over ports. */
const SUMMED = [
  'rx_packets',
  'rx_bytes',
  'rtp_packets',
  'rtp_bytes',
  'rtcp_packets',
  'rtcp_bytes',
  'tx_rtp_packets',
  'tx_rtp_bytes',
  'tx_rtcp_packets',
  'tx_rtcp_bytes',
  'roc_resync_kept',
  'roc_resync_reset',
  'roc_resync_adjusted',
  'roc_resync_failed',
  'rekeys',
  'sequence_restarts',
  'socket_overflows',
] as const satisfies readonly PortCounter[];
export type SummedCounter = (typeof SUMMED)[number];

const SRTP_OPERATIONS = [
  ['unprotect', 'rtp', 'unprotected_rtp_packets'],
  ['unprotect', 'rtcp', 'unprotected_rtcp_packets'],
  ['protect', 'rtp', 'protected_rtp_packets'],
  ['protect', 'rtcp', 'protected_rtcp_packets'],
] as const;

/** `op/suite/kind`, e.g. `protect/AES_CM_128_HMAC_SHA1_80/rtp`. */
export type SrtpOperationKey = `${'protect' | 'unprotect'}/${CryptoSuiteName}/${'rtp' | 'rtcp'}`;

const SUMMED_WORDS = SUMMED.map((name) => PORT_WORDS[name]);
const DROP_WORDS = DROP_REASONS.map((reason) => PORT_WORDS[`drop_${reason}`]);
const SRTP_WORDS = SRTP_OPERATIONS.map(([, , counter]) => PORT_WORDS[counter]);

/** Sums over ports, open and gone, so that what is exported never goes back. Adding a port allocates nothing. */
export class RelayTotals {
  readonly #counters = new Float64Array(SUMMED.length);
  readonly #drops = new Float64Array(DROP_REASONS.length);
  /** Packets by suite, in the order of `SRTP_OPERATIONS`. */
  readonly #srtp = new Map<CryptoSuiteName, Float64Array>();
  /** Changes of a settled remote address, by what the port's own leg is. */
  readonly relearned = { plain: 0, secure: 0 };
  /** Over every stream that the slots could hold. */
  readonly streams = { lost: 0, reordered: 0, duplicates: 0 };

  get counters(): Readonly<Record<SummedCounter, number>> {
    return named(SUMMED, this.#counters);
  }

  get drops(): Readonly<Record<DropReason, number>> {
    return named(DROP_REASONS, this.#drops);
  }

  get srtp(): ReadonlyMap<SrtpOperationKey, number> {
    const packets = new Map<SrtpOperationKey, number>();
    for (const [suite, counts] of this.#srtp) {
      for (const [index, [operation, kind]] of SRTP_OPERATIONS.entries()) {
        const count = counts[index] ?? 0;
        if (count > 0) packets.set(`${operation}/${suite}/${kind}`, count);
      }
    }
    return packets;
  }

  /** A copy to which open ports can be added without touching this one. */
  copy(): RelayTotals {
    const copy = new RelayTotals();
    copy.#counters.set(this.#counters);
    copy.#drops.set(this.#drops);
    for (const [suite, counts] of this.#srtp) copy.#srtp.set(suite, counts.slice());
    Object.assign(copy.relearned, this.relearned);
    Object.assign(copy.streams, this.streams);
    return copy;
  }

  add(port: MediaPort): void {
    addWords(this.#counters, port, SUMMED_WORDS);
    addWords(this.#drops, port, DROP_WORDS);
    this.relearned[port.inboundSuite === null ? 'plain' : 'secure'] += port.word(PORT_WORDS.address_changes);
    this.#addSrtp(port);
    this.#addStreams(port);
  }

  #addStreams(port: MediaPort): void {
    for (let index = 0; index < port.streamCount; index += 1) {
      if (port.streamWord(index, STREAM_WORDS.in_use) === 0) continue;
      const duplicates = port.streamWord(index, STREAM_WORDS.duplicates);
      const first = port.streamWord(index, STREAM_WORDS.base_sequence);
      const expected = port.streamWord(index, STREAM_WORDS.highest_sequence) - first + 1;
      this.streams.lost += Math.max(0, expected - (port.streamWord(index, STREAM_WORDS.packets) - duplicates));
      this.streams.reordered += port.streamWord(index, STREAM_WORDS.reordered);
      this.streams.duplicates += duplicates;
    }
  }

  /** An operation counts under the suite that the port was configured with last. */
  #addSrtp(port: MediaPort): void {
    for (let index = 0; index < SRTP_OPERATIONS.length; index += 1) {
      const suite = SRTP_OPERATIONS[index]?.[0] === 'protect' ? port.outboundSuite : port.inboundSuite;
      if (suite === null) continue;
      const counts = this.#countsOf(suite);
      counts[index] = (counts[index] ?? 0) + port.word(SRTP_WORDS[index] ?? 0);
    }
  }

  #countsOf(suite: CryptoSuiteName): Float64Array {
    const known = this.#srtp.get(suite);
    if (known !== undefined) return known;
    const fresh = new Float64Array(SRTP_OPERATIONS.length);
    this.#srtp.set(suite, fresh);
    return fresh;
  }
}

function addWords(sums: Float64Array, port: MediaPort, words: readonly number[]): void {
  for (let index = 0; index < words.length; index += 1) {
    sums[index] = (sums[index] ?? 0) + port.word(words[index] ?? 0);
  }
}

function named<Name extends string>(names: readonly Name[], sums: Float64Array): Record<Name, number> {
  return Object.fromEntries(names.map((name, index) => [name, sums[index] ?? 0])) as Record<Name, number>;
}
