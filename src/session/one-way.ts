import type { Call } from './call.js';
import type { Party } from './party.js';

/** One party was heard and the other never: what callers report as "I can't hear them". */
export function isOneWay(call: Call): boolean {
  const heard = connectedParties(call).map(wasHeard);
  return heard.includes(true) && heard.includes(false);
}

/** Nobody was ever heard. */
export function isSilent(call: Call): boolean {
  const parties = connectedParties(call);
  return parties.length > 0 && !parties.some(wasHeard);
}

function connectedParties(call: Call): readonly Party[] {
  return call.parties.filter((party) => party.counterpart?.counterpart === party);
}

function wasHeard(party: Party): boolean {
  return party.media.some((side) => (side.rtp?.port.counter('rtp_packets') ?? 0) > 0);
}
