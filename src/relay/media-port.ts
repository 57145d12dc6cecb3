import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import type { NativeRelay, OpenPortResult, PortConfig, PortId } from './addon.js';
import type { PortCounter, StreamCounter } from './counters.js';
import type { Slab } from './slab.js';
import type { WorkerBell } from './worker-bell.js';

type OpenedPort = Extract<OpenPortResult, { error: null }>;

/**
 * One bound UDP socket facing one party, as the control plane sees it. The socket and its packets belong to a native
 * worker; this object names it, configures it and reads its counters.
 */
export class MediaPort {
  readonly id: PortId;
  readonly worker: number;
  readonly slot: number;
  /** Bound port number. */
  readonly number: number;
  readonly #native: NativeRelay;
  readonly #bell: WorkerBell;
  readonly #slab: Slab;
  #inboundSuite: CryptoSuiteName | null = null;
  #outboundSuite: CryptoSuiteName | null = null;
  #open = true;

  constructor(native: NativeRelay, bell: WorkerBell, slab: Slab, worker: number, opened: OpenedPort) {
    this.#native = native;
    this.#bell = bell;
    this.#slab = slab;
    this.worker = worker;
    this.id = opened.id;
    this.slot = opened.slot;
    this.number = opened.port;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Suites in use, its own or those of the port whose sessions it shares; null = plain. */
  get inboundSuite(): CryptoSuiteName | null {
    return this.#inboundSuite;
  }

  get outboundSuite(): CryptoSuiteName | null {
    return this.#outboundSuite;
  }

  /**
   * Nothing is kept of `config`: native code has it, and the keys in it. `cryptoOwner`: the port named by
   * `config.cryptoFrom`, null when there is none.
   */
  configure(config: PortConfig, cryptoOwner: MediaPort | null): void {
    this.#bell.hold();
    this.#native.configurePort(this.id, config);
    this.#inboundSuite = cryptoOwner?.inboundSuite ?? config.inbound?.suite ?? null;
    this.#outboundSuite = cryptoOwner?.outboundSuite ?? config.outbound?.suite ?? null;
  }

  /** Counters stay readable until the worker has let the socket go and `Relay` has folded them into its totals. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#bell.hold();
    this.#native.closePort(this.id);
  }

  counter(name: PortCounter): number {
    return this.#slab.port(this.slot, name);
  }

  /** The same by its place in `PORT_WORDS`, for a walk over all ports. */
  word(word: number): number {
    return this.#slab.portWord(this.slot, word);
  }

  get streamCount(): number {
    return this.#slab.streamsPerPort;
  }

  stream(index: number, name: StreamCounter): number {
    return this.#slab.stream(this.slot, index, name);
  }

  streamWord(index: number, word: number): number {
    return this.#slab.streamWord(this.slot, index, word);
  }
}
