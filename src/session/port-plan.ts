import type { PortConfig, SocketAddress, SrtpKeys } from '../relay/addon.js';
import type { MediaAddress, SrtpParameters } from '../negotiation/negotiated-media.js';
import type { EndpointLearning } from '../negotiation/media-options.js';
import type { MediaSide, Party } from './party.js';

/** What the operator set for all media. */
export interface MediaDefaults {
  readonly endpointLearning: EndpointLearning;
  /** Packets (RFC 3711 §3.3.2). */
  readonly replayWindow: number;
  readonly trafficClass: number;
}

/** RFC 3711 §9.2. */
const MAXIMUM_SRTP_PACKETS = 2 ** 48;
const MAXIMUM_SRTCP_PACKETS = 2 ** 31;
/** libsrtp keeps its window in a bitmap of at most this many packets. */
const MAXIMUM_REPLAY_WINDOW = 32_767;
const ALL_PAYLOAD_TYPES: readonly number[] = Array.from({ length: 128 }, (_, payloadType) => payloadType);

/**
 * Parameters that did not change are the same object (negotiation keeps it), so a number per object tells native code
 * whether its contexts, replay windows and rollover counters stay.
 */
export class KeyRevisions {
  readonly #revisions = new WeakMap<SrtpParameters, number>();
  #last = 0;

  of(parameters: SrtpParameters): number {
    const known = this.#revisions.get(parameters);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#revisions.set(parameters, this.#last);
    return this.#last;
  }
}

/** Turns what was agreed into the configuration of the native ports. */
export class PortPlan {
  readonly #defaults: MediaDefaults;
  readonly #revisions = new KeyRevisions();

  constructor(defaults: MediaDefaults) {
    this.#defaults = defaults;
  }

  /** Configures both ports that face `party` for m= line `index`. */
  apply(party: Party, index: number): void {
    const side = party.media[index];
    if (side === undefined || side.rtp === null || side.leg === null) return;
    const rtp = side.rtp.port;
    rtp.configure(this.#rtpPort(party, side, index), null);
    side.rtcp?.port.configure(this.#rtcpPort(party, side, index), rtp);
  }

  #rtpPort(party: Party, side: MediaSide, index: number): PortConfig {
    return {
      ...this.#common(party, side, index),
      remote: socketAddress(side.lastRemoteRtp),
      inbound: this.#keys(side.leg?.inbound ?? null),
      outbound: this.#keys(side.leg?.outbound ?? null),
      cryptoFrom: null,
    };
  }

  #rtcpPort(party: Party, side: MediaSide, index: number): PortConfig {
    return {
      ...this.#common(party, side, index),
      remote: socketAddress(side.lastRemoteRtcp),
      inbound: null,
      outbound: null,
      cryptoFrom: side.rtp?.port.id ?? null,
    };
  }

  #common(
    party: Party,
    side: MediaSide,
    index: number,
  ): Omit<PortConfig, 'remote' | 'inbound' | 'outbound' | 'cryptoFrom'> {
    const peer = party.counterpart?.media[index] ?? null;
    const { options } = party;
    return {
      kind: side.kind === 'raw' ? 'raw' : 'rtp',
      learning: this.#learning(party),
      strictSource: options.strictSource || options.asymmetric,
      mediaHandover: options.mediaHandover,
      learningRound: party.learningRound,
      allowedSources:
        party.allowedSources.length > 0 ? party.allowedSources : (side.rtp?.interface.allowedSources ?? []),
      rtpTo: peer?.rtp?.port.id ?? null,
      rtcpTo: (peer?.rtcp ?? peer?.rtp)?.port.id ?? null,
      forwardRtp: mayFlow(side, peer),
      blockedPayloadTypes: blockedPayloadTypes(party, side),
      trafficClass: options.trafficClass ?? this.#defaults.trafficClass,
    };
  }

  #learning(party: Party): EndpointLearning {
    if (party.options.asymmetric) return 'off';
    return party.options.endpointLearning ?? this.#defaults.endpointLearning;
  }

  #keys(parameters: SrtpParameters | null): SrtpKeys | null {
    if (parameters === null) return null;
    const hint = parameters.windowSizeHint ?? 0;
    return {
      suite: parameters.suite,
      keys: parameters.keys.map((one) => ({ keySalt: one.key.expose(), mki: one.mki })),
      revision: this.#revisions.of(parameters),
      replayWindow: Math.min(Math.max(this.#defaults.replayWindow, hint), MAXIMUM_REPLAY_WINDOW),
      srtpLifetime: Math.min(parameters.lifetime ?? MAXIMUM_SRTP_PACKETS, MAXIMUM_SRTP_PACKETS),
      srtcpLifetime: Math.min(parameters.lifetime ?? MAXIMUM_SRTCP_PACKETS, MAXIMUM_SRTCP_PACKETS),
      unencryptedSrtp: parameters.unencryptedSrtp,
      unencryptedSrtcp: parameters.unencryptedSrtcp,
      unauthenticatedSrtp: parameters.unauthenticatedSrtp,
    };
  }
}

function socketAddress(address: MediaAddress | null): SocketAddress | null {
  return address === null || address.port === 0 ? null : { address: address.address, port: address.port };
}

/** RTP from `side` flows when that party sends and the other one receives (RFC 3264 §5.1, §6.1). */
function mayFlow(side: MediaSide, peer: MediaSide | null): boolean {
  const sends = side.leg?.direction === 'sendrecv' || side.leg?.direction === 'sendonly';
  const receives = peer?.leg?.direction === 'sendrecv' || peer?.leg?.direction === 'recvonly';
  return sends && receives && peer.leg?.remoteRtp !== null;
}

function blockedPayloadTypes(party: Party, side: MediaSide): readonly number[] {
  if (party.mediaBlocked) return ALL_PAYLOAD_TYPES;
  return party.dtmfBlocked ? side.dtmfPayloadTypes : [];
}
