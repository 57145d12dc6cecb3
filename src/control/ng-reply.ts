import { errorText, type AnchorError } from '../shared/errors.js';
import type { CallReport } from '../session/reports.js';
import { encodePayload, type NgEncoding } from './ng-message.js';
import { toOctets, type NgDictionary, type NgValue } from './ng-value.js';
import { callDictionary } from './report-dictionary.js';

export type NgReply =
  | { readonly kind: 'pong' }
  | { readonly kind: 'ok'; readonly warnings: readonly string[] }
  | { readonly kind: 'sdp'; readonly sdp: string; readonly warnings: readonly string[] }
  | { readonly kind: 'report'; readonly report: CallReport }
  | { readonly kind: 'calls'; readonly callIds: readonly string[] }
  | { readonly kind: 'statistics'; readonly statistics: NgDictionary }
  | { readonly kind: 'load limit'; readonly error: AnchorError }
  | { readonly kind: 'error'; readonly error: AnchorError };

/** Octets of a UDP payload over IPv4 (65,535 - 20 - 8), which is also under the 64 KiB that proxies read. */
export const MAX_DATAGRAM = 65_507;

/** Warnings are for people; more than this helps nobody. */
const MAX_WARNING = 1024;
const MAX_ERROR = 4096;

export const PONG: NgReply = { kind: 'pong' };

export function okReply(warnings: readonly string[] = []): NgReply {
  return { kind: 'ok', warnings };
}

export function errorReply(error: AnchorError): NgReply {
  return { kind: 'error', error };
}

export function toDictionary(reply: NgReply): NgDictionary {
  switch (reply.kind) {
    case 'pong':
      return result('pong');
    case 'ok':
      return result('ok', warningEntries(reply.warnings));
    case 'sdp':
      return result('ok', [['sdp', reply.sdp], ...warningEntries(reply.warnings)]);
    case 'report':
      return result('ok', [...callDictionary(reply.report)]);
    case 'calls':
      return result('ok', [['calls', [...reply.callIds]]]);
    case 'statistics':
      return result('ok', [['statistics', reply.statistics]]);
    case 'load limit':
      return result('load limit', [['message', errorText(reply.error)]]);
    case 'error':
      return result('error', [['error-reason', toOctets(errorText(reply.error)).slice(0, MAX_ERROR)]]);
  }
}

function result(word: string, entries: readonly (readonly [string, NgValue])[] = []): NgDictionary {
  return new Map<string, NgValue>([['result', word], ...entries]);
}

function warningEntries(warnings: readonly string[]): [string, NgValue][] {
  return warnings.length === 0 ? [] : [['warning', toOctets(warnings.join('; ')).slice(0, MAX_WARNING)]];
}

/**
 * The octets of a reply, at most `room` of them where it can be shortened: reports lose SSRC entries, then media, then
 * parties; lists lose call-ids; each says so in `warning`. null: it cannot be shortened and does not fit.
 */
export function encodeReply(reply: NgReply, encoding: NgEncoding, room: number): Buffer | null {
  const whole = encodePayload(toDictionary(reply), encoding);
  if (whole.length <= room) return whole;
  for (const shorter of shortened(reply)) {
    const octets = encodePayload(new Map([...toDictionary(shorter), ['warning', TRIMMED]]), encoding);
    if (octets.length <= room) return octets;
  }
  return null;
}

const TRIMMED = 'The reply was shortened to fit into a datagram';

function* shortened(reply: NgReply): Generator<NgReply> {
  if (reply.kind === 'report') for (const report of shorterReports(reply.report)) yield { kind: 'report', report };
  if (reply.kind === 'calls') for (const callIds of shorterLists(reply.callIds)) yield { kind: 'calls', callIds };
}

function* shorterReports(whole: CallReport): Generator<CallReport> {
  for (const ssrcs of shorterLists(whole.ssrcs)) yield { ...whole, ssrcs };
  const parties = whole.parties.map((party) => ({ ...party, medias: [] }));
  const bare = { ...whole, ssrcs: [], parties, metadata: null };
  yield bare;
  for (const fewer of shorterLists(parties)) yield { ...bare, parties: fewer };
}

/** Half as many each time, down to none. */
function* shorterLists<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let kept = items.length >> 1; kept > 0; kept >>= 1) yield items.slice(0, kept);
  yield [];
}
