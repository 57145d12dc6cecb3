import type { Endpoint } from '../session/reports.js';
import type { LegEvidence } from './leg-evidence.js';

export const LEG_STATES = [
  'healthy', // media came within the last seconds
  'held', // told us not to expect any
  'waiting', // not answered yet
  'key_mismatch', // SRTP comes, nothing authenticates
  'plain_on_srtp', // plain RTP comes where SRTP was agreed
  'no_key', // SRTP comes before its keys, or under an unknown MKI
  'wrong_source', // packets come from elsewhere
  'not_rtp', // something else than RTP comes
  'replayed', // only repeats come
  'nothing', // nothing ever came
  'stopped', // came, and stopped
] as const;
export type LegState = (typeof LEG_STATES)[number];

export interface LegVerdict {
  /** Caller, callee, callee 2 … */
  readonly name: string;
  readonly tag: string | null;
  readonly state: LegState;
  readonly words: string;
}

/** When the call was set up and last signalled, and now: Unix seconds. */
export interface CallTimes {
  readonly created: number;
  readonly lastSignal: number;
  readonly now: number;
}

/** Comfort noise and voice activity detection leave gaps: silence shorter than this says nothing. */
const quietSeconds = 5;

type Finding = Pick<LegVerdict, 'state' | 'words'>;

/** Judges what comes from one party. The first rule that fits says why. */
export function judgeLeg(leg: LegEvidence, times: CallTimes): Finding {
  if (leg.streams === 0) return { state: 'waiting', words: 'no media agreed yet' };
  const isHeard = leg.lastPacket !== null && times.now - leg.lastPacket <= quietSeconds;
  if (leg.held)
    return {
      state: 'held',
      words: isHeard ? 'on hold, and sends all the same' : 'on hold: no media is expected from it',
    };
  if (isHeard) return healthy(leg);
  return dropped(leg, times) ?? silent(leg, times);
}

function healthy(leg: LegEvidence): Finding {
  const failed = leg.drops.auth ?? 0;
  const share = failed / (failed + leg.received);
  const doubt = share > 0.01 ? `, but ${failed} packets failed authentication` : '';
  return { state: 'healthy', words: `sends ${leg.secure ? 'SRTP' : 'RTP'}${doubt}` };
}

/** Drops that say something about what a party sends; those about the other side do not count here. */
type SenderReason = 'auth' | 'plain_on_srtp' | 'no_key' | 'unknown_source' | 'replay' | 'not_rtp' | 'short';

type Explain = (leg: LegEvidence, times: CallTimes) => Finding;

const EXPLANATIONS: Readonly<Record<SenderReason, Explain>> = {
  auth: (_leg, times) => ({
    state: 'key_mismatch',
    words: `secure side sends, nothing authenticates: key mismatch since ${signalName(times)}`,
  }),
  plain_on_srtp: () => ({ state: 'plain_on_srtp', words: 'sends plain RTP although SRTP was agreed' }),
  no_key: () => ({ state: 'no_key', words: 'sends SRTP before its keys are known, or under an unknown MKI' }),
  unknown_source: (leg) => ({
    state: 'wrong_source',
    words: `packets come from another address than ${endpointText(leg.endpoint)}`,
  }),
  replay: () => ({ state: 'replayed', words: 'sends only packets that were seen before' }),
  not_rtp: () => ({ state: 'not_rtp', words: 'sends something that is not RTP' }),
  short: () => ({ state: 'not_rtp', words: 'sends packets that are cut off' }),
};

/** By the reason of most of its drops, if there are enough of them to explain the silence. */
function dropped(leg: LegEvidence, times: CallTimes): Finding | null {
  const main = mainDrop(leg);
  if (main === null || main.count * 100 < leg.received) return null;
  const { state, words } = EXPLANATIONS[main.reason](leg, times);
  return { state, words: `${words} (${main.count} packets dropped as ${main.reason})` };
}

function mainDrop(leg: LegEvidence): { reason: SenderReason; count: number } | null {
  const counts = (Object.keys(EXPLANATIONS) as SenderReason[]).map((reason) => ({
    reason,
    count: leg.drops[reason] ?? 0,
  }));
  const main = counts.reduce((most, one) => (one.count > most.count ? one : most));
  return main.count > 0 ? main : null;
}

function silent(leg: LegEvidence, times: CallTimes): Finding {
  if (leg.endpoint === null && leg.advertised === null)
    return { state: 'waiting', words: 'has not said where it receives: no answer yet' };
  if (leg.lastPacket !== null)
    return { state: 'stopped', words: `stopped sending ${Math.round(times.now - leg.lastPacket)} s ago` };
  const named = leg.advertised ?? leg.endpoint;
  const hint =
    named !== null && isPrivate(named.address)
      ? 'its SDP names a private address, and it sends nothing that would show another'
      : 'a firewall, a NAT, or it does not send';
  return { state: 'nothing', words: `nothing arrives from ${endpointText(named)}: ${hint}` };
}

function signalName({ created, lastSignal }: CallTimes): string {
  const time = new Date(lastSignal * 1_000).toISOString().slice(11, 19);
  // An answer may take a minute to come; what comes long after the first one is a re-INVITE.
  return lastSignal - created > 90 ? `the re-INVITE at ${time} UTC` : `the last offer or answer at ${time} UTC`;
}

export function endpointText(endpoint: Endpoint | null): string {
  if (endpoint === null) return 'an unknown address';
  return endpoint.family === 'IP6' ? `[${endpoint.address}]:${endpoint.port}` : `${endpoint.address}:${endpoint.port}`;
}

/** RFC 1918, RFC 6598, RFC 4193. */
function isPrivate(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/i.test(
    address,
  );
}
