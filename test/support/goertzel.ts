import type { Sound } from './wav.js';

/** Amplitude of `hertz` in the samples, as part of full scale (0–1), by a Goertzel filter with a Hann window. */
export function toneLevel({ rate, samples }: Sound, hertz: number): number {
  const omega = (2 * Math.PI * hertz) / rate;
  const coefficient = 2 * Math.cos(omega);
  let [previous, beforePrevious, weight] = [0, 0, 0];
  samples.forEach((sample, i) => {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (samples.length - 1));
    weight += window;
    const current = (sample / 32_768) * window + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
  });
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  return weight === 0 ? 0 : (2 * Math.sqrt(Math.max(power, 0))) / weight;
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(Math.max(ratio, 1e-9));
}

/** Root mean square, part of full scale. */
export function loudness({ samples }: Sound): number {
  if (samples.length === 0) return 0;
  const sum = samples.reduce((total, sample) => total + (sample / 32_768) ** 2, 0);
  return Math.sqrt(sum / samples.length);
}

export interface ToneVerdict {
  /** Wanted over other, dB. */
  readonly separation: number;
  /** Wanted, dB of full scale. */
  readonly level: number;
  /** Part of the sound's energy that the wanted tone carries, 0–1. */
  readonly purity: number;
  readonly seconds: number;
}

/**
 * How clearly a recording carries `wanted` and not `other`: judged by the best second of it, so that ringing, the first
 * moments of media and the end of a call do not count.
 */
export function judgeTone(sound: Sound, wanted: number, other: number): ToneVerdict {
  const verdicts = windowsOf(sound).map((window) => judgeWindow(window, wanted, other));
  const best = verdicts.reduce((a, b) => (b.purity > a.purity ? b : a), {
    separation: -Infinity,
    level: -Infinity,
    purity: 0,
  });
  return { ...best, seconds: sound.samples.length / sound.rate };
}

function windowsOf(sound: Sound): Sound[] {
  const { rate, samples } = sound;
  if (samples.length <= rate) return [sound];
  const count = Math.floor((samples.length - rate) / (rate / 2)) + 1;
  return Array.from({ length: count }, (_, i) => ({
    rate,
    samples: samples.subarray((i * rate) / 2, (i * rate) / 2 + rate),
  }));
}

function judgeWindow(sound: Sound, wanted: number, other: number): Omit<ToneVerdict, 'seconds'> {
  const level = toneLevel(sound, wanted);
  const total = loudness(sound);
  return {
    separation: decibels(level / Math.max(toneLevel(sound, other), 1e-9)),
    level: decibels(level),
    purity: total === 0 ? 0 : Math.min(1, level ** 2 / 2 / total ** 2),
  };
}
