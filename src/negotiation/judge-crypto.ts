import { parseCrypto, type CryptoAttribute, type SessionParam } from '../sdp/attributes/crypto.js';
import type { SdpLine } from '../sdp/session-description.js';
import { findCryptoSuite, type CryptoSuite, type CryptoSuiteName } from '../srtp/crypto-suite.js';
import { MasterKey } from '../srtp/master-key.js';
import type { KeyWithMki, SrtpParameters } from './negotiated-media.js';
import { NO_MKI } from './srtp-parameters.js';

/** Why an a=crypto line is not used. Closed: these are label values of a metric. */
export const UNUSABLE_REASONS = [
  'syntax', // fields missing or too many
  'tag', // not a number of 1 to 9 digits
  'line_count', // beyond what is looked at in one m= section
  'duplicate_tag', // an earlier line has it (RFC 4568 §4.1)
  'suite_name', // the suite's field is not a word
  'suite_unknown', // a name that means no suite we know of
  'suite_not_supported', // registered, and deliberately not here: short tags, F8, NULL
  'suite_not_usable', // this build cannot do it right
  'suite_not_allowed', // the operator's policy
  'suite_not_offered', // an answer with a suite of its own
  'key_method', // not inline
  'key_base64',
  'key_length', // key and salt are not exactly what the suite takes
  'key_count',
  'lifetime',
  'mki',
  'kdr', // a key derivation rate other than 0
  'fec', // FEC_ORDER or FEC_KEY
  'session_parameter', // a known parameter with a bad value
  'unknown_parameter', // without a leading `-` (RFC 4568 §6.3.7)
  'unencrypted_srtp', // not allowed by policy, or not what was offered
  'unencrypted_srtcp',
  'unauthenticated_srtp',
  'parameter_mismatch', // the answer changes what must be equal both ways (RFC 4568 §6.3)
  'session_level', // a=crypto is a media attribute (RFC 4568 §4)
  'plain_transport', // RTP/AVP without OSRTP
] as const;
export type UnusableReason = (typeof UNUSABLE_REASONS)[number];

/** One a=crypto line and what to do with it. */
export interface JudgedLine {
  /** Line of the body, from 1. */
  readonly number: number;
  /** null when it could not be read. */
  readonly tag: number | null;
  /** As spelt; null when it could not be read or must not be repeated. */
  readonly suiteName: string | null;
  readonly verdict: Verdict;
}

export type Verdict =
  | { readonly usable: true; readonly parameters: SrtpParameters }
  | { readonly usable: false; readonly reason: UnusableReason; readonly text: string };

/** What is acceptable on a leg. */
export interface CryptoConstraints {
  readonly allowedSuites: ReadonlySet<CryptoSuiteName>;
  /** For the reason: `suite_not_allowed` for an offer, `suite_not_offered` for an answer. */
  readonly disallowed: 'suite_not_allowed' | 'suite_not_offered';
  readonly usableSuites: ReadonlySet<CryptoSuiteName>;
  readonly allowUnencryptedSrtp: boolean;
  readonly allowUnencryptedSrtcp: boolean;
  readonly allowUnauthenticatedSrtp: boolean;
}

/** Registered suites that are never used here; known by name so that the reason can say so. */
const UNSUPPORTED =
  /^(?:AEAD_AES_(?:128|192|256)_(?:GCM_8|CCM(?:_8)?)|F8_128_HMAC_SHA1_(?:80|32)|SEED_.*|ARIA_.*|NULL_.*|.*_NULL|AES_CM_128_NULL_AUTH)$/i;

/** No phone sends more; the rest is not even parsed, so that a flood of lines costs nothing. */
const MAXIMUM_LINES = 64;

/** Judges the lines of one m= section, in order. On duplicates the first tag counts, usable or not. */
export function judgeCryptoLines(lines: readonly SdpLine[], constraints: CryptoConstraints): readonly JudgedLine[] {
  const tags = new Set<number>();
  return lines.map((line, index) => (index < MAXIMUM_LINES ? judgeLine(line, tags, constraints) : beyond(line)));
}

function beyond({ number }: SdpLine): JudgedLine {
  return { number, tag: null, suiteName: null, verdict: unusable('line_count', `more than ${MAXIMUM_LINES} lines`) };
}

function judgeLine(line: SdpLine, tags: Set<number>, constraints: CryptoConstraints): JudgedLine {
  const parsed = parseCrypto(line);
  const { tag, suiteName } = parsed.ok ? parsed.value : parsed.error;
  const duplicate = tag !== null && tags.has(tag);
  if (tag !== null) tags.add(tag);
  const base = { number: line.number, tag, suiteName: shown(suiteName) };
  if (!parsed.ok) return { ...base, verdict: unusable(parsed.error.reason, parsed.error.text) };
  const verdict = duplicate
    ? unusable('duplicate_tag', 'an earlier line has the same tag')
    : judgeAttribute(parsed.value, constraints);
  if (!verdict.usable) wipe(parsed.value);
  return { ...base, verdict };
}

/** A name without an underscore might be a stray key and is not repeated. */
function shown(suiteName: string | null): string | null {
  return suiteName !== null && suiteName.includes('_') && suiteName.length <= 40 ? suiteName : null;
}

function unusable(reason: UnusableReason, text: string): Verdict & { usable: false } {
  return { usable: false, reason, text };
}

function judgeAttribute(attribute: CryptoAttribute, constraints: CryptoConstraints): Verdict {
  const suite = judgeSuite(attribute.suiteName, constraints);
  if ('usable' in suite) return suite;
  const refused = judgeSessionParams(attribute.sessionParams, constraints);
  if (refused !== null) return refused;
  const keys = judgeKeys(attribute, suite);
  if (!Array.isArray(keys)) return keys;
  return { usable: true, parameters: parametersOf(attribute, suite.name, keys) };
}

function judgeSuite(name: string, constraints: CryptoConstraints): CryptoSuite | (Verdict & { usable: false }) {
  const suite = findCryptoSuite(name);
  if (suite === undefined) {
    return UNSUPPORTED.test(name)
      ? unusable('suite_not_supported', 'suite not supported')
      : unusable('suite_unknown', 'suite unknown');
  }
  if (!constraints.usableSuites.has(suite.name)) {
    return unusable('suite_not_usable', 'suite failed its self-test in this build');
  }
  if (constraints.allowedSuites.has(suite.name)) return suite;
  return constraints.disallowed === 'suite_not_offered'
    ? unusable('suite_not_offered', 'suite was not offered')
    : unusable('suite_not_allowed', 'suite not allowed by policy');
}

function judgeSessionParams(params: readonly SessionParam[], constraints: CryptoConstraints): Verdict | null {
  for (const param of params) {
    const refused = judgeSessionParam(param, constraints);
    if (refused !== null) return refused;
  }
  return null;
}

function judgeSessionParam(param: SessionParam, constraints: CryptoConstraints): Verdict | null {
  switch (param.name) {
    case 'UNENCRYPTED_SRTP':
      return constraints.allowUnencryptedSrtp ? null : unusable('unencrypted_srtp', 'UNENCRYPTED_SRTP is not allowed');
    case 'UNENCRYPTED_SRTCP':
      return constraints.allowUnencryptedSrtcp
        ? null
        : unusable('unencrypted_srtcp', 'UNENCRYPTED_SRTCP is not allowed');
    case 'UNAUTHENTICATED_SRTP':
      return constraints.allowUnauthenticatedSrtp
        ? null
        : unusable('unauthenticated_srtp', 'UNAUTHENTICATED_SRTP is not allowed');
    case 'KDR':
      return param.value === 0 ? null : unusable('kdr', `KDR=${param.value}, only 0 is supported`);
    case 'FEC_ORDER':
    case 'FEC_KEY':
      return unusable('fec', `${param.name} is not supported`);
    case 'extension':
      return param.text.startsWith('-')
        ? null
        : unusable('unknown_parameter', 'unknown session parameter without a leading -');
    case 'WSH':
      return null;
  }
}

function judgeKeys(attribute: CryptoAttribute, suite: CryptoSuite): KeyWithMki[] | Verdict {
  const keys: KeyWithMki[] = [];
  for (const { keySalt, mki } of attribute.keyParams) {
    const key = MasterKey.of(suite, keySalt.expose());
    if (key === null) {
      const needed = suite.masterKeyLength + suite.masterSaltLength;
      return unusable('key_length', `key is ${keySalt.length} octets, ${needed} needed`);
    }
    keys.push({ key, mki: mki ?? NO_MKI });
  }
  // A copy has its exact size: an array that grew has room for sixteen more, for as long as the call lasts.
  return keys.slice();
}

function wipe(attribute: CryptoAttribute): void {
  for (const { keySalt } of attribute.keyParams) keySalt.wipe();
}

/** The largest window the data plane keeps; a hint beyond it counts as this. */
const MAXIMUM_WINDOW = 32_768;

function parametersOf(attribute: CryptoAttribute, suite: CryptoSuiteName, keys: readonly KeyWithMki[]): SrtpParameters {
  const has = (name: SessionParam['name']): boolean => attribute.sessionParams.some((param) => param.name === name);
  const lifetimes = attribute.keyParams.flatMap(({ lifetime }) => (lifetime === null ? [] : [lifetime.packets]));
  const hints = attribute.sessionParams.flatMap((param) => (param.name === 'WSH' ? [param.value] : []));
  return {
    suite,
    tag: attribute.tag,
    // The name as we have it, where it is so spelt: a piece of the body would keep the whole body in memory.
    wireName: attribute.suiteName === suite ? suite : attribute.suiteName,
    keys,
    lifetime: lifetimes.length === 0 ? null : Math.min(...lifetimes),
    unencryptedSrtp: has('UNENCRYPTED_SRTP'),
    unencryptedSrtcp: has('UNENCRYPTED_SRTCP'),
    unauthenticatedSrtp: has('UNAUTHENTICATED_SRTP'),
    windowSizeHint: hints[0] === undefined ? null : Math.min(hints[0], MAXIMUM_WINDOW),
  };
}

/** The lines that can be used, in the order of the body. */
export function usableParameters(lines: readonly JudgedLine[]): readonly SrtpParameters[] {
  return lines.flatMap(({ verdict }) => (verdict.usable ? [verdict.parameters] : []));
}
