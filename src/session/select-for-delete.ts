import type { Call } from './call.js';
import type { Party } from './party.js';
import type { DeleteRequest } from './requests.js';

/**
 * The parties that a delete takes: all when it names none; else the one on the via-branch, or the one called by the tag,
 * and with it whoever has nobody left to talk to. Empty = nothing matched.
 */
export function selectForDelete(
  call: Call,
  request: Pick<DeleteRequest, 'fromTag' | 'toTag' | 'viaBranch' | 'selectByToTag'>,
): readonly Party[] {
  if (request.fromTag === null && request.viaBranch === null) return call.parties;
  const named = findNamed(call, request);
  if (named === null) return [];
  const leaving = new Set([named]);
  for (const party of call.parties) {
    const others = partnersOf(call, party);
    if (others.length > 0 && others.every((other) => leaving.has(other))) leaving.add(party);
  }
  const staying = call.parties.filter((party) => !leaving.has(party) && party.removeAt === null);
  return staying.length <= 1 ? call.parties : [...leaving];
}

function findNamed(
  call: Call,
  request: Pick<DeleteRequest, 'fromTag' | 'toTag' | 'viaBranch' | 'selectByToTag'>,
): Party | null {
  const branch = request.viaBranch === null ? null : call.partyOnBranch(request.viaBranch);
  if (branch !== null) return branch;
  const tag = request.selectByToTag ? request.toTag : request.fromTag;
  return tag === null ? null : call.partyCalled(tag);
}

/** Everybody this party has an offer or an answer with. */
function partnersOf(call: Call, party: Party): readonly Party[] {
  return call.rounds.flatMap((round) => {
    if (round.offerer === party) return [round.answerer];
    return round.answerer === party ? [round.offerer] : [];
  });
}
