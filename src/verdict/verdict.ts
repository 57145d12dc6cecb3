import type { CallReport, PartyReport } from '../session/reports.js';
import { legEvidence, type LegEvidence } from './leg-evidence.js';
import { endpointText, judgeLeg, type CallTimes, type LegVerdict } from './leg-verdict.js';

export const CALL_STATES = ['healthy', 'waiting', 'held', 'one_way', 'silent'] as const;

export interface CallVerdict {
  readonly state: (typeof CALL_STATES)[number];
  /** One sentence: is there audio both ways, and if not, why. */
  readonly words: string;
  /** Parties in the order of the report. */
  readonly legs: readonly LegVerdict[];
}

/** Why is there no audio? Pure: a report and the time (Unix seconds) in, words out. */
export function judgeCall(report: CallReport, nowUnixSeconds: number): CallVerdict {
  const created = Math.floor(report.createdMicroseconds / 1_000_000);
  const times = { created, lastSignal: report.lastSignal, now: nowUnixSeconds };
  const judged = report.parties.map((party, index) => judgeParty(party, index, times));
  const legs = judged.map(({ verdict }) => verdict);
  // Branches of a fork that nobody talks to say nothing about the audio.
  const talking = judged.filter(({ party }) => party.inDialogueWith !== null);
  return { ...judgeTogether(talking), legs };
}

interface Judged {
  readonly party: PartyReport;
  readonly leg: LegEvidence;
  readonly verdict: LegVerdict;
}

function judgeParty(party: PartyReport, index: number, times: CallTimes): Judged {
  const leg = legEvidence(party);
  const name = index === 0 ? 'caller' : index === 1 ? 'callee' : `callee ${index}`;
  return { party, leg, verdict: { name, tag: party.tag, ...judgeLeg(leg, times) } };
}

function judgeTogether(judged: readonly Judged[]): Pick<CallVerdict, 'state' | 'words'> {
  const with_ = (...states: LegVerdict['state'][]): Judged[] =>
    judged.filter(({ verdict }) => states.includes(verdict.state));
  if (judged.length < 2 || with_('waiting').length > 0) return { state: 'waiting', words: 'waiting for the answer' };
  const blocked = undelivered(judged);
  if (blocked !== null) return blocked;
  const healthy = with_('healthy');
  const faulty = judged.filter(({ verdict }) => verdict.state !== 'healthy' && verdict.state !== 'held');
  if (faulty.length === 0)
    return with_('held').length > 0
      ? { state: 'held', words: heldWords(healthy) }
      : { state: 'healthy', words: 'media flows both ways' };
  const why = faulty.map(({ verdict }) => `${verdict.name}: ${verdict.words}`).join('; ');
  return healthy.length > 0 ? { state: 'one_way', words: `one-way: ${why}` } : { state: 'silent', words: why };
}

function heldWords(healthy: readonly Judged[]): string {
  return healthy.length === 0
    ? 'on hold'
    : `on hold; ${healthy.map(({ verdict }) => verdict.name).join(' and ')} still sends`;
}

/** Media is accepted from one party, yet nothing ever left toward another. */
function undelivered(judged: readonly Judged[]): Pick<CallVerdict, 'state' | 'words'> | null {
  const stuck = judged.find(
    ({ leg, verdict }) =>
      leg.sent === 0 &&
      verdict.state !== 'held' &&
      judged.some((other) => other.leg !== leg && sendFailures(other.leg) > 0),
  );
  if (stuck === undefined) return null;
  return {
    state: 'one_way',
    words: `one-way: nothing could be sent to ${stuck.verdict.name} at ${endpointText(stuck.leg.endpoint)}`,
  };
}

function sendFailures(leg: LegEvidence): number {
  return (
    (leg.drops.not_learned ?? 0) +
    (leg.drops.no_peer ?? 0) +
    (leg.drops.tx_error ?? 0) +
    (leg.drops.crypto_error ?? 0) +
    (leg.drops.key_limit ?? 0)
  );
}
