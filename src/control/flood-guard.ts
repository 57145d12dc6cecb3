import type { Clock } from '../shared/clock.js';

/** Milliseconds over which refusals are counted. */
const WINDOW = 100;
/** Refused datagrams of one address in a window that are a flood. */
const FLOOD = 100;
/** Milliseconds for which a flooding address is not heard at first; twice as long each time that it goes on after that. */
const MUTE = 250;
/** Each time that it is heard again, some of the flood comes in and others' datagrams may be lost with it. */
const LONGEST_MUTE = 1_000;
/** Addresses that the kernel is told at once. */
const MAX_MUTED = 64;
const MAX_COUNTED = 4096;

interface Mute {
  readonly milliseconds: number;
  readonly until: number;
}

/**
 * Sees who floods by how many of its datagrams are refused, and has the kernel drop them for a moment: what floods then
 * costs neither this thread nor room in the receive buffer, which all proxies share. After the moment it is heard
 * again, and muted again, for longer, if it goes on.
 */
export class FloodGuard {
  readonly #clock: Clock;
  readonly #mute: (addresses: readonly string[]) => void;
  readonly #refused = new Map<string, number>();
  #windowStart = 0;
  readonly #muted = new Map<string, Mute>();
  /** The last mutes that are over: whether an address goes on. */
  readonly #released = new Map<string, Mute>();
  #timer: NodeJS.Timeout | null = null;

  /** `mute` is told the whole list, each time that it changes. */
  constructor(clock: Clock, mute: (addresses: readonly string[]) => void) {
    this.#clock = clock;
    this.#mute = mute;
  }

  /** A datagram of this address was refused. */
  refused(address: string): void {
    const now = this.#clock.monotonicMilliseconds();
    if (now - this.#windowStart >= WINDOW || this.#refused.size >= MAX_COUNTED) {
      this.#refused.clear();
      this.#windowStart = now;
    }
    const count = (this.#refused.get(address) ?? 0) + 1;
    this.#refused.set(address, count);
    // What the socket still held when the address was muted arrives after.
    if (count < FLOOD || this.#muted.has(address) || this.#muted.size >= MAX_MUTED) return;
    const milliseconds = this.#nextMute(address, now);
    this.#muted.set(address, { milliseconds, until: now + milliseconds });
    this.#tell();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #nextMute(address: string, now: number): number {
    const before = this.#released.get(address);
    if (before === undefined || now - before.until > LONGEST_MUTE) return MUTE;
    return Math.min(2 * before.milliseconds, LONGEST_MUTE);
  }

  #tell(): void {
    this.#mute([...this.#muted.keys()]);
    this.close();
    if (this.#muted.size === 0) return;
    const until = Math.min(...[...this.#muted.values()].map((mute) => mute.until));
    const wait = Math.max(1, until - this.#clock.monotonicMilliseconds());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#release();
    }, wait).unref();
  }

  #release(): void {
    const now = this.#clock.monotonicMilliseconds();
    for (const [address, mute] of [...this.#muted]) {
      if (mute.until > now) continue;
      this.#muted.delete(address);
      this.#refused.delete(address);
      this.#remember(address, mute, now);
    }
    this.#tell();
  }

  #remember(address: string, mute: Mute, now: number): void {
    this.#released.delete(address);
    this.#released.set(address, mute);
    for (const [other, { until }] of this.#released) {
      if (now - until <= LONGEST_MUTE) break;
      this.#released.delete(other);
    }
  }
}
