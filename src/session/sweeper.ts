import type { Clock } from '../shared/clock.js';
import type { AnchorService } from './anchor-service.js';
import type { Call, CloseReason } from './call.js';
import type { SessionObserver } from './observer.js';
import type { Party } from './party.js';

/** Seconds; 0 = never. */
export interface SessionTimeouts {
  /** No packet on any stream of an answered call. */
  readonly mediaTimeoutSeconds: number;
  /** The same while every stream is on hold. */
  readonly silentTimeoutSeconds: number;
  /** An offer that nobody answered. */
  readonly offerTimeoutSeconds: number;
  /** Age of a call, whatever happens in it. */
  readonly finalTimeoutSeconds: number;
}

const SWEEP_INTERVAL = 250;
/** A sweep that comes this late, milliseconds: the process was stopped, or its machine was, and nobody saw packets meanwhile. */
const STANDSTILL = 2_000;
/** Quality is judged over intervals of this many milliseconds: the usual distance of RTCP reports (RFC 3550 §6.2). */
const QUALITY_INTERVAL = 5_000;

/** Goes over all calls a few times a second: ends what is over, and samples quality now and then. */
export class Sweeper {
  timeouts: SessionTimeouts;
  readonly #service: AnchorService;
  readonly #observer: SessionObserver;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  #lastQuality = 0;
  #lastSweep: number | null = null;
  /** When the process last went on after it had stood still. */
  #awakeSince = 0;

  constructor(service: AnchorService, observer: SessionObserver, clock: Clock, timeouts: SessionTimeouts) {
    this.#service = service;
    this.#observer = observer;
    this.#clock = clock;
    this.timeouts = timeouts;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.sweep(), SWEEP_INTERVAL).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  sweep(): void {
    const now = this.#clock.monotonicMilliseconds();
    if (this.#lastSweep !== null && now - this.#lastSweep > STANDSTILL) this.#awakeSince = now;
    this.#lastSweep = now;
    const sampleQuality = now - this.#lastQuality >= QUALITY_INTERVAL;
    if (sampleQuality) this.#lastQuality = now;
    for (const call of [...this.#service.calls]) {
      this.#service.removeLeft(call);
      const reason = call.isLeaving ? null : dueReason(call, now, this.#awakeSince, this.timeouts);
      if (reason !== null) this.#expire(call, reason, now);
      else if (sampleQuality) this.#sample(call, now);
    }
  }

  #sample(call: Call, now: number): void {
    const ageSeconds = (now - call.createdMonotonic) / 1_000;
    for (const party of call.parties) {
      const ports = [...party.ports()].map(({ port }) => port);
      for (const sample of call.quality.sample(ports, ageSeconds)) this.#observer.qualitySampled(sample);
    }
  }

  #expire(call: Call, reason: CloseReason, now: number): void {
    this.#observer.timerFired(call, reason, (now - call.createdMonotonic) / 1_000);
    this.#service.close(call, reason);
  }
}

/** Which timer of the call has run out; null = none. Silence counts from `awakeSince` on: before that we were deaf. */
function dueReason(call: Call, now: number, awakeSince: number, timeouts: SessionTimeouts): CloseReason | null {
  if (isOver(now - call.createdMonotonic, timeouts.finalTimeoutSeconds)) return 'final_timeout';
  if (!call.answered)
    return isOver(now - call.lastSignalMonotonic, timeouts.offerTimeoutSeconds) ? 'offer_timeout' : null;
  const quiet = now - Math.max(awakeSince, call.lastSignalMonotonic, lastPacket(call.parties));
  if (isHeld(call.parties)) return isOver(quiet, timeouts.silentTimeoutSeconds) ? 'silent_timeout' : null;
  return isOver(quiet, timeouts.mediaTimeoutSeconds) ? 'media_timeout' : null;
}

function isOver(milliseconds: number, limitSeconds: number): boolean {
  return limitSeconds > 0 && milliseconds > limitSeconds * 1_000;
}

function lastPacket(parties: readonly Party[]): number {
  let last = 0;
  for (const party of parties) {
    for (const { port } of party.ports()) last = Math.max(last, port.counter('last_rx_milliseconds'));
  }
  return last;
}

/** Every m= line that is not rejected is on hold by at least one party: silence is then no sign of a dead call. */
function isHeld(parties: readonly Party[]): boolean {
  const held = new Map<number, boolean>();
  for (const party of parties) {
    for (const [index, side] of party.media.entries()) {
      if (side.kind === 'rejected' || side.leg === null) continue;
      held.set(index, (held.get(index) ?? false) || side.leg.held);
    }
  }
  return held.size > 0 && [...held.values()].every(Boolean);
}
