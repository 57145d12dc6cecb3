import { parseOrigin, printOrigin, type Origin } from '../sdp/origin.js';
import { serializeLines } from '../sdp/serialize.js';
import type { SdpLine } from '../sdp/session-description.js';
import type { MediaOptions } from './media-options.js';

/**
 * What the next SDP to one party must remember of those before, kept by the session for each party. A value: writing an
 * SDP gives the next one.
 */
export interface OriginState {
  /** Marks our SDP for `loop-protect`; the same for all calls of one instance. */
  readonly instanceId: string;
  /** Of the origin last written what later ones depend on, and the session name; null before the first SDP. */
  readonly origin: WrittenOrigin | null;
  readonly sessionName: string | null;
  /** Of the body last written, its version aside; tells whether the next one differs. */
  readonly digest: number | null;
}

export type WrittenOrigin = Pick<Origin, 'username' | 'sessionId' | 'sessionVersion'>;

export interface WrittenSdp {
  readonly sdp: string;
  readonly origin: OriginState;
}

export function initialOrigin(instanceId: string): OriginState {
  return { instanceId, origin: null, sessionName: null, digest: null };
}

/**
 * Finishes a body: o= and s= as the `replace` options ask, the version counted up only when the rest changed
 * (RFC 3264 §8), and the state for the next time. `address` is ours, null when the body has no media of ours.
 */
export function finishBody(
  lines: readonly SdpLine[],
  options: MediaOptions,
  state: OriginState,
  address: { readonly family: 'IP4' | 'IP6'; readonly address: string } | null,
): WrittenSdp {
  const named = withSessionName(lines, options, state);
  const sessionName = state.sessionName ?? named.find(({ type }) => type === 's')?.value ?? null;
  const place = named.findIndex(({ type }) => type === 'o');
  const line = named[place];
  const received = line === undefined ? null : parseOrigin(line);
  if (received === null) return { sdp: serializeLines(named), origin: { ...state, sessionName } };
  const replaced = replaceOrigin(received, options, state.origin, address);
  const before = serializeLines(named.slice(0, place));
  const after = serializeLines(named.slice(place + 1));
  const digest = digestOf(before, originLine(replaced, '0'), after);
  const sessionVersion = nextVersion(replaced, options, state, digest);
  return {
    sdp: before + originLine(replaced, sessionVersion) + after,
    origin: {
      instanceId: state.instanceId,
      origin: { username: replaced.username, sessionId: replaced.sessionId, sessionVersion },
      sessionName,
      digest,
    },
  };
}

function originLine(origin: Origin, sessionVersion: string): string {
  return serializeLines([printOrigin({ ...origin, sessionVersion })]);
}

/** `session-name`: the party sees one name for the whole call. */
function withSessionName(
  lines: readonly SdpLine[],
  { replace }: MediaOptions,
  { sessionName }: OriginState,
): readonly SdpLine[] {
  if (sessionName === null || !replace.has('session-name')) return lines;
  return lines.map((line) => (line.type === 's' ? { ...line, value: sessionName } : line));
}

/** `origin`: our address; `username`: the first one seen; `origin-full`: both, and the session id. */
function replaceOrigin(
  received: Origin,
  { replace }: MediaOptions,
  before: WrittenOrigin | null,
  address: { readonly family: 'IP4' | 'IP6'; readonly address: string } | null,
): Origin {
  const full = replace.has('origin-full');
  const kept = before ?? received;
  const named = full || replace.has('username');
  const moved = address !== null && (full || replace.has('origin'));
  return {
    username: named ? kept.username : received.username,
    sessionId: full ? kept.sessionId : received.sessionId,
    sessionVersion: received.sessionVersion,
    networkType: received.networkType,
    addressType: moved ? address.family : received.addressType,
    address: moved ? address.address : received.address,
  };
}

function nextVersion(origin: Origin, { replace }: MediaOptions, state: OriginState, digest: number): string {
  const forced = replace.has('force-increment-sdp-ver');
  const counted = forced || replace.has('sdp-version') || replace.has('origin-full');
  if (!counted || state.origin === null) return origin.sessionVersion;
  const changed = forced || state.digest !== digest;
  return changed ? `${BigInt(state.origin.sessionVersion) + 1n}` : state.origin.sessionVersion;
}

/** 53 bits of FNV-1a in two halves: enough to tell two bodies of one call apart, and keeps no key. */
function digestOf(...texts: readonly string[]): number {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (const text of texts) {
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b);
    }
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
