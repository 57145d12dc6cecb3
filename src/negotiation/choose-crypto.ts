import { cryptoSuite, type CryptoSuite, type CryptoSuiteName } from '../srtp/crypto-suite.js';
import type { MasterKey } from '../srtp/master-key.js';
import type { CryptoConstraints, JudgedLine } from './judge-crypto.js';
import type { SdesOptions } from './media-options.js';
import type { KeyWithMki, Leg, SrtpParameters } from './negotiated-media.js';
import type { NegotiationContext } from './negotiation-context.js';
import type { Policy } from './policy.js';
import { keepIdentity, NO_MKI, sameKeys, sameProtection } from './srtp-parameters.js';

type MakeKey = (suite: CryptoSuite) => MasterKey;

/** What `|2^31` says: the packets that some peers want to see announced. */
const WRITTEN_LIFETIME = 2 ** 31;

/** What an offerer's lines must keep to. */
export function offererConstraints(
  policy: Policy,
  usableSuites: ReadonlySet<CryptoSuiteName>,
  { excluded }: SdesOptions,
): CryptoConstraints {
  return {
    allowedSuites: new Set(policy.acceptedSuites.filter((suite) => !excluded.has(suite))),
    disallowed: 'suite_not_allowed',
    usableSuites,
    allowUnencryptedSrtp: policy.allowUnencryptedSrtp,
    allowUnencryptedSrtcp: policy.allowUnencryptedSrtcp,
    allowUnauthenticatedSrtp: policy.allowUnauthenticatedSrtp,
  };
}

/** What an answer's lines must keep to: what we offered. */
export function answerConstraints(
  offered: readonly SrtpParameters[],
  usableSuites: ReadonlySet<CryptoSuiteName>,
): CryptoConstraints {
  return {
    allowedSuites: new Set(offered.map(({ suite }) => suite)),
    disallowed: 'suite_not_offered',
    usableSuites,
    allowUnencryptedSrtp: offered.some((line) => line.unencryptedSrtp),
    allowUnencryptedSrtcp: offered.some((line) => line.unencryptedSrtcp),
    allowUnauthenticatedSrtp: offered.some((line) => line.unauthenticatedSrtp),
  };
}

/**
 * The line of an offer that we will answer; `lines` are the usable ones, in the offerer's order. A re-offer that still
 * lists what is in use keeps it, whatever the preference says, so that the stream goes on undisturbed.
 */
export function chooseOffered(
  lines: readonly SrtpParameters[],
  policy: Policy,
  sdes: SdesOptions,
  previous: Leg | null,
): SrtpParameters | null {
  const current = previous?.inbound ?? null;
  const kept = current === null ? undefined : lines.find((line) => sameKeys(line, current));
  if (kept !== undefined) return kept;
  const sameSuite = sdes.static ? lines.find((line) => line.suite === current?.suite) : undefined;
  return sameSuite ?? preferred(lines, policy, sdes) ?? null;
}

function preferred(lines: readonly SrtpParameters[], policy: Policy, sdes: SdesOptions): SrtpParameters | undefined {
  const ours = policy.followOffererOrder ? [] : policy.acceptedSuites;
  for (const suite of [...sdes.offererPreference, ...sdes.only, ...ours]) {
    const line = lines.find((candidate) => candidate.suite === suite);
    if (line !== undefined) return line;
  }
  return lines[0];
}

/** Both directions of the leg to an offerer: its key, and ours with its tag and spelling echoed (RFC 4568 §5.1.2). */
export function answerOffered(
  chosen: SrtpParameters,
  previous: Leg | null,
  policy: Policy,
  sdes: SdesOptions,
  makeKey: MakeKey,
): { readonly inbound: SrtpParameters; readonly outbound: SrtpParameters } {
  const inbound = keepIdentity(previous?.inbound ?? null, chosen);
  const current = previous?.outbound ?? null;
  const keepsKey =
    current !== null &&
    current.suite === chosen.suite &&
    sameKeys(previous?.inbound ?? null, chosen) &&
    sameProtection(current, chosen);
  const keys = keepsKey ? current.keys : [{ key: makeKey(cryptoSuite(chosen.suite)), mki: mkiFor(chosen) }];
  const lifetime = keepsKey ? current.lifetime : writtenLifetime(policy, sdes);
  return { inbound, outbound: keepIdentity(current, ownParameters(chosen, chosen.wireName, keys, lifetime)) };
}

/** Parameters of a line of ours. Field by field: a spread would give each line a hidden class of its own. */
function ownParameters(
  like: Omit<SrtpParameters, 'wireName' | 'keys' | 'lifetime' | 'windowSizeHint'>,
  wireName: string,
  keys: readonly KeyWithMki[],
  lifetime: number | null,
): SrtpParameters {
  return {
    suite: like.suite,
    tag: like.tag,
    wireName,
    keys,
    lifetime,
    unencryptedSrtp: like.unencryptedSrtp,
    unencryptedSrtcp: like.unencryptedSrtcp,
    unauthenticatedSrtp: like.unauthenticatedSrtp,
    windowSizeHint: null,
  };
}

/** An MKI only toward a peer that uses one itself: the value it gave its first key. */
function mkiFor(peer: SrtpParameters): Uint8Array {
  const mki = peer.keys[0]?.mki ?? NO_MKI;
  return mki.length === 0 ? NO_MKI : Uint8Array.from(mki);
}

/** The lifetime that we announce for a key of ours, or null: only when asked. */
export function writtenLifetime(policy: Policy, sdes: SdesOptions): number | null {
  return policy.writeLifetime || sdes.lifetime ? WRITTEN_LIFETIME : null;
}

/**
 * The suites of our own offer, in order. A suite that the options name is added if the policy accepts it, since naming
 * it asks for it.
 */
export function suitesToOffer(
  context: NegotiationContext,
  offererSuites: readonly CryptoSuiteName[],
  previous: Leg | null,
): readonly CryptoSuiteName[] {
  const { options, answererPolicy: policy } = context;
  const { sdes } = options;
  const accepted = new Set([...policy.offeredSuites, ...policy.acceptedSuites]);
  const candidates =
    sdes.noNew && offererSuites.length > 0 ? offererSuites : [...sdes.order, ...policy.offeredSuites, ...sdes.only];
  const wanted = candidates.filter((suite) => isPermitted(suite, accepted, context));
  const suites = [...new Set(inOrder(wanted, sdes.order))];
  const current = previous?.outbound?.suite;
  if (current === undefined || !isPermitted(current, accepted, context)) return suites;
  if (sdes.static) return [current];
  // A re-offer lists what is in use, also where the peer had brought it: it may know nothing else.
  return suites.includes(current) ? suites : [current, ...suites];
}

function isPermitted(
  suite: CryptoSuiteName,
  accepted: ReadonlySet<CryptoSuiteName>,
  { usableSuites, options: { sdes } }: NegotiationContext,
): boolean {
  const isNamed = sdes.only.size === 0 || sdes.only.has(suite);
  return accepted.has(suite) && usableSuites.has(suite) && !sdes.excluded.has(suite) && isNamed;
}

function inOrder(suites: readonly CryptoSuiteName[], order: readonly CryptoSuiteName[]): readonly CryptoSuiteName[] {
  return [...order.filter((suite) => suites.includes(suite)), ...suites];
}

/**
 * The lines of our own offer, tags counted from the policy's first. A fresh key for each line, but for two: the key in
 * use stays with its suite, and a line that was offered and never used keeps its key, so that a refresh changes nothing.
 * A key that was used once and given up is never offered again: its keystream would be used twice.
 */
export function makeOfferedLines(
  suites: readonly CryptoSuiteName[],
  context: NegotiationContext,
  previous: Leg | null,
): readonly SrtpParameters[] {
  const { answererPolicy: policy, options } = context;
  const { sdes } = options;
  return suites.map((suite, index) => {
    const wanted = {
      suite,
      tag: policy.firstTag + index,
      unencryptedSrtp: sdes.unencryptedSrtp && policy.allowUnencryptedSrtp,
      unencryptedSrtcp: sdes.unencryptedSrtcp && policy.allowUnencryptedSrtcp,
      unauthenticatedSrtp: sdes.unauthenticatedSrtp && policy.allowUnauthenticatedSrtp,
    };
    const before =
      [previous?.outbound ?? null, ...(previous?.offered ?? [])].find(
        (line) => line !== null && line.suite === suite,
      ) ?? null;
    if (before === null || !sameProtection(before, wanted)) {
      const keys = [{ key: context.makeKey(cryptoSuite(suite)), mki: NO_MKI }];
      return ownParameters(wanted, suite, keys, writtenLifetime(policy, sdes));
    }
    return keepIdentity(before, ownParameters(wanted, before.wireName, before.keys, before.lifetime));
  });
}

export interface AnsweredCrypto {
  readonly inbound: SrtpParameters;
  /** The line of ours that the answer picked. */
  readonly outbound: SrtpParameters;
  /** False: the answer's tag was not the one we gave to that suite. */
  readonly tagMatches: boolean;
}

/** An answer's session parameters must be those of our line: they hold both ways (RFC 4568 §6.3). */
export function refuseMismatched(
  judged: readonly JudgedLine[],
  offered: readonly SrtpParameters[],
): readonly JudgedLine[] {
  return judged.map((line) => {
    const { verdict } = line;
    if (!verdict.usable || offered.some((ours) => isAnsweredBy(ours, verdict.parameters))) return line;
    const text = 'session parameters are not those offered';
    return { ...line, verdict: { usable: false, reason: 'parameter_mismatch', text } };
  });
}

function isAnsweredBy(ours: SrtpParameters, line: SrtpParameters): boolean {
  return ours.suite === line.suite && sameProtection(ours, line);
}

/**
 * Pairs the first usable line of an answer with ours: by tag, else by suite, since several session border controllers
 * renumber. null when no line pairs.
 */
export function chooseAnswered(
  lines: readonly SrtpParameters[],
  offered: readonly SrtpParameters[],
  previousInbound: SrtpParameters | null,
): AnsweredCrypto | null {
  for (const line of lines) {
    const candidates = offered.filter((ours) => isAnsweredBy(ours, line));
    const byTag = candidates.find((ours) => ours.tag === line.tag);
    const outbound = byTag ?? candidates[0];
    if (outbound === undefined) continue;
    return { inbound: keepIdentity(previousInbound, line), outbound, tagMatches: byTag !== undefined };
  }
  return null;
}

/**
 * What may be offered again later: the lines of the last offer without any key that was in use and is given up now.
 */
export function reofferable(
  offered: readonly SrtpParameters[],
  givenUp: SrtpParameters | null,
  inUse: SrtpParameters | null,
): readonly SrtpParameters[] {
  if (givenUp === null || sameKeys(givenUp, inUse)) return offered;
  return offered.filter((line) => !sameKeys(line, givenUp));
}
