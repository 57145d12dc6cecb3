import { DROP_REASONS, type DropReason } from '../relay/counters.js';
import type { MediaPort } from '../relay/media-port.js';
import type { Clock } from '../shared/clock.js';
import type { Call } from './call.js';
import type { MediaSide, Party } from './party.js';
import type { AllocatedPort } from './port-allocator.js';
import { streamsOf } from './quality-tracker.js';
import { readRemote } from './remote-address.js';
import type { CallReport, MediaReport, PacketTotals, PartyReport, SsrcReport, StreamReport } from './reports.js';

/** Reads a call's state and its ports' counters into a report without key material. */
export class CallReporter {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  report(call: Call): CallReport {
    const ports = call.parties.flatMap((party) => party.ports().map(({ port }) => port));
    this.#sampleQuality(call);
    return {
      callId: call.id,
      createdMicroseconds: call.createdMicroseconds,
      lastSignal: call.lastSignalSeconds,
      rtp: sum(ports.map((port) => received(port, 'rtp'))),
      rtcp: sum(ports.map((port) => received(port, 'rtcp'))),
      ssrcs: ssrcReports(call, ports),
      parties: call.parties.map((party) => this.#party(party)),
      metadata: call.metadata,
    };
  }

  #sampleQuality(call: Call): void {
    const ageSeconds = (this.#clock.monotonicMilliseconds() - call.createdMonotonic) / 1_000;
    for (const party of call.parties)
      call.quality.sample(
        party.ports().map(({ port }) => port),
        ageSeconds,
      );
  }

  #party(party: Party): PartyReport {
    return {
      tag: party.tag,
      viaBranch: party.viaBranch,
      label: party.label,
      created: party.createdSeconds,
      inDialogueWith: party.counterpart?.tag ?? null,
      medias: party.media.map((side, index) => this.#media(party, side, index)),
    };
  }

  #media(party: Party, side: MediaSide, index: number): MediaReport {
    const streams: StreamReport[] = [];
    if (side.rtp !== null) streams.push(this.#stream(side, side.rtp, 'rtp'));
    if (side.rtcp !== null) streams.push(this.#stream(side, side.rtcp, 'rtcp'));
    return {
      index: index + 1,
      type: side.mediaType,
      protocol: (side.leg ?? side.pendingLeg)?.protocol ?? '',
      flags: mediaFlags(party, side),
      streams,
    };
  }

  #stream(side: MediaSide, { port, interface: on }: AllocatedPort, component: 'rtp' | 'rtcp'): StreamReport {
    const leg = side.leg ?? side.pendingLeg;
    const advertised = component === 'rtp' ? (leg?.remoteRtp ?? null) : (leg?.remoteRtcp ?? null);
    const learned = port.counter('remote_learned') === 1;
    return {
      component,
      localAddress: on.address,
      localPort: port.number,
      family: on.family,
      endpoint: readRemote(port) ?? advertised,
      advertisedEndpoint: advertised,
      learned,
      cryptoSuite: port.inboundSuite,
      lastPacket: this.#wallSeconds(port.counter('last_rx_milliseconds')),
      ssrcs: ssrcsOf(port),
      flags: streamFlags(component, learned, side),
      received: total(port, component),
      sent: sum([sent(port, 'rtp'), sent(port, 'rtcp')]),
      drops: dropsOf(port),
    };
  }

  /** Unix seconds of a worker's monotonic time stamp; null for never. */
  #wallSeconds(monotonic: number): number | null {
    if (monotonic === 0) return null;
    const age = this.#clock.monotonicMilliseconds() - monotonic;
    return Math.floor((this.#clock.wallMilliseconds() - age) / 1_000);
  }
}

function mediaFlags(party: Party, side: MediaSide): readonly string[] {
  const flags: string[] = [];
  if (side.leg !== null) flags.push('initialized');
  if (side.leg?.rtcpMux === true) flags.push('rtcp-mux');
  if (side.leg !== null && side.leg.inbound !== null) flags.push('SDES');
  if (side.leg?.held === true) flags.push('on hold');
  if (side.kind !== 'rtp') flags.push(side.kind);
  if (side.leg !== null) flags.push(side.leg.direction);
  if (party.mediaBlocked) flags.push('media blocked');
  if (party.dtmfBlocked) flags.push('DTMF blocked');
  return flags;
}

function streamFlags(component: 'rtp' | 'rtcp', learned: boolean, side: MediaSide): readonly string[] {
  const flags = component === 'rtp' ? ['RTP'] : ['RTCP'];
  if (component === 'rtp' && side.rtcp === null && side.kind === 'rtp') flags.push('RTCP');
  if (learned) flags.push('confirmed');
  if (side.leg !== null) flags.push('filled');
  return flags;
}

function dropsOf(port: MediaPort): Partial<Record<DropReason, number>> {
  const drops: Partial<Record<DropReason, number>> = {};
  for (const reason of DROP_REASONS) {
    const count = port.counter(`drop_${reason}`);
    if (count > 0) drops[reason] = count;
  }
  return drops;
}

function errorsOf(port: MediaPort): number {
  return DROP_REASONS.reduce((errors, reason) => errors + port.counter(`drop_${reason}`), 0);
}

function received(port: MediaPort, kind: 'rtp' | 'rtcp'): PacketTotals {
  const errors = kind === 'rtp' ? errorsOf(port) : 0;
  return { packets: port.counter(`${kind}_packets`), bytes: port.counter(`${kind}_bytes`), errors };
}

/** An RTP port's line counts the RTCP that is muxed onto it too. */
function total(port: MediaPort, component: 'rtp' | 'rtcp'): PacketTotals {
  return component === 'rtcp'
    ? { ...received(port, 'rtcp'), errors: errorsOf(port) }
    : sum([received(port, 'rtp'), received(port, 'rtcp')]);
}

function sent(port: MediaPort, kind: 'rtp' | 'rtcp'): PacketTotals {
  return { packets: port.counter(`tx_${kind}_packets`), bytes: port.counter(`tx_${kind}_bytes`), errors: 0 };
}

function sum(all: readonly PacketTotals[]): PacketTotals {
  return all.reduce(
    (one, other) => ({
      packets: one.packets + other.packets,
      bytes: one.bytes + other.bytes,
      errors: one.errors + other.errors,
    }),
    { packets: 0, bytes: 0, errors: 0 },
  );
}

function ssrcsOf(port: MediaPort): readonly number[] {
  return [...streamsOf(port)].map((index) => port.stream(index, 'ssrc'));
}

function ssrcReports(call: Call, ports: readonly MediaPort[]): readonly SsrcReport[] {
  return ports.flatMap((port) => [...streamsOf(port)].map((index) => ssrcReport(call, port, index)));
}

function ssrcReport(call: Call, port: MediaPort, index: number): SsrcReport {
  const ssrc = port.stream(index, 'ssrc');
  const packets = port.stream(index, 'packets');
  const duplicates = port.stream(index, 'duplicates');
  const expected = port.stream(index, 'highest_sequence') - port.stream(index, 'base_sequence') + 1;
  return {
    ssrc,
    packets,
    bytes: port.stream(index, 'bytes'),
    lost: Math.max(0, expected - (packets - duplicates)),
    reordered: port.stream(index, 'reordered'),
    duplicates,
    ...call.quality.quality(ssrc),
    rolloverCounter: port.inboundSuite === null ? null : port.stream(index, 'rollover_counter'),
  };
}
