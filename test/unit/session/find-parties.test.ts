import { describe, expect, it } from 'vitest';
import { Call } from '../../../src/session/call.js';
import { findAnsweredRound, findOfferParties } from '../../../src/session/find-parties.js';
import type { Party } from '../../../src/session/party.js';
import { selectForDelete } from '../../../src/session/select-for-delete.js';
import { callId, tag } from '../../../src/shared/brand.js';

const a = tag('a');
const b = tag('b');
const c = tag('c');

function offerNames(
  fromTag: typeof a,
  toTag: typeof a | null = null,
  viaBranch: string | null = null,
  newBranch = false,
) {
  return { fromTag, toTag, viaBranch, newBranch };
}

function newCall(): Call {
  return new Call(callId('call'), 0, 0, 0);
}

/** Carries an offer out as far as parties go. */
function offered(call: Call, names: ReturnType<typeof offerNames>): { offerer: Party; answerer: Party } {
  const parties = findOfferParties(call, names, names.newBranch, 0);
  for (const party of [parties.offerer, parties.answerer]) if (!call.parties.includes(party)) call.add(party);
  call.setRound({ ...parties, offered: [] });
  return parties;
}

function answered(call: Call, fromTag: typeof a, toTag: typeof a, viaBranch: string | null = null): Party | string {
  const round = findAnsweredRound(call, { fromTag, toTag, viaBranch });
  if (!round.ok) return round.error.code;
  if (!round.value.offerer.isCalled(toTag)) round.value.answerer.learnTag(toTag);
  return round.value.answerer;
}

describe('who talks to whom', () => {
  it('a first offer makes a caller with a tag and a callee without', () => {
    const { offerer, answerer } = offered(newCall(), offerNames(a));
    expect([offerer.tag, answerer.tag]).toEqual([a, null]);
  });

  it('the answer gives the callee its tag, and a re-INVITE from the callee finds both', () => {
    const call = newCall();
    const first = offered(call, offerNames(a));
    expect(answered(call, a, b)).toBe(first.answerer);
    const again = offered(call, offerNames(b, a));
    expect([again.offerer, again.answerer]).toEqual([first.answerer, first.offerer]);
    expect(call.parties).toHaveLength(2);
  });

  it('an INVITE that is sent again before any answer uses the callee that waits', () => {
    const call = newCall();
    const first = offered(call, offerNames(a));
    expect(offered(call, offerNames(a)).answerer).toBe(first.answerer);
  });

  it('branches are told apart by via-branch, and each gets the answer that names it', () => {
    const call = newCall();
    const one = offered(call, offerNames(a, null, 'z9hG4bK-1'));
    const two = offered(call, offerNames(a, null, 'z9hG4bK-2'));
    expect(one.answerer).not.toBe(two.answerer);
    expect(answered(call, a, c, 'z9hG4bK-2')).toBe(two.answerer);
    expect(answered(call, a, b, 'z9hG4bK-1')).toBe(one.answerer);
    expect([one.answerer.tag, two.answerer.tag]).toEqual([b, c]);
  });

  it('a second to-tag on the same branch is an alias of the first', () => {
    const call = newCall();
    const { answerer } = offered(call, offerNames(a, null, 'z9hG4bK-1'));
    answered(call, a, b, 'z9hG4bK-1');
    expect(answered(call, a, c, 'z9hG4bK-1')).toBe(answerer);
    expect([answerer.isCalled(b), answerer.isCalled(c)]).toEqual([true, true]);
  });

  it('a second to-tag without a branch goes to the only offer there is', () => {
    const call = newCall();
    const { answerer } = offered(call, offerNames(a));
    answered(call, a, b);
    expect(answered(call, a, c)).toBe(answerer);
  });

  it('new-branch makes a branch of its own out of the same via-branch', () => {
    const call = newCall();
    const one = offered(call, offerNames(a, null, 'z9hG4bK-1'));
    expect(offered(call, offerNames(a, null, 'z9hG4bK-1', true)).answerer).not.toBe(one.answerer);
  });

  it('an answer in an ACK with its tags turned around finds the late offer', () => {
    const call = newCall();
    const { answerer } = offered(call, offerNames(b, a));
    expect(answered(call, a, b)).toBe(answerer);
  });

  it('an answer from a stranger is refused', () => {
    const call = newCall();
    offered(call, offerNames(a));
    expect(answered(call, c, b)).toBe('unknown-tag');
  });

  it('an odd order of offers and answers harms nobody: a offers, b answers, c is answered by b, a offers again', () => {
    const call = newCall();
    offered(call, offerNames(a));
    answered(call, a, b);
    expect(answered(call, c, b)).toBe('unknown-tag');
    expect(offered(call, offerNames(a)).offerer.tag).toBe(a);
  });
});

describe('whom a delete takes', () => {
  const nothing = { fromTag: null, toTag: null, viaBranch: null, selectByToTag: false };

  function forked(): Call {
    const call = newCall();
    offered(call, offerNames(a, null, 'z9hG4bK-1'));
    offered(call, offerNames(a, null, 'z9hG4bK-2'));
    answered(call, a, b, 'z9hG4bK-1');
    answered(call, a, c, 'z9hG4bK-2');
    return call;
  }

  const tags = (parties: readonly Party[]): (string | null)[] => parties.map((party) => party.tag);

  it.each([
    ['nothing named: the whole call', {}, ['a', 'b', 'c']],
    ['a branch: only that one', { fromTag: a, viaBranch: 'z9hG4bK-2' }, ['c']],
    ['the caller: those that have nobody left go too', { fromTag: a }, ['a', 'b', 'c']],
    ['one callee by its own tag', { fromTag: b }, ['b']],
    ['one callee by to-tag when the flag says so', { fromTag: a, toTag: c, selectByToTag: true }, ['c']],
    ['a to-tag without the flag names nobody', { fromTag: a, toTag: c }, ['a', 'b', 'c']],
    ['an unknown tag: nobody', { fromTag: tag('x') }, []],
  ] as const)('%s', (_, names, expected) => {
    expect(tags(selectForDelete(forked(), { ...nothing, ...names }))).toEqual(expected);
  });

  it('the last branch takes the caller along', () => {
    const call = forked();
    for (const party of selectForDelete(call, { ...nothing, fromTag: b })) call.remove(party);
    expect(tags(selectForDelete(call, { ...nothing, fromTag: c }))).toEqual(['a', 'c']);
  });
});
