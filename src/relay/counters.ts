/**
 * The counter slab: one block of 64-bit words a worker, written by that worker alone and read here in place.
 * `native/counters/port_counters.h` holds the same names in the same order; a test compares the two.
 */

/** Why a datagram that arrived was not forwarded. Closed: every drop has exactly one. */
export const DROP_REASONS = [
  'auth', // SRTP or SRTCP tag wrong (RFC 3711 §3.3 step 5)
  'replay', // index seen before or too old (RFC 3711 §3.3.2), or a repeat from a plain sender
  'not_rtp', // first octet or version not RTP, RTCP, nor anything that we relay (RFC 7983)
  'short', // header cut off, or lengths in it beyond the datagram
  'unknown_source', // not the settled source, or not in the allowed networks
  'not_learned', // the destination's address is not known yet
  'no_key', // secure leg without keys yet, or unknown MKI
  'no_peer', // no port to forward to
  'direction', // RTP in a direction on hold
  'blocked', // payload type or media blocked by the proxy
  'ssrc_limit', // more SSRCs than slots
  'tx_error', // the send system call failed
  'plain_on_srtp', // plain packet on a secure leg
  'key_limit', // key used up (RFC 3711 §9.2)
  'crypto_error', // protect failed for another reason
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** Words of a port's slot, in order. Milliseconds are CLOCK_MONOTONIC; 0 = never. */
export const PORT_COUNTERS = [
  'rx_packets', // every datagram read from the socket; = forwarded RTP + RTCP + raw + all drops
  'rx_bytes', // UDP payload octets
  'rtp_packets', // forwarded RTP (raw datagrams count here too)
  'rtp_bytes', // as received
  'rtcp_packets',
  'rtcp_bytes',
  'tx_rtp_packets', // sent to this port's party
  'tx_rtp_bytes', // as sent
  'tx_rtcp_packets',
  'tx_rtcp_bytes',
  'last_rx_milliseconds', // last packet accepted from the party (after authentication on a secure leg)
  'last_tx_milliseconds',
  'first_rx_milliseconds',
  'remote_family', // 0 none, 4, 6: the address we send to
  'remote_port',
  'remote_address_high', // first 8 octets of the address, big-endian; IPv4 in the upper 4 of these
  'remote_address_low',
  'remote_learned', // 1 = from a packet, 0 = from SDP
  'address_changes',
  'roc_resync_kept',
  'roc_resync_reset',
  'roc_resync_adjusted',
  'roc_resync_failed',
  'rekeys',
  'sequence_restarts', // plain sender restarted its sequence numbers; bridged by an offset
  'socket_overflows', // datagrams the kernel dropped on this socket, read about once a second (SO_MEMINFO)
  'unprotected_rtp_packets', // SRTP accepted; its suite is the port's inbound suite
  'unprotected_rtcp_packets',
  'protected_rtp_packets',
  'protected_rtcp_packets',
  ...DROP_REASONS.map((reason) => `drop_${reason}` as const),
] as const;
export type PortCounter = (typeof PORT_COUNTERS)[number];

/** Words of one stream (SSRC) received from the party; a slot holds `streamsPerPort` of them. */
export const STREAM_COUNTERS = [
  'in_use', // 1 = the rest is valid
  'ssrc',
  'payload_type', // of the last packet
  'packets',
  'bytes',
  'base_sequence', // first extended sequence number
  'highest_sequence', // highest extended sequence number (RFC 3550 A.1)
  'duplicates',
  'reordered',
  'jitter', // RFC 3550 A.8, in timestamp units × 16
  'last_milliseconds',
  'first_milliseconds',
  'rollover_counter', // SRTP only
  'remote_fraction_lost', // of the last report block about this SSRC, 0–255 (RFC 3550 §6.4.1)
  'remote_jitter', // of the same, timestamp units
  'round_trip_microseconds', // from LSR and DLSR as they pass; 0 = unknown
] as const;
export type StreamCounter = (typeof STREAM_COUNTERS)[number];

/** Upper bounds of `batch_N`: packets handled in one wake-up. */
export const BATCH_BOUNDS = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;
/** Upper bounds of `latency_N`, microseconds from the kernel's receive time stamp to the send; sampled. */
export const LATENCY_BOUNDS = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000] as const;

/** Words at the head of a worker's slab. */
export const WORKER_COUNTERS = [
  'heartbeat_milliseconds', // last time the loop turned; an idle worker turns at least every 500 ms
  'cpu_nanoseconds',
  'wakeups',
  'packets',
  'commands',
  'ports',
  'events_lost', // bounded queue was full
  ...BATCH_BOUNDS.map((bound) => `batch_le_${bound}` as const),
  'batch_more',
  'batch_sum',
  ...LATENCY_BOUNDS.map((bound) => `latency_le_${bound}` as const),
  'latency_more',
  'latency_sum_microseconds',
] as const;
export type WorkerCounter = (typeof WORKER_COUNTERS)[number];
