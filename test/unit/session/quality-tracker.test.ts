import { describe, expect, it } from 'vitest';
import type { StreamCounter } from '../../../src/relay/counters.js';
import type { MediaPort } from '../../../src/relay/media-port.js';
import { QualityTracker } from '../../../src/session/quality-tracker.js';

type Stream = Partial<Record<StreamCounter, number>>;

/** A port with these streams; only what the tracker reads. */
function port(...streams: Stream[]): MediaPort {
  return {
    streamCount: 4,
    stream: (index: number, name: StreamCounter) => streams[index]?.[name] ?? 0,
  } as unknown as MediaPort;
}

function stream(changes: Stream): Stream {
  return { in_use: 1, ssrc: 5, base_sequence: 0, packets: 100, highest_sequence: 99, ...changes };
}

describe('the quality of a call', () => {
  it('loss is judged over each interval by itself', () => {
    const tracker = new QualityTracker();
    tracker.sample([port(stream({ packets: 100, highest_sequence: 99 }))], 5);
    tracker.sample([port(stream({ packets: 150, highest_sequence: 199 }))], 10);
    const { average, lowest, highest } = tracker.quality(5);
    expect([highest?.packetLoss, lowest?.packetLoss, average?.packetLoss]).toEqual([0, 50, 25]);
    expect(lowest?.reportedAt).toBe(10);
    expect(average?.samples).toBe(2);
  });

  it('duplicates do not make up for losses', () => {
    const tracker = new QualityTracker();
    tracker.sample([port(stream({ packets: 100, duplicates: 20 }))], 5);
    expect(tracker.quality(5).average?.packetLoss).toBe(20);
  });

  it('the round trip that stands with the RTCP port belongs to the stream of the RTP port', () => {
    const tracker = new QualityTracker();
    const rtcp = port({ in_use: 1, ssrc: 5, packets: 0, round_trip_microseconds: 80_000 });
    expect(tracker.sample([port(stream({})), rtcp], 5)).toMatchObject([{ roundTripTime: 80 }]);
  });

  it('an interval of a few packets says nothing, and is not lost to the next', () => {
    const tracker = new QualityTracker();
    expect(tracker.sample([port(stream({ packets: 5, highest_sequence: 4 }))], 1)).toEqual([]);
    expect(tracker.sample([port(stream({ packets: 20, highest_sequence: 19 }))], 2)).toHaveLength(1);
  });

  it('a sender that changes its SSRC all the time does not fill the memory', () => {
    const tracker = new QualityTracker();
    for (let ssrc = 1; ssrc <= 1_000; ssrc += 1) tracker.sample([port(stream({ ssrc }))], 1);
    expect(tracker.quality(32).average).not.toBeNull();
    expect(tracker.quality(33).average).toBeNull();
  });
});
