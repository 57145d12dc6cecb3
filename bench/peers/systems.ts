import { floor } from './floor.js';
import { javascript } from './javascript.js';
import type { Peer, SystemName } from './peer.js';
import { rtpengine } from './rtpengine.js';
import { srtpAnchor } from './srtp-anchor.js';

/** In the order in which reports name them. */
export const SYSTEMS: readonly Peer[] = [srtpAnchor, rtpengine, floor, javascript];

export function findSystem(name: SystemName): Peer {
  const peer = SYSTEMS.find((system) => system.name === name);
  if (peer === undefined) throw new RangeError(`no system ${name}`);
  return peer;
}
