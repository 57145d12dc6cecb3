/** What listening is like: packet loss and delay, as one number. */
export interface ListeningConditions {
  /** Percent of packets that did not arrive. */
  readonly lossPercent: number;
  readonly jitterMilliseconds: number;
  readonly roundTripMilliseconds: number;
}

/** R of a clean narrow-band G.711 connection (ITU-T G.107, default values). */
const BEST_R = 93.2;
/** Packet-loss robustness of G.711 with concealment, for random loss (ITU-T G.113 appendix I). */
const LOSS_ROBUSTNESS = 25.1;
/** Milliseconds that codec and packetisation add. */
const CODEC_DELAY = 10;

/** Mean opinion score, 1.0 to 4.5, by a simplified E-model (ITU-T G.107 §7, annex B for the step from R to MOS). */
export function meanOpinionScore(conditions: ListeningConditions): number {
  // A jitter buffer holds about twice the jitter.
  const delay = conditions.roundTripMilliseconds / 2 + 2 * conditions.jitterMilliseconds + CODEC_DELAY;
  const delayImpairment = delay < 160 ? delay / 40 : (delay - 120) / 10;
  const lossImpairment = (95 * conditions.lossPercent) / (conditions.lossPercent + LOSS_ROBUSTNESS);
  const r = BEST_R - delayImpairment - lossImpairment;
  if (r <= 0) return 1;
  return Math.min(4.5, Math.max(1, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)));
}
