import { systemClock, type Clock } from '../shared/clock.js';
import type { TurnedAway } from './observer.js';
import { AllowList } from './peer-address.js';

export interface AdmissionOptions {
  /** Networks of the proxies; empty: everyone. */
  readonly allowedPeers: readonly string[];
  /** Messages a second that one address may send in the long run. */
  readonly messagesPerSecond: number;
  /** Messages that one address may send at once. */
  readonly burst: number;
  readonly clock: Clock;
}

/** A proxy that sets up a thousand calls a second sends three thousand messages. */
export const ADMISSION_OPTIONS: AdmissionOptions = Object.freeze({
  allowedPeers: [],
  messagesPerSecond: 5_000,
  burst: 10_000,
  clock: systemClock,
});

/** Addresses with a bucket of their own; the oldest goes when another comes. */
const MAX_BUCKETS = 4096;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Who may speak, and how often: an allow-list, then a token bucket for each address. Shared by all transports. */
export class Admission {
  #options: AdmissionOptions;
  #allowed: AllowList;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: Partial<AdmissionOptions> = {}) {
    this.#options = { ...ADMISSION_OPTIONS, ...options };
    this.#allowed = new AllowList(this.#options.allowedPeers);
  }

  /** Takes over other networks and rates; who was refused may be welcome from now on. */
  update(options: Pick<AdmissionOptions, 'allowedPeers' | 'messagesPerSecond' | 'burst'>): void {
    this.#options = { ...this.#options, ...options };
    this.#allowed = new AllowList(options.allowedPeers);
  }

  allows(address: string): boolean {
    return this.#allowed.allows(address);
  }

  /** null: the message may come in, and is counted against its sender. */
  admit(address: string): TurnedAway | null {
    if (!this.#allowed.allows(address)) return 'peer-not-allowed';
    return this.#take(address) ? null : 'rate-limit';
  }

  /** Counts more messages against a sender; it may come to owe some, a second's worth at most. */
  charge(address: string, messages: number): void {
    const bucket = this.#bucket(address);
    bucket.tokens = Math.max(-this.#options.messagesPerSecond, bucket.tokens - messages);
  }

  #take(address: string): boolean {
    const bucket = this.#bucket(address);
    const now = this.#options.clock.monotonicMilliseconds();
    const earned = ((now - bucket.filledAt) * this.#options.messagesPerSecond) / 1000;
    bucket.tokens = Math.min(this.#options.burst, bucket.tokens + earned);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  #bucket(address: string): Bucket {
    const present = this.#buckets.get(address);
    if (present !== undefined) return present;
    if (this.#buckets.size >= MAX_BUCKETS) this.#dropOldest();
    const created = { tokens: this.#options.burst, filledAt: this.#options.clock.monotonicMilliseconds() };
    this.#buckets.set(address, created);
    return created;
  }

  #dropOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
