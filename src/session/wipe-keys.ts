import type { Leg, SrtpParameters } from '../negotiation/negotiated-media.js';
import type { MasterKey } from '../srtp/master-key.js';
import type { Call } from './call.js';
import type { Party } from './party.js';

/** Overwrites those of `keys` that no leg of the call holds any more. */
export function wipeUnused(keys: ReadonlySet<MasterKey>, call: Call): void {
  if (keys.size === 0) return;
  const inUse = new Set<MasterKey>();
  for (const party of call.parties) addKeysOfParty(party, inUse);
  for (const { offered } of call.rounds) {
    for (const line of offered) {
      addKeysOfLeg(line.offerer, inUse);
      addKeysOfLeg(line.answerer, inUse);
    }
  }
  for (const key of keys) if (!inUse.has(key)) key.wipe();
}

/** Every key that the parties' legs hold. */
export function keysOf(...parties: readonly Party[]): ReadonlySet<MasterKey> {
  const keys = new Set<MasterKey>();
  for (const party of parties) addKeysOfParty(party, keys);
  return keys;
}

function addKeysOfParty(party: Party, keys: Set<MasterKey>): void {
  for (const { leg, pendingLeg } of party.media) {
    if (leg !== null) addKeysOfLeg(leg, keys);
    if (pendingLeg !== null) addKeysOfLeg(pendingLeg, keys);
  }
}

function addKeysOfLeg(leg: Leg, keys: Set<MasterKey>): void {
  addKeys(leg.inbound, keys);
  addKeys(leg.outbound, keys);
  for (const parameters of leg.offered) addKeys(parameters, keys);
}

function addKeys(parameters: SrtpParameters | null, keys: Set<MasterKey>): void {
  if (parameters !== null) for (const { key } of parameters.keys) keys.add(key);
}
