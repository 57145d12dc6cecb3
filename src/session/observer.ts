import type { NegotiationNote } from '../negotiation/negotiation-context.js';
import type { AnchorError } from '../shared/errors.js';
import type { Call, CloseReason } from './call.js';
import type { QualitySample } from './reports.js';

/** What metrics, the log and the webhook hear of the calls. Called on the main thread, must not throw. */
export interface SessionObserver {
  callOpened(call: Call): void;
  /** A negotiation step that worked: suites chosen, lines ignored and so on. */
  negotiated(call: Call, step: 'offer' | 'answer', notes: readonly NegotiationNote[]): void;
  requestFailed(callId: string, step: 'offer' | 'answer', error: AnchorError): void;
  /** After the last report was taken; `ageSeconds` since the call was created. */
  callClosed(call: Call, reason: CloseReason, ageSeconds: number): void;
  /** The call is still whole: time to take its report. */
  timerFired(call: Call, reason: CloseReason, ageSeconds: number): void;
  portAllocationFailed(interfaceName: string): void;
  /** One stream over one interval. */
  qualitySampled(sample: QualitySample): void;
}
