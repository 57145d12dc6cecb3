import type { CallId } from '../shared/brand.js';
import type { Clock } from '../shared/clock.js';
import { anchorError, type AnchorError } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';
import type { Relay } from '../relay/relay.js';
import type { Admission } from './admission.js';
import { Call, type CloseReason } from './call.js';
import { CallTable } from './call-table.js';
import { findAnsweredRound, findOfferParties } from './find-parties.js';
import type { SessionObserver } from './observer.js';
import type { OfferAnswer } from './offer-answer.js';
import type { Party } from './party.js';
import type { PortAllocator } from './port-allocator.js';
import { CallReporter } from './call-reporter.js';
import { selectForDelete } from './select-for-delete.js';
import { SessionStatistics } from './session-statistics.js';
import type { CallReport, StatisticsReport } from './reports.js';
import type {
  AnswerRequest,
  BlockRequest,
  DeleteRequest,
  OfferRequest,
  QueryRequest,
  SdpReply,
  SessionService,
} from './requests.js';
import { keysOf, wipeUnused } from './wipe-keys.js';

export interface AnchorServiceParts {
  readonly relay: Relay;
  readonly exchange: OfferAnswer;
  readonly allocator: PortAllocator;
  readonly observer: SessionObserver;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly defaultDeleteDelaySeconds: number;
}

/** The calls: carries out what the control protocol asks for. */
export class AnchorService implements SessionService {
  readonly calls = new CallTable();
  readonly admission: Admission;
  readonly #parts: AnchorServiceParts;
  readonly #reporter: CallReporter;
  readonly #statistics: SessionStatistics;
  /** Of calls and deletes that do not name one. */
  defaultDeleteDelaySeconds: number;

  constructor(parts: AnchorServiceParts) {
    this.#parts = parts;
    this.admission = parts.admission;
    this.defaultDeleteDelaySeconds = parts.defaultDeleteDelaySeconds;
    this.#reporter = new CallReporter(parts.clock);
    this.#statistics = new SessionStatistics(parts.clock);
  }

  offer(request: OfferRequest): Result<SdpReply, AnchorError> {
    const reply = this.#offer(request);
    if (!reply.ok) this.#parts.observer.requestFailed(request.callId, 'offer', reply.error);
    return reply;
  }

  #offer(request: OfferRequest): Result<SdpReply, AnchorError> {
    if (this.#parts.exchange.isOwn(request.sdp, request.options)) return ok({ sdp: request.sdp, warnings: [] });
    const known = this.calls.get(request.callId);
    const refused = known === null ? this.admission.refuse(this.calls.active) : null;
    if (refused !== null) return err(refused);
    const call = known ?? this.#newCall(request.callId);
    const parties = findOfferParties(known, request, request.options.newBranch, this.#nowSeconds());
    const reply = this.#parts.exchange.offer(call, parties, request.sdp, request.options);
    if (!reply.ok) return reply;
    if (known === null) this.#opened(call);
    this.#revive(call, [parties.offerer, parties.answerer]);
    this.#signalled(call);
    call.deleteDelaySeconds = request.options.deleteDelaySeconds ?? call.deleteDelaySeconds;
    call.metadata = request.options.metadata ?? call.metadata;
    return reply;
  }

  answer(request: AnswerRequest): Result<SdpReply, AnchorError> {
    const reply = this.#answer(request);
    if (!reply.ok) this.#parts.observer.requestFailed(request.callId, 'answer', reply.error);
    return reply;
  }

  #answer(request: AnswerRequest): Result<SdpReply, AnchorError> {
    if (this.#parts.exchange.isOwn(request.sdp, request.options)) return ok({ sdp: request.sdp, warnings: [] });
    const call = this.calls.get(request.callId);
    if (call === null) return err(anchorError('unknown-call'));
    const round = findAnsweredRound(call, request);
    if (!round.ok) return round;
    const { answerer } = round.value;
    const reply = this.#parts.exchange.answer(call, round.value, request.sdp, request.options);
    if (!reply.ok) return reply;
    if (!round.value.offerer.isCalled(request.toTag)) answerer.learnTag(request.toTag);
    this.#revive(call, [round.value.offerer, answerer]);
    this.#signalled(call);
    return reply;
  }

  delete(request: DeleteRequest): Result<CallReport, AnchorError> {
    const call = this.calls.get(request.callId);
    const leaving = call === null ? [] : selectForDelete(call, request);
    if (call === null || leaving.length === 0) return err(anchorError('unknown-call'));
    const report = this.#reporter.report(call);
    const delay = request.deleteDelaySeconds ?? call.deleteDelaySeconds ?? this.defaultDeleteDelaySeconds;
    const removeAt = this.#parts.clock.monotonicMilliseconds() + delay * 1_000;
    for (const party of leaving) party.removeAt = removeAt;
    call.lookAt = 0;
    this.calls.refresh(call);
    if (delay === 0) this.removeLeft(call);
    return ok(report);
  }

  query(request: QueryRequest): Result<CallReport, AnchorError> {
    const call = this.calls.get(request.callId);
    return call === null ? err(anchorError('unknown-call')) : ok(this.#reporter.report(call));
  }

  block(request: BlockRequest): Result<null, AnchorError> {
    const call = this.calls.get(request.callId);
    if (call === null) return err(anchorError('unknown-call'));
    const party = request.fromTag === null ? null : call.partyCalled(request.fromTag);
    if (request.fromTag !== null && party === null) return err(anchorError('unknown-tag', request.fromTag));
    for (const one of party === null ? call.parties : [party]) {
      if (request.what === 'media') one.mediaBlocked = request.blocked;
      else one.dtmfBlocked = request.blocked;
    }
    this.#parts.exchange.configure(call);
    return ok(null);
  }

  list(limit: number): readonly CallId[] {
    const ids: CallId[] = [];
    for (const call of this.calls) {
      if (ids.length >= limit) break;
      if (!call.isLeaving) ids.push(call.id);
    }
    return ids;
  }

  statistics(): StatisticsReport {
    return this.#statistics.report(this.calls, this.#parts.relay.totals(), this.admission.load);
  }

  report(call: Call): CallReport {
    return this.#reporter.report(call);
  }

  /** Ends a call now, whatever its delete delay. */
  close(call: Call, reason: CloseReason): void {
    if (!this.calls.remove(call)) return;
    for (const party of [...call.parties]) this.#release(call, party);
    const ageSeconds = (this.#parts.clock.monotonicMilliseconds() - call.createdMonotonic) / 1_000;
    this.#statistics.closed(reason, ageSeconds);
    this.#parts.observer.callClosed(call, reason, ageSeconds);
  }

  /** Lets go of the parties whose delete delay has run out, and of the call with the last of them. */
  removeLeft(call: Call): void {
    const now = this.#parts.clock.monotonicMilliseconds();
    const over = call.parties.filter((party) => party.removeAt !== null && party.removeAt <= now);
    if (over.length === 0) return;
    if (over.length === call.parties.length) {
      this.close(call, 'delete');
      return;
    }
    for (const party of over) this.#release(call, party);
    this.#parts.exchange.configure(call);
    this.calls.refresh(call);
  }

  #newCall(id: CallId): Call {
    const { clock, relay } = this.#parts;
    const now = clock.monotonicMilliseconds();
    return new Call(id, relay.leastLoadedWorker(now), now, clock.wallMilliseconds());
  }

  #opened(call: Call): void {
    this.calls.add(call);
    this.#parts.observer.callOpened(call);
  }

  #revive(call: Call, parties: readonly Party[]): void {
    for (const party of parties) party.removeAt = null;
    this.calls.refresh(call);
  }

  #signalled(call: Call): void {
    call.lookAt = 0;
    call.lastSignalMonotonic = this.#parts.clock.monotonicMilliseconds();
    call.lastSignalSeconds = this.#nowSeconds();
  }

  #release(call: Call, party: Party): void {
    for (const allocated of party.ports()) this.#parts.allocator.release(allocated);
    const keys = keysOf(party);
    call.remove(party);
    wipeUnused(keys, call);
  }

  #nowSeconds(): number {
    return Math.floor(this.#parts.clock.wallMilliseconds() / 1_000);
  }
}
