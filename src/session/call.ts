import type { NegotiatedMedia } from '../negotiation/negotiated-media.js';
import type { CallId, Tag } from '../shared/brand.js';
import type { Party } from './party.js';
import { QualityTracker } from './quality-tracker.js';

/** An offer that was passed on, kept until the next one: a 183 and a 200 may both answer it. */
export interface Round {
  readonly offerer: Party;
  readonly answerer: Party;
  readonly offered: readonly NegotiatedMedia[];
}

export type CloseReason =
  'delete' | 'media_timeout' | 'silent_timeout' | 'offer_timeout' | 'final_timeout' | 'forced' | 'drain' | 'error';

/** One Call-ID: its parties, and the offer/answer rounds between them. */
export class Call {
  readonly id: CallId;
  /** Native worker of all its ports: a packet of a call never crosses threads. */
  readonly worker: number;
  readonly createdMonotonic: number;
  readonly createdMicroseconds: number;
  /** Both replaced by `concat` rather than grown: `push` and spreading reserve room for sixteen more. */
  #parties: readonly Party[] = [];
  #rounds: readonly Round[] = [];
  readonly quality = new QualityTracker();
  lastSignalMonotonic: number;
  lastSignalSeconds: number;
  /** Monotonic milliseconds before which none of its timers can run out; 0 = to be found out by the next sweep. */
  lookAt = 0;
  /** When its quality is due to be sampled. */
  sampleAt = 0;
  /** An answer has connected two parties at least once. */
  answered = false;
  deleteDelaySeconds: number | null = null;
  metadata: string | null = null;

  constructor(id: CallId, worker: number, monotonic: number, wallMilliseconds: number) {
    this.id = id;
    this.worker = worker;
    this.createdMonotonic = monotonic;
    this.createdMicroseconds = Math.round(wallMilliseconds * 1_000);
    this.lastSignalMonotonic = monotonic;
    this.lastSignalSeconds = Math.floor(wallMilliseconds / 1_000);
  }

  get parties(): readonly Party[] {
    return this.#parties;
  }

  get rounds(): readonly Round[] {
    return this.#rounds;
  }

  /** Every party is on its way out: the call is over and only its delete delay keeps the ports. */
  get isLeaving(): boolean {
    return this.parties.length > 0 && this.parties.every((party) => party.removeAt !== null);
  }

  partyCalled(tag: Tag): Party | null {
    return this.parties.find((party) => party.isCalled(tag)) ?? null;
  }

  partyOnBranch(viaBranch: string): Party | null {
    return this.parties.findLast((party) => party.viaBranch === viaBranch) ?? null;
  }

  /** The last offer between the two, whoever made it. */
  roundBetween(one: Party, other: Party): Round | null {
    const isBetween = (round: Round): boolean =>
      (round.offerer === one && round.answerer === other) || (round.offerer === other && round.answerer === one);
    return this.rounds.find(isBetween) ?? null;
  }

  setRound(round: Round): void {
    const before = this.roundBetween(round.offerer, round.answerer);
    this.#rounds = this.#rounds.filter((one) => one !== before).concat(round);
  }

  add(party: Party): void {
    this.#parties = this.#parties.concat(party);
  }

  remove(party: Party): void {
    this.#parties = this.#parties.filter((one) => one !== party);
    this.#rounds = this.#rounds.filter((one) => one.offerer !== party && one.answerer !== party);
    for (const other of this.#parties) if (other.counterpart === party) other.counterpart = null;
  }
}
