import type {
  CallReport,
  Endpoint,
  MediaReport,
  PacketTotals,
  PartyReport,
  QualitySample,
  SsrcReport,
  StreamReport,
} from '../session/reports.js';
import type { NgDictionary, NgValue } from './ng-value.js';

/** A call as query and delete report it: the names that configurations for call records read, integers throughout. */
export function callDictionary(report: CallReport): Map<string, NgValue> {
  const created = Math.floor(report.createdMicroseconds / 1e6);
  const entries: [string, NgValue][] = [
    ['created', created],
    ['created_us', Math.floor(report.createdMicroseconds % 1e6)],
    ['last signal', report.lastSignal],
    ['SSRC', new Map(report.ssrcs.map((ssrc) => [String(ssrc.ssrc), ssrcDictionary(ssrc, created)]))],
    ['tags', tagsDictionary(report.parties)],
    ['totals', dictionary({ RTP: totalsDictionary(report.rtp), RTCP: totalsDictionary(report.rtcp) })],
  ];
  if (report.metadata !== null) entries.push(['metadata', report.metadata]);
  return new Map(entries);
}

type Entries = Record<string, NgValue | null | undefined>;

/** Leaves out what is not known. */
function dictionary(entries: Entries): Map<string, NgValue> {
  const present = new Map<string, NgValue>();
  for (const [key, value] of Object.entries(entries)) {
    if (value !== null && value !== undefined) present.set(key, typeof value === 'number' ? integer(value) : value);
  }
  return present;
}

function integer(value: number): number {
  return Number.isFinite(value) ? Math.round(value) : 0;
}

function totalsDictionary(totals: PacketTotals): NgDictionary {
  return dictionary({ packets: totals.packets, bytes: totals.bytes, errors: totals.errors });
}

function ssrcDictionary(report: SsrcReport, created: number): NgDictionary {
  return dictionary({
    packets: report.packets,
    bytes: report.bytes,
    'cumulative loss': report.lost,
    reordered: report.reordered,
    duplicates: report.duplicates,
    'rollover counter': report.rolloverCounter,
    'average MOS': sampleDictionary(report.average, created),
    'lowest MOS': sampleDictionary(report.lowest, created),
    'highest MOS': sampleDictionary(report.highest, created),
  });
}

/** `reported at` is Unix seconds; Kamailio subtracts `created` from it. */
function sampleDictionary(sample: QualitySample | null, created: number): NgDictionary | null {
  if (sample === null) return null;
  return dictionary({
    MOS: sample.mos,
    jitter: sample.jitter,
    'packet loss': sample.packetLoss,
    'round-trip time': sample.roundTripTime,
    samples: sample.samples,
    'reported at': created + sample.reportedAt,
  });
}

/** A party without a tag gets a key of its own, as in the incumbent; its `tag` is empty. */
function tagsDictionary(parties: readonly PartyReport[]): NgDictionary {
  let untagged = 0;
  const keyOf = (party: PartyReport) => party.tag ?? `<untagged ${++untagged}>`;
  return new Map(parties.map((party) => [keyOf(party), partyDictionary(party)]));
}

function partyDictionary(party: PartyReport): NgDictionary {
  const peer = party.inDialogueWith === null ? null : [subscription(party.inDialogueWith)];
  return dictionary({
    tag: party.tag ?? '',
    'via-branch': party.viaBranch,
    label: party.label,
    created: party.created,
    'in dialogue with': party.inDialogueWith,
    subscriptions: peer,
    subscribers: peer,
    medias: party.medias.map(mediaDictionary),
  });
}

function subscription(tag: string): NgDictionary {
  return dictionary({ tag, type: 'offer/answer' });
}

function mediaDictionary(media: MediaReport): NgDictionary {
  return dictionary({
    index: media.index,
    type: media.type,
    protocol: media.protocol,
    flags: [...media.flags],
    streams: media.streams.map(streamDictionary),
  });
}

function streamDictionary(stream: StreamReport): NgDictionary {
  const drops = Object.entries(stream.drops);
  return dictionary({
    'local port': stream.localPort,
    'local address': stream.localAddress,
    family: familyName(stream.family),
    endpoint: endpointDictionary(stream.endpoint),
    'advertised endpoint': endpointDictionary(stream.advertisedEndpoint),
    'crypto suite': stream.cryptoSuite,
    'last packet': stream.lastPacket,
    SSRC: stream.ssrcs[0],
    flags: streamFlags(stream),
    stats: totalsDictionary(stream.received),
    stats_out: totalsDictionary(stream.sent),
    drops: drops.length === 0 ? null : dictionary(Object.fromEntries(drops)),
  });
}

function streamFlags(stream: StreamReport): NgValue {
  const flags = new Set<string>([stream.component.toUpperCase()]);
  if (stream.endpoint !== null) flags.add('filled');
  if (stream.learned) flags.add('confirmed');
  for (const flag of stream.flags) flags.add(flag);
  return [...flags];
}

function endpointDictionary(endpoint: Endpoint | null): NgDictionary {
  if (endpoint === null) return new Map();
  return dictionary({ family: familyName(endpoint.family), address: endpoint.address, port: endpoint.port });
}

function familyName(family: 'IP4' | 'IP6'): string {
  return family === 'IP6' ? 'IPv6' : 'IPv4';
}
