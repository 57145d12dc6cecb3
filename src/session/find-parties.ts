import type { Tag } from '../shared/brand.js';
import { anchorError, type AnchorError } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';
import type { Call, Round } from './call.js';
import { Party } from './party.js';

/** The two ends of an offer. Either may be new and is then not in the call yet. */
export interface OfferParties {
  readonly offerer: Party;
  readonly answerer: Party;
}

interface OfferNames {
  readonly fromTag: Tag;
  readonly toTag: Tag | null;
  readonly viaBranch: string | null;
}

/**
 * Who offers to whom. The offerer is named by its tag; the other end by the to-tag inside a dialogue, else by the
 * via-branch of the fork, else it is the one that has no tag yet, else the one that the offerer talks to.
 */
export function findOfferParties(
  call: Call | null,
  names: OfferNames,
  newBranch: boolean,
  nowSeconds: number,
): OfferParties {
  const offerer = call?.partyCalled(names.fromTag) ?? new Party(names.fromTag, null, nowSeconds);
  const known = call === null ? null : findAnswerer(call, offerer, names, newBranch);
  return { offerer, answerer: known ?? new Party(names.toTag, names.viaBranch, nowSeconds) };
}

function findAnswerer(call: Call, offerer: Party, names: OfferNames, newBranch: boolean): Party | null {
  const others = call.parties.filter((party) => party !== offerer);
  if (names.toTag !== null) {
    const { toTag } = names;
    const called = others.find((party) => party.isCalled(toTag));
    if (called !== undefined) return called;
  }
  if (newBranch) return null;
  if (names.viaBranch !== null) return others.findLast((party) => party.viaBranch === names.viaBranch) ?? null;
  const waiting = others.findLast((party) => party.tag === null && party.viaBranch === null);
  // A re-INVITE from a proxy that names no to-tag: to whom the offerer talks, as the incumbent has it.
  if (waiting !== undefined || names.toTag !== null) return waiting ?? null;
  return offerer.counterpart?.counterpart === offerer ? offerer.counterpart : null;
}

/**
 * Whose offer is answered, and by whom. `from-tag` is the offerer's also in an answer. Some proxies turn the two around
 * when the answer travels in an ACK; when only the turned reading fits an offer that waits, it is taken.
 */
export function findAnsweredRound(
  call: Call,
  names: { fromTag: Tag; toTag: Tag; viaBranch: string | null },
): Result<Round, AnchorError> {
  const straight = roundFor(call, names.fromTag, names.toTag, names.viaBranch);
  if (straight !== null) return ok(straight);
  const turned = roundFor(call, names.toTag, names.fromTag, null);
  if (turned !== null) return ok(turned);
  if (call.partyCalled(names.fromTag) === null) {
    return err(anchorError('unknown-tag', `no party of this call has the from-tag ${names.fromTag}`));
  }
  return err(anchorError('answer-mismatch', `no offer from ${names.fromTag} waits for an answer from ${names.toTag}`));
}

function roundFor(call: Call, offererTag: Tag, answererTag: Tag, viaBranch: string | null): Round | null {
  const rounds = call.rounds.filter((round) => round.offerer.isCalled(offererTag));
  return (
    rounds.findLast((round) => round.answerer.isCalled(answererTag)) ??
    (viaBranch === null ? undefined : rounds.findLast((round) => round.answerer.viaBranch === viaBranch)) ??
    rounds.findLast((round) => round.answerer.tag === null) ??
    // A second to-tag without a branch to tell it by: the fork happened beyond the proxy, on the one offer we know.
    (call.partyCalled(answererTag) === null ? rounds.at(-1) : undefined) ??
    null
  );
}
