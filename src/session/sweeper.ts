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
  #timeouts: SessionTimeouts;
  readonly #service: AnchorService;
  readonly #observer: SessionObserver;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  #lastSweep: number | null = null;
  /** When the process last went on after it had stood still. */
  #awakeSince = 0;

  constructor(service: AnchorService, observer: SessionObserver, clock: Clock, timeouts: SessionTimeouts) {
    this.#service = service;
    this.#observer = observer;
    this.#clock = clock;
    this.#timeouts = timeouts;
  }

  /** Takes over other timeouts, for calls in progress too. */
  set timeouts(timeouts: SessionTimeouts) {
    this.#timeouts = timeouts;
    for (const call of this.#service.calls) call.lookAt = 0;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.sweep(), SWEEP_INTERVAL).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** A call is looked at when something may be due, so that a sweep over thousands costs microseconds. */
  sweep(): void {
    const now = this.#clock.monotonicMilliseconds();
    if (this.#lastSweep !== null && now - this.#lastSweep > STANDSTILL) this.#awakeSince = now;
    this.#lastSweep = now;
    for (const call of this.#service.calls) if (call.lookAt <= now) this.#look(call, now);
  }

  #look(call: Call, now: number): void {
    this.#service.removeLeft(call);
    const timer = call.isLeaving ? null : firstTimer(call, this.#awakeSince, this.#timeouts);
    if (timer !== null && now > timer.at) {
      this.#expire(call, timer.reason, now);
      return;
    }
    if (!call.isLeaving && now >= call.sampleAt) this.#sample(call, now);
    call.lookAt = Math.min(
      call.sampleAt,
      timer?.at ?? Infinity,
      ...call.parties.map(({ removeAt }) => removeAt ?? Infinity),
    );
  }

  #sample(call: Call, now: number): void {
    call.sampleAt = now + QUALITY_INTERVAL;
    const ageSeconds = (now - call.createdMonotonic) / 1_000;
    for (const party of call.parties) {
      const ports = party.ports().map(({ port }) => port);
      for (const sample of call.quality.sample(ports, ageSeconds)) this.#observer.qualitySampled(sample);
    }
  }

  #expire(call: Call, reason: CloseReason, now: number): void {
    this.#observer.timerFired(call, reason, (now - call.createdMonotonic) / 1_000);
    this.#service.close(call, reason);
  }
}

interface Timer {
  readonly reason: CloseReason;
  /** Monotonic milliseconds; it has run out when this is past. */
  readonly at: number;
}

/** The timer of the call that runs out first. Silence counts from `awakeSince` on: before that we were deaf. */
function firstTimer(call: Call, awakeSince: number, timeouts: SessionTimeouts): Timer {
  const final: Timer = { reason: 'final_timeout', at: end(call.createdMonotonic, timeouts.finalTimeoutSeconds) };
  const other = call.answered ? mediaTimer(call, awakeSince, timeouts) : offerTimer(call, timeouts);
  return final.at <= other.at ? final : other;
}

function offerTimer(call: Call, { offerTimeoutSeconds }: SessionTimeouts): Timer {
  return { reason: 'offer_timeout', at: end(call.lastSignalMonotonic, offerTimeoutSeconds) };
}

function mediaTimer(call: Call, awakeSince: number, timeouts: SessionTimeouts): Timer {
  const quietSince = Math.max(awakeSince, call.lastSignalMonotonic, lastPacket(call.parties));
  return isHeld(call.parties)
    ? { reason: 'silent_timeout', at: end(quietSince, timeouts.silentTimeoutSeconds) }
    : { reason: 'media_timeout', at: end(quietSince, timeouts.mediaTimeoutSeconds) };
}

function end(from: number, limitSeconds: number): number {
  return limitSeconds > 0 ? from + limitSeconds * 1_000 : Infinity;
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
