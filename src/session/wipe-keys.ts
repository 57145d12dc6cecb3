import type { Leg } from '../negotiation/negotiated-media.js';
import type { MasterKey } from '../srtp/master-key.js';
import type { Party } from './party.js';

/** Overwrites the keys of a party that is gone, except those that a remaining party's legs still hold. */
export function wipeKeys(gone: Party, remaining: readonly Party[]): void {
  const inUse = new Set(remaining.flatMap((party) => [...keysOf(party)]));
  for (const key of keysOf(gone)) if (!inUse.has(key)) key.wipe();
}

function* keysOf(party: Party): Generator<MasterKey> {
  for (const side of party.media) {
    for (const leg of [side.leg, side.pendingLeg]) if (leg !== null) yield* keysOfLeg(leg);
  }
}

function* keysOfLeg(leg: Leg): Generator<MasterKey> {
  for (const parameters of [leg.inbound, leg.outbound, ...leg.offered]) {
    for (const { key } of parameters?.keys ?? []) yield key;
  }
}
