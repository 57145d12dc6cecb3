import type { MediaPort } from '../relay/media-port.js';
import { meanOpinionScore } from './mos.js';
import type { QualitySample } from './reports.js';

/** Jitter is kept in timestamp units × 16 by the workers, at the 8 kHz of telephone audio (RFC 3551 §4.5.14). */
const JITTER_UNITS_PER_MILLISECOND = 16 * 8;
/** An interval with fewer packets says nothing about quality. */
const MINIMUM_PACKETS = 10;
/** SSRCs kept for a call: a sender that changes its SSRC all the time must not fill the memory. */
const MAXIMUM_SSRCS = 32;

interface Tracked {
  packets: number;
  expected: number;
  sum: { mos: number; jitter: number; packetLoss: number; roundTripTime: number };
  samples: number;
  lowest: QualitySample | null;
  highest: QualitySample | null;
}

export interface Quality {
  readonly average: QualitySample | null;
  readonly lowest: QualitySample | null;
  readonly highest: QualitySample | null;
}

/** Turns the workers' running counts into quality per interval: average, worst and best for each SSRC of a call. */
export class QualityTracker {
  /** By SSRC; null until media comes. */
  #tracked: Map<number, Tracked> | null = null;

  /**
   * Looks at every stream of a party's ports; `ageSeconds` since the call was created. Gives what was measured now.
   * Without rtcp-mux the round trip of a stream stands with the RTCP port and its packets with the RTP port.
   */
  sample(ports: readonly MediaPort[], ageSeconds: number): readonly QualitySample[] {
    if (!ports.some(hasStreams)) return NO_SAMPLES;
    const roundTrips = roundTripsOf(ports);
    const samples: QualitySample[] = [];
    for (const port of ports) {
      for (const index of streamsOf(port)) {
        const sample = this.#sampleStream(port, index, roundTrips, ageSeconds);
        if (sample !== null) samples.push(sample);
      }
    }
    return samples;
  }

  quality(ssrc: number): Quality {
    const tracked = this.#tracked?.get(ssrc);
    if (tracked === undefined || tracked.samples === 0) return { average: null, lowest: null, highest: null };
    return { average: average(tracked), lowest: tracked.lowest, highest: tracked.highest };
  }

  /** Mean MOS over all SSRCs, 1.0 to 4.5; null while nothing was measured. */
  meanScore(): number | null {
    const rated = [...(this.#tracked?.values() ?? [])].filter((one) => one.samples > 0);
    if (rated.length === 0) return null;
    return rated.reduce((sum, one) => sum + one.sum.mos / one.samples, 0) / rated.length / 10;
  }

  #sampleStream(
    port: MediaPort,
    index: number,
    roundTrips: ReadonlyMap<number, number>,
    ageSeconds: number,
  ): QualitySample | null {
    const ssrc = port.stream(index, 'ssrc');
    const tracked = this.#find(ssrc);
    if (tracked === null) return null;
    const packets = port.stream(index, 'packets') - port.stream(index, 'duplicates');
    const expected = port.stream(index, 'highest_sequence') - port.stream(index, 'base_sequence') + 1;
    const newPackets = packets - tracked.packets;
    const newExpected = expected - tracked.expected;
    if (newExpected < MINIMUM_PACKETS) return null;
    tracked.packets = packets;
    tracked.expected = expected;
    const lossPercent = Math.min(100, Math.max(0, (100 * (newExpected - newPackets)) / newExpected));
    const jitter = port.stream(index, 'jitter') / JITTER_UNITS_PER_MILLISECOND;
    return record(tracked, lossPercent, jitter, (roundTrips.get(ssrc) ?? 0) / 1_000, ageSeconds);
  }

  #find(ssrc: number): Tracked | null {
    const all = (this.#tracked ??= new Map<number, Tracked>());
    const known = all.get(ssrc);
    if (known !== undefined) return known;
    if (all.size >= MAXIMUM_SSRCS) return null;
    const fresh: Tracked = {
      packets: 0,
      expected: 0,
      sum: { mos: 0, jitter: 0, packetLoss: 0, roundTripTime: 0 },
      samples: 0,
      lowest: null,
      highest: null,
    };
    all.set(ssrc, fresh);
    return fresh;
  }
}

const NO_SAMPLES: readonly QualitySample[] = [];

function hasStreams(port: MediaPort): boolean {
  for (let index = 0; index < port.streamCount; index += 1) if (port.stream(index, 'in_use') === 1) return true;
  return false;
}

/** Streams of which RTP packets have come. */
export function* streamsOf(port: MediaPort): Generator<number> {
  for (let index = 0; index < port.streamCount; index += 1) {
    if (port.stream(index, 'in_use') === 1 && port.stream(index, 'packets') > 0) yield index;
  }
}

/** Microseconds by SSRC; streams without one are left out. */
function roundTripsOf(ports: readonly MediaPort[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const port of ports) {
    for (let index = 0; index < port.streamCount; index += 1) {
      const microseconds = port.stream(index, 'in_use') === 1 ? port.stream(index, 'round_trip_microseconds') : 0;
      if (microseconds > 0) found.set(port.stream(index, 'ssrc'), microseconds);
    }
  }
  return found;
}

function record(
  tracked: Tracked,
  packetLoss: number,
  jitter: number,
  roundTripTime: number,
  reportedAt: number,
): QualitySample {
  const score = meanOpinionScore({
    lossPercent: packetLoss,
    jitterMilliseconds: jitter,
    roundTripMilliseconds: roundTripTime,
  });
  const mos = score * 10;
  tracked.samples += 1;
  tracked.sum.mos += mos;
  tracked.sum.jitter += jitter;
  tracked.sum.packetLoss += packetLoss;
  tracked.sum.roundTripTime += roundTripTime;
  const sample: QualitySample = {
    mos: Math.round(mos),
    jitter: Math.round(jitter),
    packetLoss: Math.round(packetLoss),
    roundTripTime: Math.round(roundTripTime),
    samples: 1,
    reportedAt: Math.floor(reportedAt),
  };
  if (tracked.lowest === null || sample.mos < tracked.lowest.mos) tracked.lowest = sample;
  if (tracked.highest === null || sample.mos > tracked.highest.mos) tracked.highest = sample;
  return sample;
}

function average({ sum, samples }: Tracked): QualitySample {
  return {
    mos: Math.round(sum.mos / samples),
    jitter: Math.round(sum.jitter / samples),
    packetLoss: Math.round(sum.packetLoss / samples),
    roundTripTime: Math.round(sum.roundTripTime / samples),
    samples,
    reportedAt: 0,
  };
}
