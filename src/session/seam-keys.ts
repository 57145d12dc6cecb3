import type { SrtpParameters } from '../negotiation/negotiated-media.js';
import type { SrtpKeys } from '../relay/addon.js';

/** RFC 3711 §9.2. */
const MAXIMUM_SRTP_PACKETS = 2 ** 48;
const MAXIMUM_SRTCP_PACKETS = 2 ** 31;
/** libsrtp keeps its window in a bitmap of at most this many packets. */
const MAXIMUM_REPLAY_WINDOW = 32_767;

/**
 * Turns negotiated parameters into what crosses the seam. Keys that did not change are the same list (negotiation keeps
 * it, also where a tag or a lifetime changed), so a number per list tells native code whether its contexts, replay
 * windows and rollover counters stay. A new context under an old key would use its keystream twice.
 */
export class SeamKeys {
  readonly #replayWindow: number;
  readonly #revisions = new WeakMap<SrtpParameters['keys'], number>();
  #last = 0;

  /** `replayWindow`: packets (RFC 3711 §3.3.2), more when the peer's `WSH` hints at more. */
  constructor(replayWindow: number) {
    this.#replayWindow = replayWindow;
  }

  of(parameters: SrtpParameters | null): SrtpKeys | null {
    if (parameters === null) return null;
    const hint = parameters.windowSizeHint ?? 0;
    return {
      suite: parameters.suite,
      keys: parameters.keys.map((one) => ({ keySalt: one.key.expose(), mki: one.mki })),
      revision: this.#revisionOf(parameters.keys),
      replayWindow: Math.min(Math.max(this.#replayWindow, hint), MAXIMUM_REPLAY_WINDOW),
      srtpLifetime: Math.min(parameters.lifetime ?? MAXIMUM_SRTP_PACKETS, MAXIMUM_SRTP_PACKETS),
      srtcpLifetime: Math.min(parameters.lifetime ?? MAXIMUM_SRTCP_PACKETS, MAXIMUM_SRTCP_PACKETS),
      unencryptedSrtp: parameters.unencryptedSrtp,
      unencryptedSrtcp: parameters.unencryptedSrtcp,
      unauthenticatedSrtp: parameters.unauthenticatedSrtp,
    };
  }

  #revisionOf(keys: SrtpParameters['keys']): number {
    const known = this.#revisions.get(keys);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#revisions.set(keys, this.#last);
    return this.#last;
  }
}
