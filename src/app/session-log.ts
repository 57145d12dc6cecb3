import type { Logger } from '../log/logger.js';
import type { MetricsRecorder } from '../metrics/recorder.js';
import type { NegotiationNote } from '../negotiation/negotiation-context.js';
import { errorText, isLimit, type AnchorError, type ErrorCode } from '../shared/errors.js';
import type { CallReport, QualitySample } from '../session/reports.js';
import type { Call, CloseReason } from '../session/call.js';
import type { SessionObserver } from '../session/observer.js';
import { isOneWay } from '../session/one-way.js';
import type { Webhook } from '../webhook/webhook.js';
import type { RecentRefusals } from './recent-refusals.js';

export interface SessionLogParts {
  readonly logger: Logger;
  readonly recorder: () => MetricsRecorder;
  readonly webhook: Webhook;
  readonly report: (call: Call) => CallReport;
  readonly refusals: RecentRefusals;
}

const LIMIT_LABELS = {
  'session-limit': 'sessions',
  'out-of-ports': 'ports',
  'load-limit': 'load',
  'cpu-limit': 'cpu',
  'bandwidth-limit': 'bandwidth',
  draining: 'draining',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** Turns what happens to calls into log lines, counts and webhook notes. */
export class SessionLog implements SessionObserver {
  readonly #parts: SessionLogParts;

  constructor(parts: SessionLogParts) {
    this.#parts = parts;
  }

  callOpened(call: Call): void {
    this.#parts.logger.info('call-opened', { callId: call.id, worker: call.worker });
  }

  negotiated(call: Call, step: 'offer' | 'answer', notes: readonly NegotiationNote[]): void {
    for (const note of notes) this.#count(note);
    if (!this.#parts.logger.isEnabled('info')) return;
    this.#parts.logger.info('negotiated', { callId: call.id, step, notes: notes.map(describeNote) });
  }

  requestFailed(callId: string, step: 'offer' | 'answer', error: AnchorError): void {
    this.#parts.refusals.note(callId, error);
    this.#parts.logger.warn('request-refused', {
      callId,
      step,
      code: error.code,
      reason: errorText(error),
      detail: error.detail,
    });
    if (isLimit(error)) this.#parts.recorder().limitRejection(LIMIT_LABELS[error.code as keyof typeof LIMIT_LABELS]);
    const result = negotiationResult(error.code);
    if (result !== null) {
      this.#parts.recorder().negotiation({ suite: null, leg: step === 'offer' ? 'offerer' : 'answerer', result });
    }
    for (const note of notesOf(error)) this.#count(note);
  }

  callClosed(call: Call, reason: CloseReason, ageSeconds: number): void {
    const oneWay = call.answered && isOneWay(call);
    this.#parts.recorder().sessionClosed({ reason, durationSeconds: ageSeconds, oneWay });
    this.#parts.logger.info('call-closed', { callId: call.id, reason, ageSeconds: Math.round(ageSeconds), oneWay });
  }

  timerFired(call: Call, reason: CloseReason, ageSeconds: number): void {
    const report = this.#parts.report(call);
    this.#parts.webhook.post({
      event: 'call-ended',
      callId: call.id,
      reason,
      createdAt: Math.floor(report.createdMicroseconds / 1e6),
      ageSeconds: Math.round(ageSeconds),
      tags: report.parties.flatMap((party) => (party.tag === null ? [] : [party.tag])),
      packets: { rtp: report.rtp.packets, rtcp: report.rtcp.packets },
    });
  }

  portAllocationFailed(interfaceName: string): void {
    this.#parts.recorder().portAllocationFailure(interfaceName);
  }

  qualitySampled({ mos, jitter, roundTripTime }: QualitySample): void {
    this.#parts.recorder().streamQuality({
      jitterSeconds: jitter / 1_000,
      roundTripSeconds: roundTripTime > 0 ? roundTripTime / 1_000 : null,
      mos: mos / 10,
    });
  }

  #count(note: NegotiationNote): void {
    const recorder = this.#parts.recorder();
    if (note.kind === 'suite_chosen') recorder.negotiation({ suite: note.suite, leg: note.leg, result: 'ok' });
    if (note.kind === 'tag_mismatch') recorder.answerTagMismatch();
    if (note.kind === 'lines_ignored') {
      for (let line = 0; line < note.count; line += 1) recorder.cryptoLineIgnored(note.reason);
    }
  }
}

function negotiationResult(code: ErrorCode): 'no_common_suite' | 'refused_by_policy' | 'answer_mismatch' | null {
  if (code === 'no-usable-crypto') return 'no_common_suite';
  if (code === 'insecure-refused' || code === 'secure-refused') return 'refused_by_policy';
  return code === 'answer-mismatch' ? 'answer_mismatch' : null;
}

function notesOf(error: AnchorError): readonly NegotiationNote[] {
  return 'notes' in error ? (error.notes as readonly NegotiationNote[]) : [];
}

/** One note as words, m= lines counted from 1. */
export function describeNote(note: NegotiationNote): string {
  const where = `m${note.media + 1}`;
  switch (note.kind) {
    case 'suite_chosen':
      return `${where} ${note.leg}: ${note.suite}`;
    case 'lines_ignored':
      return `${where} ${note.leg}: ${note.count} ignored (${note.reason})`;
    case 'tag_mismatch':
      return `${where}: answered tag ${note.answered} for offered ${note.offered}`;
    case 'several_lines_answered':
      return `${where}: ${note.count} lines in the answer`;
    case 'osrtp_used':
      return `${where} ${note.leg}: opportunistic SRTP`;
    case 'best_effort_pair':
      return `${where}: taken, m${note.dropped + 1} is its plain or secure twin`;
    case 'media_refused':
      return `${where}: ${note.protocol} refused`;
  }
}
