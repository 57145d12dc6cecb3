import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import { DROP_REASONS, type DropReason, type PortCounter } from './counters.js';
import type { MediaPort } from './media-port.js';

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

/** Sums over ports, open and gone, so that what is exported never goes back. */
export class RelayTotals {
  readonly counters: Record<SummedCounter, number>;
  readonly drops: Record<DropReason, number>;
  readonly srtp = new Map<SrtpOperationKey, number>();
  /** Changes of a settled remote address, by what the port's own leg is. */
  readonly relearned = { plain: 0, secure: 0 };
  /** Over every stream that the slots could hold. */
  readonly streams = { lost: 0, reordered: 0, duplicates: 0 };

  constructor() {
    this.counters = Object.fromEntries(SUMMED.map((name) => [name, 0])) as Record<SummedCounter, number>;
    this.drops = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  }

  /** A copy to which open ports can be added without touching this one. */
  copy(): RelayTotals {
    const copy = new RelayTotals();
    Object.assign(copy.counters, this.counters);
    Object.assign(copy.drops, this.drops);
    for (const [key, value] of this.srtp) copy.srtp.set(key, value);
    Object.assign(copy.relearned, this.relearned);
    Object.assign(copy.streams, this.streams);
    return copy;
  }

  add(port: MediaPort): void {
    for (const name of SUMMED) this.counters[name] += port.counter(name);
    for (const reason of DROP_REASONS) this.drops[reason] += port.counter(`drop_${reason}`);
    this.relearned[port.inboundSuite === null ? 'plain' : 'secure'] += port.counter('address_changes');
    this.#addSrtp(port);
    this.#addStreams(port);
  }

  #addStreams(port: MediaPort): void {
    for (let index = 0; index < port.streamCount; index += 1) {
      if (port.stream(index, 'in_use') === 0) continue;
      const duplicates = port.stream(index, 'duplicates');
      const expected = port.stream(index, 'highest_sequence') - port.stream(index, 'base_sequence') + 1;
      this.streams.lost += Math.max(0, expected - (port.stream(index, 'packets') - duplicates));
      this.streams.reordered += port.stream(index, 'reordered');
      this.streams.duplicates += duplicates;
    }
  }

  /** An operation counts under the suite that the port was configured with last. */
  #addSrtp(port: MediaPort): void {
    for (const [operation, kind, counter] of SRTP_OPERATIONS) {
      const suite = operation === 'protect' ? port.outboundSuite : port.inboundSuite;
      const count = port.counter(counter);
      if (suite === null || count === 0) continue;
      const key: SrtpOperationKey = `${operation}/${suite}/${kind}`;
      this.srtp.set(key, (this.srtp.get(key) ?? 0) + count);
    }
  }
}
