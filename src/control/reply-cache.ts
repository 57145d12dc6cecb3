import { hash } from 'node:crypto';
import type { Clock } from '../shared/clock.js';

export interface ReplyCacheOptions {
  readonly lifetimeMilliseconds: number;
  readonly maxEntries: number;
  /** Octets of replies and of keys. */
  readonly maxBytes: number;
  /** Addresses told apart; with more, the one that was silent longest goes. */
  readonly maxPeers: number;
}

/** A proxy repeats a request up to five times a second apart; the incumbent remembers for a minute, and so do we. */
export const REPLY_CACHE_OPTIONS: ReplyCacheOptions = Object.freeze({
  lifetimeMilliseconds: 60_000,
  maxEntries: 50_000,
  maxBytes: 16 * 1024 * 1024,
  maxPeers: 256,
});

/** Reserved for the bookkeeping of one entry when bytes are counted. */
const ENTRY_OVERHEAD = 200;

interface Entry {
  /** Once it is there, as text of one character an octet: half of what a buffer costs, and the heap's alone. */
  reply: string | Promise<Buffer>;
  readonly storedAt: number;
  bytes: number;
}

interface Peer {
  /** In the order in which they were stored, the oldest first. */
  readonly entries: Map<string, Entry>;
  bytes: number;
}

/**
 * Replies by (peer address and port, cookie, digest of the message), so that a repeated request is answered alike and
 * carried out once. The cookie alone would not do: two proxies with the same cookie scheme would get each other's
 * replies. A request still in work is found too, and its reply is waited for. When it is full, the address that holds
 * most loses its oldest entry: a proxy that floods forgets its own replies and nobody else's.
 */
export class ReplyCache {
  readonly #clock: Clock;
  readonly #options: ReplyCacheOptions;
  /** By address; the one heard last is last. */
  readonly #peers = new Map<string, Peer>();
  #entries = 0;
  #bytes = 0;

  constructor(clock: Clock, options: Partial<ReplyCacheOptions> = {}) {
    this.#clock = clock;
    this.#options = { ...REPLY_CACHE_OPTIONS, ...options };
  }

  /** Name of a message within its address. */
  static key(port: number, cookie: string, payload: Buffer): string {
    // Joined, and not added up: such a text would keep its parts beside it.
    return [port, hash('sha256', payload, 'base64'), cookie].join(' ');
  }

  get size(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  find(address: string, key: string): Buffer | Promise<Buffer> | undefined {
    const peer = this.#peers.get(address);
    if (peer === undefined) return undefined;
    this.#expire(peer);
    const reply = peer.entries.get(key)?.reply;
    return typeof reply === 'string' ? Buffer.from(reply, 'latin1') : reply;
  }

  /** A reply that fails is forgotten, so that a repetition is a new request. */
  store(address: string, key: string, reply: Buffer | Promise<Buffer>): void {
    const peer = this.#peerOf(address);
    this.#expire(peer);
    this.#remove(peer, key);
    const kept = reply instanceof Promise ? reply : reply.toString('latin1');
    const entry: Entry = { reply: kept, storedAt: this.#clock.monotonicMilliseconds(), bytes: 0 };
    peer.entries.set(key, entry);
    this.#entries++;
    this.#grow(peer, entry, 2 * key.length + ENTRY_OVERHEAD + (reply instanceof Promise ? 0 : reply.length));
    if (reply instanceof Promise) this.#await(peer, key, entry, reply);
    this.#shrink();
  }

  #await(peer: Peer, key: string, entry: Entry, reply: Promise<Buffer>): void {
    reply.then(
      (octets) => this.#settled(peer, key, entry, octets),
      () => this.#forget(peer, key, entry),
    );
  }

  #settled(peer: Peer, key: string, entry: Entry, octets: Buffer): void {
    if (peer.entries.get(key) !== entry) return;
    entry.reply = octets.toString('latin1');
    this.#grow(peer, entry, octets.length);
    this.#shrink();
  }

  #forget(peer: Peer, key: string, entry: Entry): void {
    if (peer.entries.get(key) === entry) this.#remove(peer, key);
  }

  #peerOf(address: string): Peer {
    const present = this.#peers.get(address);
    this.#peers.delete(address);
    const peer = present ?? { entries: new Map<string, Entry>(), bytes: 0 };
    this.#peers.set(address, peer);
    if (this.#peers.size > this.#options.maxPeers) this.#dropSilentPeer();
    return peer;
  }

  #dropSilentPeer(): void {
    const [oldest] = this.#peers;
    if (oldest === undefined) return;
    const [address, peer] = oldest;
    for (const key of [...peer.entries.keys()]) this.#remove(peer, key);
    this.#peers.delete(address);
  }

  #grow(peer: Peer, entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    peer.bytes += bytes;
    this.#bytes += bytes;
  }

  #remove(peer: Peer, key: string): void {
    const entry = peer.entries.get(key);
    if (entry === undefined) return;
    peer.entries.delete(key);
    this.#entries--;
    peer.bytes -= entry.bytes;
    this.#bytes -= entry.bytes;
  }

  /** Entries are in order of time, so only the front is looked at. */
  #expire(peer: Peer): void {
    const horizon = this.#clock.monotonicMilliseconds() - this.#options.lifetimeMilliseconds;
    for (const [key, entry] of peer.entries) {
      if (entry.storedAt > horizon) return;
      this.#remove(peer, key);
    }
  }

  #shrink(): void {
    while (this.#entries > this.#options.maxEntries || this.#bytes > this.#options.maxBytes) {
      const largest = this.#largestPeer();
      const [oldest] = largest?.entries.keys() ?? [];
      if (largest === undefined || oldest === undefined) return;
      this.#remove(largest, oldest);
    }
  }

  #largestPeer(): Peer | undefined {
    let largest: Peer | undefined;
    for (const peer of this.#peers.values()) if (largest === undefined || peer.bytes > largest.bytes) largest = peer;
    return largest;
  }
}
