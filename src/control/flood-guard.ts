import type { Clock } from '../shared/clock.js';

/** Milliseconds over which refusals are counted. */
const WINDOW = 100;
/** Refused datagrams of one address in a window that are a flood. */
const FLOOD = 100;
/** Milliseconds for which a flooding address is not heard. */
const MUTE = 250;
/** Addresses that the kernel is told at once. */
const MAX_MUTED = 64;
const MAX_COUNTED = 4096;

/**
 * Sees who floods by how many of its datagrams are refused, and has the kernel drop them for a moment: what floods then
 * costs neither this thread nor room in the receive buffer, which all proxies share. After the moment it is heard
 * again, and muted again if it goes on.
 */
export class FloodGuard {
  readonly #clock: Clock;
  readonly #mute: (addresses: readonly string[]) => void;
  readonly #refused = new Map<string, number>();
  #windowStart = 0;
  /** Address to the time at which it is heard again, the earliest first. */
  readonly #muted = new Map<string, number>();
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
    this.#muted.set(address, now + MUTE);
    this.#tell();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tell(): void {
    this.#mute([...this.#muted.keys()]);
    const [until] = this.#muted.values();
    if (until === undefined || this.#timer !== null) return;
    const wait = Math.max(1, until - this.#clock.monotonicMilliseconds());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#release();
    }, wait).unref();
  }

  #release(): void {
    const now = this.#clock.monotonicMilliseconds();
    for (const [address, until] of this.#muted) {
      if (until > now) break;
      this.#muted.delete(address);
      this.#refused.delete(address);
    }
    this.#tell();
  }
}
