import type { Leg, NegotiatedMedia, PreviousLegs } from '../negotiation/negotiated-media.js';
import type { AnchorError } from '../shared/errors.js';
import { ok, type Result } from '../shared/result.js';
import type { Interface } from './interfaces.js';
import type { MediaSide, Party } from './party.js';
import type { AllocatedPort, PortAllocator } from './port-allocator.js';

/** Ports that one side of one m= line shall have once the offer has gone through. */
export interface SidePorts {
  readonly rtp: AllocatedPort | null;
  readonly rtcp: AllocatedPort | null;
}

/** Ports for a whole round, with the newly opened ones by themselves: they go if the round fails. */
export interface PreparedPorts {
  readonly offerer: readonly SidePorts[];
  readonly answerer: readonly SidePorts[];
  readonly opened: readonly AllocatedPort[];
}

/** What each m= line was agreed to be with the two, seen from the coming offer. */
export function previousLegs(offerer: Party, answerer: Party): readonly PreviousLegs[] {
  const count = Math.max(offerer.media.length, answerer.media.length);
  return Array.from({ length: count }, (_, index) => ({
    offerer: lastLeg(offerer.media[index]),
    answerer: lastLeg(answerer.media[index]),
  }));
}

function lastLeg(side: MediaSide | undefined): Leg | null {
  return side?.leg ?? side?.pendingLeg ?? null;
}

/** Opens what the round needs beyond what is open already. All or nothing. */
export class PortPreparation {
  readonly #allocator: PortAllocator;
  readonly #worker: number;
  readonly #opened: AllocatedPort[] = [];

  constructor(allocator: PortAllocator, worker: number) {
    this.#allocator = allocator;
    this.#worker = worker;
  }

  prepare(
    media: readonly NegotiatedMedia[],
    offerer: { party: Party; interface: Interface; trafficClass: number },
    answerer: { party: Party; interface: Interface; trafficClass: number },
  ): Result<PreparedPorts, AnchorError> {
    const sides: { offerer: SidePorts[]; answerer: SidePorts[] } = { offerer: [], answerer: [] };
    for (const line of media) {
      for (const role of ['offerer', 'answerer'] as const) {
        const { party, interface: on, trafficClass } = role === 'offerer' ? offerer : answerer;
        const ports = this.#forSide(party.media[line.index] ?? null, line, line[role], on, trafficClass);
        if (!ports.ok) {
          this.#undo();
          return ports;
        }
        sides[role].push(ports.value);
      }
    }
    return ok({ ...sides, opened: this.#opened });
  }

  #forSide(
    side: MediaSide | null,
    line: NegotiatedMedia,
    leg: Leg,
    on: Interface,
    trafficClass: number,
  ): Result<SidePorts, AnchorError> {
    if (line.kind === 'rejected') return ok({ rtp: side?.rtp ?? null, rtcp: side?.rtcp ?? null });
    const withRtcp = line.kind === 'rtp' && !leg.rtcpMux;
    const kept = side?.rtp ?? null;
    if (kept === null || !isSameInterface(kept.interface, on))
      return this.#record(this.#allocator.openPair(on, this.#worker, trafficClass, withRtcp));
    const keptRtcp = side?.rtcp ?? null;
    if (!withRtcp || keptRtcp !== null) return ok({ rtp: kept, rtcp: keptRtcp });
    const rtcp = this.#allocator.openRtcp(kept, trafficClass);
    if (!rtcp.ok) return rtcp;
    this.#opened.push(rtcp.value);
    return ok({ rtp: kept, rtcp: rtcp.value });
  }

  #record(pair: Result<SidePorts, AnchorError>): Result<SidePorts, AnchorError> {
    if (!pair.ok) return pair;
    for (const port of [pair.value.rtp, pair.value.rtcp]) if (port !== null) this.#opened.push(port);
    return pair;
  }

  #undo(): void {
    for (const port of this.#opened) this.#allocator.release(port);
    this.#opened.length = 0;
  }
}

/** The same socket serves as long as name and family are the same. */
function isSameInterface(one: Interface, other: Interface): boolean {
  return one === other || (one.name === other.name && one.family === other.family);
}

/** Writes the outcome of an offer into a party: ports at once, legs as pending until the answer. */
export function adoptOffer(
  party: Party,
  role: 'offerer' | 'answerer',
  media: readonly NegotiatedMedia[],
  ports: readonly SidePorts[],
  allocator: PortAllocator,
): void {
  for (const [position, line] of media.entries()) {
    const side = party.side(line.index, line.mediaType, line.kind);
    side.mediaType = line.mediaType;
    side.pendingLeg = line[role];
    const { rtp, rtcp } = ports[position] ?? { rtp: null, rtcp: null };
    replacePort(side, 'rtp', rtp, allocator);
    replacePort(side, 'rtcp', rtcp, allocator);
  }
}

/** Makes an answered line what is agreed; gives back ports that the agreement does not need. */
export function adoptAnswer(
  party: Party,
  line: NegotiatedMedia,
  role: 'offerer' | 'answerer',
  allocator: PortAllocator,
): void {
  const side = party.side(line.index, line.mediaType, line.kind);
  const leg = line[role];
  side.kind = line.kind;
  side.leg = leg;
  side.pendingLeg = null;
  side.dtmfPayloadTypes = line.dtmfPayloadTypes;
  if (leg.remoteRtp !== null) side.lastRemoteRtp = leg.remoteRtp;
  side.lastRemoteRtcp = leg.remoteRtcp ?? side.lastRemoteRtcp;
  if (line.kind === 'rejected') replacePort(side, 'rtp', null, allocator);
  if (line.kind !== 'rtp' || leg.rtcpMux) replacePort(side, 'rtcp', null, allocator);
}

function replacePort(
  side: MediaSide,
  which: 'rtp' | 'rtcp',
  port: AllocatedPort | null,
  allocator: PortAllocator,
): void {
  const before = side[which];
  if (before === port) return;
  side[which] = port;
  if (before !== null) allocator.release(before);
}
