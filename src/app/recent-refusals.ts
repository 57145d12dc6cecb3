import { errorText, type AnchorError } from '../shared/errors.js';

const KEPT = 1_000;

/**
 * Why calls were refused lately. A proxy whose rtpengine module keeps the reason to itself asks here before it tells the
 * caller. The latest refusal of each call, the oldest call out first.
 */
export class RecentRefusals {
  readonly #reasons = new Map<string, string>();

  note(callId: string, error: AnchorError): void {
    this.#reasons.delete(callId);
    this.#reasons.set(callId, oneLine(errorText(error)));
    if (this.#reasons.size > KEPT) this.#reasons.delete(this.#reasons.keys().next().value ?? callId);
  }

  /** One printable line that may stand in a quoted string of a SIP header; null = nothing refused lately. */
  reason(callId: string): string | null {
    return this.#reasons.get(callId) ?? null;
  }
}

/** RFC 3261 §25.1: what a quoted-string holds without escapes. */
function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'");
}
