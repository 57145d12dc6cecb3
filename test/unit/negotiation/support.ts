import {
  DEFAULT_MEDIA_OPTIONS,
  DEFAULT_SDES_OPTIONS,
  type MediaOptions,
  type SdesOptions,
} from '../../../src/negotiation/media-options.js';
import type { LocalMedia, NegotiatedMedia, PreviousLegs } from '../../../src/negotiation/negotiated-media.js';
import { negotiateAnswer } from '../../../src/negotiation/negotiate-answer.js';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import type { Negotiated, NegotiationContext, NegotiationError } from '../../../src/negotiation/negotiation-context.js';
import { initialOrigin, type OriginState } from '../../../src/negotiation/origin-state.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/negotiation/policy.js';
import { writeAnswer } from '../../../src/negotiation/write-answer.js';
import { writeOffer } from '../../../src/negotiation/write-offer.js';
import { parseSessionDescription } from '../../../src/sdp/parse.js';
import type { SessionDescription } from '../../../src/sdp/session-description.js';
import type { Result } from '../../../src/shared/result.js';
import { CRYPTO_SUITES, type CryptoSuite, type CryptoSuiteName } from '../../../src/srtp/crypto-suite.js';
import { MasterKey } from '../../../src/srtp/master-key.js';

/** Sample keys, 30 octets each; they secure nothing. */
export const KEY_A = 'Hr4D2cgUu9+Uza5Igz/JkVx59DAxDbaJxg862ibQ';
export const KEY_B = 'JPEaIxHegfuv53ykBPZk8hV0GO8kTiiqRMfHimEE';
export const KEY_C = 'fBc61ikv1kMy0sF85DblNqTzVAbFa7hJQ9GKb6Yj';
/** 46 and 44 octets. */
export const KEY_46 = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ==';
export const KEY_44 = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis=';

export const OFFERER = '192.0.2.10';
export const ANSWERER = '198.51.100.20';
/** What we announce toward the answerer and the offerer. */
export const OUTSIDE: LocalMedia = { family: 'IP4', address: '203.0.113.1', rtpPort: 30_000, rtcpPort: 30_001 };
export const INSIDE: LocalMedia = { family: 'IP4', address: '10.0.0.1', rtpPort: 32_000, rtcpPort: 32_001 };

export type OptionChanges = Partial<Omit<MediaOptions, 'sdes'>> & { readonly sdes?: Partial<SdesOptions> };

export function mediaOptions({ sdes = {}, ...changes }: OptionChanges = {}): MediaOptions {
  return { ...DEFAULT_MEDIA_OPTIONS, ...changes, sdes: { ...DEFAULT_SDES_OPTIONS, ...sdes } };
}

export function policy(changes: Partial<Policy> = {}): Policy {
  return { ...DEFAULT_POLICY, ...changes };
}

/** Keys that count up, so that a test sees which is which and the same run gives the same SDP. */
export function countingKeys(first = 1): (suite: CryptoSuite) => MasterKey {
  let next = first;
  return (suite) => MasterKey.of(suite, new Uint8Array(suite.masterKeyLength + suite.masterSaltLength).fill(next++))!;
}

export const ALL_SUITES: ReadonlySet<CryptoSuiteName> = new Set(CRYPTO_SUITES.map(({ name }) => name));

export function context(options: OptionChanges = {}, changes: Partial<NegotiationContext> = {}): NegotiationContext {
  return {
    options: mediaOptions(options),
    offererPolicy: DEFAULT_POLICY,
    answererPolicy: DEFAULT_POLICY,
    previous: [],
    makeKey: countingKeys(),
    usableSuites: ALL_SUITES,
    ...changes,
  };
}

export interface AudioLine {
  readonly address?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly crypto?: readonly string[];
  readonly attributes?: readonly string[];
}

/** An audio call as a phone writes it. `crypto` are the texts after `a=crypto:`. */
export function audio({
  address = OFFERER,
  port = 49_170,
  protocol = 'RTP/AVP',
  crypto = [],
  attributes = [],
}: AudioLine = {}): string {
  const attributeLines = [
    ...crypto.map((line) => `a=crypto:${line}`),
    'a=rtpmap:101 telephone-event/8000',
    ...attributes.map((line) => `a=${line}`),
  ];
  const head = ['v=0', `o=- 1 1 IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0'];
  return [...head, `m=audio ${port} ${protocol} 0 8 101`, ...attributeLines, ''].join('\r\n');
}

export function parsed(text: string): SessionDescription {
  return value(parseSessionDescription(text));
}

export function value<T, E>(result: Result<T, E>): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`);
  return result.value;
}

export function failure<T, E>(result: Result<T, E>): E {
  if (result.ok) throw new Error('expected a failure');
  return result.error;
}

export interface Round {
  readonly offer: Negotiated;
  /** What the answerer sees. */
  readonly offerSdp: string;
  readonly answer: Negotiated;
  /** What the offerer sees. */
  readonly answerSdp: string;
  readonly toAnswerer: OriginState;
  readonly toOfferer: OriginState;
}

/** Offer and answer through one relay. `answer` is the answerer's text, or made from what it was offered. */
export function round(
  offerText: string,
  answer: string | ((offered: string) => string),
  offerContext: NegotiationContext = context(),
  answerContext: NegotiationContext = offerContext,
): Round {
  const offer = parsed(offerText);
  const negotiated = value(negotiateOffer(offer, offerContext));
  const toAnswerer = written(offer, negotiated, OUTSIDE, offerContext.options, 'offer');
  const answerText = typeof answer === 'string' ? answer : answer(toAnswerer.sdp);
  const answered = parsed(answerText);
  const outcome = value(negotiateAnswer(answered, negotiated.media, answerContext));
  const toOfferer = written(answered, outcome, INSIDE, answerContext.options, 'answer');
  return {
    offer: negotiated,
    offerSdp: toAnswerer.sdp,
    answer: outcome,
    answerSdp: toOfferer.sdp,
    toAnswerer: toAnswerer.origin,
    toOfferer: toOfferer.origin,
  };
}

export function written(
  description: SessionDescription,
  negotiated: Negotiated,
  local: LocalMedia,
  options: MediaOptions,
  what: 'offer' | 'answer',
  origin: OriginState = initialOrigin('instance'),
) {
  const role = what === 'offer' ? 'answerer' : 'offerer';
  const locals = localsFor(negotiated.media, role, local);
  return (what === 'offer' ? writeOffer : writeAnswer)(description, negotiated, locals, options, origin);
}

/** Ports as the session hands them out: pairs counted up, none for a refused line, no RTCP port when muxed. */
export function localsFor(
  media: readonly NegotiatedMedia[],
  role: 'offerer' | 'answerer',
  local: LocalMedia,
): readonly (LocalMedia | null)[] {
  return media.map((line, index) => {
    if (line.kind === 'rejected') return null;
    const rtpPort = local.rtpPort + 2 * index;
    return { ...local, rtpPort, rtcpPort: line.kind === 'raw' || line[role].rtcpMux ? null : rtpPort + 1 };
  });
}

export function offerError(text: string, offerContext: NegotiationContext = context()): NegotiationError {
  return failure(negotiateOffer(parsed(text), offerContext));
}

/** What a later offer of the same offerer, or of the answerer when `swapped`, sees of an answered round. */
export function previousOf({ answer }: Pick<Round, 'answer'>, swapped = false): readonly PreviousLegs[] {
  return answer.media.map(({ offerer, answerer }) =>
    swapped ? { offerer: answerer, answerer: offerer } : { offerer, answerer },
  );
}

export function cryptoLines(sdp: string): readonly string[] {
  return sdp.split('\r\n').filter((line) => line.startsWith('a=crypto:'));
}

export function linesOf(sdp: string, prefix: string): readonly string[] {
  return sdp.split('\r\n').filter((line) => line.startsWith(prefix));
}
