import type { PortConfig, SocketAddress } from '../relay/addon.js';
import type { MediaAddress } from '../negotiation/negotiated-media.js';
import type { EndpointLearning } from '../negotiation/media-options.js';
import type { MediaSide, Party } from './party.js';
import { SeamKeys } from './seam-keys.js';

/** What the operator set for all media. */
export interface MediaDefaults {
  readonly endpointLearning: EndpointLearning;
  /** Packets (RFC 3711 §3.3.2). */
  readonly replayWindow: number;
  readonly trafficClass: number;
}

const ALL_PAYLOAD_TYPES: readonly number[] = Array.from({ length: 128 }, (_, payloadType) => payloadType);

/** Turns what was agreed into the configuration of the native ports. */
export class PortPlan {
  /** For legs that the proxy says nothing about; configured ports keep what they have until the next answer. */
  defaults: MediaDefaults;
  readonly #keys: SeamKeys;

  constructor(defaults: MediaDefaults) {
    this.defaults = defaults;
    this.#keys = new SeamKeys(defaults.replayWindow);
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
    const inbound = this.#keys.of(side.leg?.inbound ?? null);
    const outbound = this.#keys.of(side.leg?.outbound ?? null);
    return this.#config(party, side, index, side.lastRemoteRtp, { inbound, outbound, cryptoFrom: null });
  }

  #rtcpPort(party: Party, side: MediaSide, index: number): PortConfig {
    const crypto = { inbound: null, outbound: null, cryptoFrom: side.rtp?.port.id ?? null };
    return this.#config(party, side, index, side.lastRemoteRtcp, crypto);
  }

  #config(
    party: Party,
    side: MediaSide,
    index: number,
    remote: MediaAddress | null,
    { inbound, outbound, cryptoFrom }: Pick<PortConfig, 'inbound' | 'outbound' | 'cryptoFrom'>,
  ): PortConfig {
    const peer = party.counterpart?.media[index] ?? null;
    const { options } = party;
    return {
      kind: side.kind === 'raw' ? 'raw' : 'rtp',
      remote: socketAddress(remote),
      learning: this.#learning(party),
      strictSource: options.strictSource || options.asymmetric,
      mediaHandover: options.mediaHandover,
      learningRound: party.learningRound,
      allowedSources:
        party.allowedSources.length > 0 ? party.allowedSources : (side.rtp?.interface.allowedSources ?? []),
      inbound,
      outbound,
      cryptoFrom,
      rtpTo: peer?.rtp?.port.id ?? null,
      rtcpTo: (peer?.rtcp ?? peer?.rtp)?.port.id ?? null,
      forwardRtp: mayFlow(side, peer),
      blockedPayloadTypes: blockedPayloadTypes(party, side),
      trafficClass: options.trafficClass ?? this.defaults.trafficClass,
    };
  }

  #learning(party: Party): EndpointLearning {
    if (party.options.asymmetric) return 'off';
    return party.options.endpointLearning ?? this.defaults.endpointLearning;
  }
}

function socketAddress(address: MediaAddress | null): SocketAddress | null {
  return address === null || address.port === 0 ? null : { address: address.address, port: address.port };
}

/** RTP from `side` flows when that party sends and the other one receives (RFC 3264 §5.1, §6.1). */
function mayFlow(side: MediaSide, peer: MediaSide | null): boolean {
  const sends = side.leg?.direction === 'sendrecv' || side.leg?.direction === 'sendonly';
  const receives = peer?.leg?.direction === 'sendrecv' || peer?.leg?.direction === 'recvonly';
  // No address is a hold when it was said to be one (c=0.0.0.0); else it is a host name, and learned from packets.
  const heldByAddress = peer?.leg?.held === true && peer.leg.remoteRtp === null;
  return sends && receives && !heldByAddress;
}

function blockedPayloadTypes(party: Party, side: MediaSide): readonly number[] {
  if (party.mediaBlocked) return ALL_PAYLOAD_TYPES;
  return party.dtmfBlocked ? side.dtmfPayloadTypes : [];
}
