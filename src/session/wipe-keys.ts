import type { Leg } from '../negotiation/negotiated-media.js';
import type { MasterKey } from '../srtp/master-key.js';
import type { Call } from './call.js';
import type { Party } from './party.js';

/** Overwrites those of `keys` that no leg of the call holds any more. */
export function wipeUnused(keys: Iterable<MasterKey>, call: Call): void {
  const inUse = new Set([
    ...call.parties.flatMap((party) => [...keysOf(party)]),
    ...call.rounds.flatMap((round) =>
      round.offered.flatMap((line) => [...keysOfLeg(line.offerer), ...keysOfLeg(line.answerer)]),
    ),
  ]);
  for (const key of keys) if (!inUse.has(key)) key.wipe();
}

/** Every key that the party's legs hold. */
export function* keysOf(party: Party): Generator<MasterKey> {
  for (const side of party.media) {
    for (const leg of [side.leg, side.pendingLeg]) if (leg !== null) yield* keysOfLeg(leg);
  }
}

function* keysOfLeg(leg: Leg): Generator<MasterKey> {
  for (const parameters of [leg.inbound, leg.outbound, ...leg.offered]) {
    for (const { key } of parameters?.keys ?? []) yield key;
  }
}
