import type { DropReason } from '../relay/counters.js';
import type { Endpoint, PartyReport, StreamReport } from '../session/reports.js';

/** What one party's RTP streams show, added up; RTCP on ports of its own does not count as media. */
export interface LegEvidence {
  readonly streams: number;
  readonly secure: boolean;
  readonly held: boolean;
  readonly received: number;
  readonly sent: number;
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
  /** Unix seconds; null = no packet was ever accepted. */
  readonly lastPacket: number | null;
  readonly endpoint: Endpoint | null;
  readonly advertised: Endpoint | null;
  readonly learned: boolean;
}

/** Flags of a media section whose party is not expected to send: on hold, or by its own direction (RFC 3264 §6.1). */
const NOT_SENDING: ReadonlySet<string> = new Set(['on hold', 'inactive', 'recvonly']);

export function legEvidence(party: PartyReport): LegEvidence {
  const streams = party.medias.flatMap((media) => media.streams.filter((stream) => stream.component === 'rtp'));
  const first = streams[0];
  return {
    streams: streams.length,
    secure: streams.some((stream) => stream.cryptoSuite !== null),
    held:
      streams.length > 0 &&
      party.medias.every((media) => media.streams.length === 0 || media.flags.some((flag) => NOT_SENDING.has(flag))),
    received: total(streams, (stream) => stream.received.packets),
    sent: total(streams, (stream) => stream.sent.packets),
    drops: sumDrops(streams),
    lastPacket: streams.reduce<number | null>(
      (latest, { lastPacket }) => (lastPacket === null ? latest : Math.max(lastPacket, latest ?? 0)),
      null,
    ),
    endpoint: first?.endpoint ?? null,
    advertised: first?.advertisedEndpoint ?? null,
    learned: streams.some((stream) => stream.learned),
  };
}

function total(streams: readonly StreamReport[], read: (stream: StreamReport) => number): number {
  return streams.reduce((sum, stream) => sum + read(stream), 0);
}

function sumDrops(streams: readonly StreamReport[]): Partial<Record<DropReason, number>> {
  const drops: Partial<Record<DropReason, number>> = {};
  for (const { drops: some } of streams) {
    for (const [reason, count] of Object.entries(some) as [DropReason, number][])
      drops[reason] = (drops[reason] ?? 0) + count;
  }
  return drops;
}
