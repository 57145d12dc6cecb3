import type { Leg, MediaAddress, MediaKind } from '../negotiation/negotiated-media.js';
import type { OriginState } from '../negotiation/origin-state.js';
import type { Tag } from '../shared/brand.js';
import type { AllocatedPort } from './port-allocator.js';
import { DEFAULT_PORT_OPTIONS, type PortOptions } from './port-options.js';

/** What faces one party for one m= line: our ports, and what was agreed with that party. */
export interface MediaSide {
  mediaType: string;
  kind: MediaKind;
  /** Agreed with an answer; null until then. */
  leg: Leg | null;
  /** Of the latest offer that has no answer yet; null when there is none. */
  pendingLeg: Leg | null;
  rtp: AllocatedPort | null;
  rtcp: AllocatedPort | null;
  /** The last address that was not a hold address, so that RTCP still finds its way during a hold by 0.0.0.0. */
  lastRemoteRtp: MediaAddress | null;
  lastRemoteRtcp: MediaAddress | null;
  dtmfPayloadTypes: readonly number[];
}

function newMediaSide(mediaType: string, kind: MediaKind): MediaSide {
  return {
    mediaType,
    kind,
    leg: null,
    pendingLeg: null,
    rtp: null,
    rtcp: null,
    lastRemoteRtp: null,
    lastRemoteRtcp: null,
    dtmfPayloadTypes: NO_PAYLOAD_TYPES,
  };
}

/** One of each for all parties: most never have any. */
const NO_ALIASES: readonly Tag[] = [];
const NO_MEDIA: readonly MediaSide[] = [];
const ANY_SOURCE: readonly string[] = [];
const NO_PAYLOAD_TYPES: readonly number[] = [];

/** One end of a call: known by its tag, or by the via-branch of its fork until it has one. */
export class Party {
  tag: Tag | null;
  /** Further to-tags seen on the same branch. */
  #aliases: readonly Tag[] = NO_ALIASES;
  viaBranch: string | null;
  label: string | null = null;
  /** Unix seconds. */
  readonly createdSeconds: number;
  /** By position of the m= line. Replaced rather than grown: see `Call`. */
  media: readonly MediaSide[] = NO_MEDIA;
  /** Where this party's media goes: the one that answered it last, or the one it answered. */
  counterpart: Party | null = null;
  /** What the proxy asked for with the SDP that this party sent last, as far as it concerns our ports. */
  options: PortOptions = DEFAULT_PORT_OPTIONS;
  /** Grows with each SDP from this party: a new window for learning its address. */
  learningRound = 0;
  /** o= line state of the SDP that we send to this party. */
  origin: OriginState | null = null;
  /** Trunk profile that the proxy named for this leg; null = what its interface stands for. */
  profile: string | null = null;
  /** Source networks of the profile that this leg is under; empty = any. */
  allowedSources: readonly string[] = ANY_SOURCE;
  mediaBlocked = false;
  dtmfBlocked = false;
  /** Monotonic milliseconds at which the party goes, after a delete; null = it stays. */
  removeAt: number | null = null;

  constructor(tag: Tag | null, viaBranch: string | null, createdSeconds: number) {
    this.tag = tag;
    this.viaBranch = viaBranch;
    this.createdSeconds = createdSeconds;
  }

  isCalled(tag: Tag): boolean {
    return this.tag === tag || this.#aliases.includes(tag);
  }

  /** The first to-tag names the party; those that follow on the same branch are aliases. */
  learnTag(tag: Tag): void {
    if (this.tag === null) this.tag = tag;
    else if (!this.isCalled(tag)) this.#aliases = [...this.#aliases, tag];
  }

  /** What faces this party for an m= line; made with the line's first mention. */
  side(index: number, mediaType: string, kind: MediaKind): MediaSide {
    const present = this.media[index];
    if (present !== undefined) return present;
    const fresh = newMediaSide(mediaType, kind);
    if (index === this.media.length) this.media = this.media.concat(fresh);
    else this.media = Object.assign([...this.media], { [index]: fresh });
    return fresh;
  }

  ports(): readonly AllocatedPort[] {
    const ports: AllocatedPort[] = [];
    for (const { rtp, rtcp } of this.media) {
      if (rtp !== null) ports.push(rtp);
      if (rtcp !== null) ports.push(rtcp);
    }
    return ports;
  }
}
