/**
 * The seam: all that crosses between TypeScript and `native/addon/`, in the same order and with the same names as
 * there. Plain data crosses; `null` means none, and a missing or misspelt field is a TypeError. Packets never cross.
 * Validation and defaults live on this side; the addon converts and asserts.
 */
import { createRequire } from 'node:module';
import type { Brand } from '../shared/brand.js';
import type { CryptoSuiteName } from '../srtp/crypto-suite.js';

/** Names one open port of one relay; never used twice in a relay's life. */
export type PortId = Brand<number, 'PortId'>;

export interface RelayOptions {
  /** 1–64 threads, one epoll each. */
  readonly workers: number;
  /** Ports a worker can hold, 2–65,536; reserves address space only. */
  readonly portsPerWorker: number;
  /** Upper bound on the time a packet waits for company before its worker wakes, 0–5,000 µs; 0 = wake at once. */
  readonly coalesceMicroseconds: number;
  /** SO_RCVBUF and SO_SNDBUF of every media socket, octets; 0 = the system's default. */
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
  /** CPU of worker i = cpus[i % length]; empty = not pinned. */
  readonly cpus: readonly number[];
  /** How long packets under the key before a re-key are still accepted, milliseconds. */
  readonly rekeyOverlapMilliseconds: number;
  /** How long the source of a plain leg may still change after signalling (media learning window), milliseconds. */
  readonly learningWindowMilliseconds: number;
}

export interface SocketAddress {
  /** IPv4 or IPv6 literal without brackets. */
  readonly address: string;
  /** 1–65,535. */
  readonly port: number;
}

export interface OpenPortOptions {
  /** Index of the worker that will own the port; ports that forward to each other live on one worker. */
  readonly worker: number;
  readonly address: string;
  /** 0 = the system chooses. */
  readonly port: number;
  /** IPv4 TOS or IPv6 traffic class octet. */
  readonly trafficClass: number;
}

/** `error` is an errno name (`EADDRINUSE`), a value, so that the port pool can try the next number. */
export type OpenPortResult =
  | { readonly error: null; readonly id: PortId; readonly slot: number; readonly port: number }
  | { readonly error: string };

export interface SrtpKeys {
  readonly suite: CryptoSuiteName;
  /** key || salt each, copied and owned by native code from here on; `mki` big-endian, 0 octets = none. */
  readonly keys: readonly { readonly keySalt: Uint8Array; readonly mki: Uint8Array }[];
  /** Same number = same keys: contexts, replay windows and rollover counters are kept as they are. */
  readonly revision: number;
  /** Packets, 128–32,768 (RFC 3711 §3.3.2 asks for 64 at least). */
  readonly replayWindow: number;
  /** Packets under the key before it is refused: at most 2^48 and 2^31 (RFC 3711 §9.2). */
  readonly srtpLifetime: number;
  readonly srtcpLifetime: number;
  readonly unencryptedSrtp: boolean;
  readonly unencryptedSrtcp: boolean;
  readonly unauthenticatedSrtp: boolean;
}

export type LearningMode = 'off' | 'immediate' | 'delayed' | 'heuristic';

export interface PortConfig {
  /** `rtp`: demultiplexed by RFC 7983 and RFC 5761; `raw`: every datagram passes untouched (T.38). */
  readonly kind: 'rtp' | 'raw';
  /** Where the party said it receives; null = not known, nothing is sent to it until it is learned. */
  readonly remote: SocketAddress | null;
  readonly learning: LearningMode;
  /** Forward only from the settled source, even while the window is open. */
  readonly strictSource: boolean;
  /** Let the source change at any time. */
  readonly mediaHandover: boolean;
  /** A number that grows with each offer or answer of this party: a new value opens a new learning window. */
  readonly learningRound: number;
  /** Source networks allowed, `address/prefix`; empty = any. */
  readonly allowedSources: readonly string[];
  /** What the party encrypts with, and what we encrypt with toward it; null = plain. */
  readonly inbound: SrtpKeys | null;
  readonly outbound: SrtpKeys | null;
  /**
   * Use the SRTP sessions of that port instead (both fields above are then null): the RTCP port of a pair, so that one
   * key has one SRTCP index wherever it is sent from (RFC 3711 §9.1). Must be open on the same worker.
   */
  readonly cryptoFrom: PortId | null;
  /** Where accepted RTP (or raw datagrams) and accepted RTCP leave; null = dropped as `no_peer`. */
  readonly rtpTo: PortId | null;
  readonly rtcpTo: PortId | null;
  /** RTP from this party is forwarded; false = dropped as `direction` (RTCP passes all the same). */
  readonly forwardRtp: boolean;
  /** RTP payload types, 0–127, dropped as `blocked`. */
  readonly blockedPayloadTypes: readonly number[];
  readonly trafficClass: number;
}

/**
 * Few, bounded, coalesced by (kind, port); never one a packet.
 * `closed`: the port's socket is gone and its counters are final; call `releaseSlot` when they have been read.
 * `address_learned`: detail = `address port`. `auth_failing`: at least 32 packets in a row failed.
 * `key_limit`: fewer than 2^16 packets left, or the key was stopped (detail `stopped`).
 * `socket_error`: detail = errno name. `roc_resync`: detail = `kept`, `reset`, `plus_one`, `minus_one` or `failed`.
 */
export interface RelayEvent {
  readonly kind: 'closed' | 'address_learned' | 'auth_failing' | 'key_limit' | 'socket_error' | 'roc_resync';
  readonly port: PortId;
  readonly slot: number;
  readonly worker: number;
  readonly detail: string;
}

export interface NativeRelay {
  /** Creates and binds in the caller's thread; the worker polls it at once, but forwards nothing before `configurePort`. */
  openPort(options: OpenPortOptions): OpenPortResult;
  /** Replaces the whole configuration of a port, between two packets. Throws RangeError on an unknown id. */
  configurePort(id: PortId, config: PortConfig): void;
  /** The worker closes the socket and then sends `closed`. A second call, or an unknown id, is a no-op: false. */
  closePort(id: PortId): boolean;
  /** Gives the counters' slot back after `closed`. */
  releaseSlot(worker: number, slot: number): void;
  /** From here on no worker is woken for what it is asked, until `release`: for several commands that follow each other. */
  hold(): void;
  release(): void;
  /** The counter slab of a worker, live: one ArrayBuffer per worker, the same one each time. Layout: `counters.ts`. */
  slab(worker: number): ArrayBuffer;
  /** Stops the workers, joins them and closes every socket. Idempotent; all other methods then throw. */
  close(): void;
}

/** Names and sizes of the slab as native code has them, for the test that compares the two tables. */
export interface SlabLayout {
  readonly slotOffset: number;
  /** One block a port; behind all of them lie the blocks of streams, `streamsPerPort` a port. */
  readonly slotBytes: number;
  readonly streamsPerPort: number;
  readonly streamBytes: number;
  readonly workerCounters: readonly string[];
  readonly portCounters: readonly string[];
  readonly streamCounters: readonly string[];
}

export interface ControlSocketOptions {
  readonly address: string;
  /** 0 = the system chooses. */
  readonly port: number;
  /** SO_RCVBUF, octets, beyond the system's maximum where we may; 0 = the system's default. */
  readonly receiveBufferBytes: number;
}

/** `error` is an errno name. */
export type ControlSocketResult = { readonly error: null; readonly fd: number } | { readonly error: string };

export interface Addon {
  createRelay(options: RelayOptions, onEvent: (event: RelayEvent) => void): NativeRelay;
  slabLayout(): SlabLayout;
  /** Rows of native/crypto/crypto_suite.cc. */
  cryptoSuites(): readonly {
    readonly name: string;
    readonly masterKeyLength: number;
    readonly masterSaltLength: number;
    readonly srtpTagLength: number;
    readonly srtcpTagLength: number;
    /** False = this build cannot do it right (self-test at load failed); never offered, never accepted. */
    readonly usable: boolean;
  }[];
  /** A bound UDP socket for JavaScript to read. The descriptor is the caller's, and must be open where it is named below. */
  openControlSocket(options: ControlSocketOptions): ControlSocketResult;
  /**
   * From now on the kernel drops what comes to the socket from these addresses, 64 at most, before it takes room that
   * others need. Replaces the list before. False = the kernel would not.
   */
  muteSources(fd: number, sources: readonly string[]): boolean;
  /** Datagrams that the kernel dropped on the socket, muted or for want of room; wraps at 2^32. */
  droppedDatagrams(fd: number): number;
  versions(): { readonly libsrtp: string; readonly openssl: string };
  /** Ends the process here and now with this code, 0–255, whatever its threads wait for. */
  endProcess(code: number): void;
}

/** Loads `build/Release/srtp_anchor.node`, or the file that `SRTP_ANCHOR_ADDON` names (sanitizer builds). */
export function loadAddon(): Addon {
  const require = createRequire(import.meta.url);
  const named = process.env['SRTP_ANCHOR_ADDON'];
  // dist/src/relay/addon.js and src/relay/addon.ts lie at different depths below the root.
  const candidates =
    named === undefined ? ['../../build/Release/srtp_anchor.node', '../../../build/Release/srtp_anchor.node'] : [named];
  for (const candidate of candidates.slice(0, -1)) {
    try {
      return require(candidate) as Addon;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return require(candidates.at(-1) ?? '') as Addon;
}
