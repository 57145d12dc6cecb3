import { findMid } from '../sdp/attributes/mid.js';
import { isDtls } from '../sdp/attributes/fingerprint.js';
import { printConnection } from '../sdp/connection.js';
import { isZeroAddress, zeroAddress } from '../sdp/address.js';
import type { Connection, MediaDescription, SdpLine, SessionDescription } from '../sdp/session-description.js';
import { isOwnMark, loopMark } from './loop-protect.js';
import type { MediaOptions } from './media-options.js';
import type { Leg, LocalMedia, NegotiatedMedia, SrtpParameters } from './negotiated-media.js';
import type { Negotiated } from './negotiation-context.js';
import { finishBody, type OriginState, type WrittenSdp } from './origin-state.js';
import { rewriteMedia } from './rewrite-media.js';
import { isNeverPassed } from './strip-lines.js';

/** Which leg the reader of the body is on, and the lines that key it. */
export interface Recipient {
  readonly leg: (media: NegotiatedMedia) => Leg;
  readonly cryptoLines: (media: NegotiatedMedia) => readonly SrtpParameters[];
  /** `generate-mid` applies. */
  readonly takesNewMids: boolean;
}

/** The received body with our addresses, ports and keys in the place of the sender's. */
export function writeDescription(
  description: SessionDescription,
  negotiated: Negotiated,
  local: readonly (LocalMedia | null)[],
  options: MediaOptions,
  state: OriginState,
  recipient: Recipient,
): WrittenSdp {
  const first = local.find((media) => media !== null) ?? null;
  const sessionConnection = rewriteSessionConnection(description, first, options);
  const mids = recipient.takesNewMids && options.generateMid ? newMids(description) : [];
  const lines = rewriteSession(description, negotiated, sessionConnection, options, state.instanceId);
  description.media.forEach((section, index) => {
    const outcome = negotiated.media[index];
    if (outcome === undefined) throw new Error(`no outcome for m-line ${index + 1}`);
    const rewritten = rewriteMedia({
      description,
      media: section,
      kind: outcome.kind,
      leg: recipient.leg(outcome),
      cryptoLines: recipient.cryptoLines(outcome),
      padding: negotiated.writePadding || options.sdes.pad,
      local: local[index] ?? null,
      sessionConnection,
      options,
      newMid: mids[index] ?? null,
    });
    for (const line of rewritten) lines.push(line);
  });
  return finishBody(lines, options, state, first);
}

/** A c= at session level is rewritten where it stands; without media of ours it stays. */
function rewriteSessionConnection(
  { connection }: SessionDescription,
  local: LocalMedia | null,
  options: MediaOptions,
): Connection | null {
  if (connection === null || local === null) return connection;
  const held = isZeroAddress(connection.address) && !options.replace.has('zero-address');
  return { family: local.family, address: held ? zeroAddress(local.family) : local.address };
}

function rewriteSession(
  { lines }: SessionDescription,
  negotiated: Negotiated,
  connection: Connection | null,
  options: MediaOptions,
  instanceId: string,
): SdpLine[] {
  // Raw media may be DTLS between the two ends, with its fingerprint at session level.
  const keepsDtls = negotiated.media.some(({ kind }) => kind === 'raw');
  const rewritten: SdpLine[] = [];
  for (const line of lines) {
    if (isNeverPassed(line) || (isDtls(line) && !keepsDtls) || isOwnMark(line, instanceId)) continue;
    rewritten.push(line.type === 'c' && connection !== null ? printConnection(connection) : line);
  }
  if (options.loopProtect) rewritten.push(loopMark(instanceId));
  return rewritten;
}

/** `generate-mid`: a name for each section without one, that no other section has. */
function newMids({ media }: SessionDescription): readonly (string | null)[] {
  const taken = new Set(media.map(({ lines }) => findMid(lines)));
  return media.map((section, index) => newMid(section, index, taken));
}

function newMid({ lines }: MediaDescription, index: number, taken: Set<string | null>): string | null {
  if (findMid(lines) !== null) return null;
  let number = index + 1;
  while (taken.has(`${number}`)) number++;
  taken.add(`${number}`);
  return `${number}`;
}
