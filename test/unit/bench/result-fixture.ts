import type { LoadOutcome } from '../../../bench/load.js';
import type { SystemName } from '../../../bench/peers/peer.js';
import type { BenchResult, LoadSample, RateSample, Sample } from '../../../bench/result.js';
import { hot, type Bridge } from '../../../bench/scenarios.js';

export function outcome(change: Partial<LoadOutcome> = {}): LoadOutcome {
  return {
    packetsSent: 1000,
    packetsReceived: 1000,
    packetsLost: 0,
    rtcpSent: 5,
    rtcpLost: 0,
    duplicates: 0,
    reordered: 0,
    verified: 10,
    wrong: 0,
    cpuMicrosecondsPerPacket: 5,
    timeslicesPerPacket: 0.5,
    waitShare: 0,
    latencyMicroseconds: { p50: 20, p90: 40, p99: 80, p999: 160, max: 320 },
    generator: {
      microsecondsPerPacket: 3,
      busyShare: 0.3,
      latenessP99Microseconds: 10,
      latenessMaxMicroseconds: 100,
      limits: [],
    },
    ...change,
  };
}

export function cpuSample(
  system: SystemName,
  bridge: Bridge,
  rate: number,
  microseconds: number,
  run = 1,
  lost = 0,
): LoadSample {
  const shape = hot(bridge, rate);
  return {
    measure: 'cpu',
    system,
    run,
    workers: 1,
    shape,
    offered: bridge,
    outcome: outcome({ cpuMicrosecondsPerPacket: microseconds, packetsLost: lost }),
  };
}

export function rateSample(system: SystemName, packetsPerSecond: number, run = 1): RateSample {
  return {
    measure: 'rate',
    system,
    run,
    workers: 1,
    shape: hot('rtp_srtp', 0),
    offered: 'rtp_srtp',
    packetsPerSecond,
    generatorLimited: false,
    steps: [],
  };
}

export function resultOf(samples: readonly Sample[]): BenchResult {
  return {
    format: 'srtp-anchor-bench 1',
    startedAt: '2030-01-01T00:00:00.000Z',
    finishedAt: '2030-01-01T00:01:00.000Z',
    command: 'srtp-anchor bench',
    machine: {
      cpu: 'A <fast> CPU',
      cores: 2,
      memoryGibibytes: 8,
      kernel: 'Linux 6',
      architecture: 'x64',
      loadAtStart: 0.1,
    },
    versions: {
      srtpAnchor: '0.1.0',
      commit: 'abc',
      node: 'v20',
      nodeOpenssl: '3.0',
      openssl: 'OpenSSL 3',
      rtpengine: '10.5',
    },
    placement: { relayCpus: '0', generatorCpu: 1, nice: 0 },
    absent: [],
    samples,
  };
}
