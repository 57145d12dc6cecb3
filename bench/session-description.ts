import { findCryptoSuite } from '../src/srtp/crypto-suite.js';
import type { PartyRequest, RelayedParty, SuiteKey } from './relayed-call.js';

/** The SDP of a phone with one PCMU stream. `tag` numbers its a=crypto line (RFC 4568 §9.1). */
export function writeSessionDescription(party: PartyRequest, tag: number): string {
  const { address, rtp, rtcp } = party.media;
  const profile = party.crypto === null ? 'RTP/AVP' : 'RTP/SAVP';
  const lines = [
    'v=0',
    `o=bench 1 1 IN IP4 ${address}`,
    's=bench',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${rtp} ${profile} 0`,
    'a=rtpmap:0 PCMU/8000',
    `a=rtcp:${rtcp}`,
    'a=sendrecv',
  ];
  if (party.crypto !== null) lines.push(`a=crypto:${tag} ${party.crypto.suite} inline:${party.crypto.keySalt}`);
  return lines.map((line) => `${line}\r\n`).join('');
}

/** What a relay's SDP tells the party that gets it; `suite` picks among several a=crypto lines, null = plain RTP. */
export function readRelayedParty(sdp: string, suite: string | null): RelayedParty & { readonly tag: number } {
  const address = capture(sdp, /^c=IN IP[46] (\S+)/m);
  const rtp = Number(capture(sdp, /^m=audio (\d+) /m));
  const rtcp = /^a=rtcp:(\d+)/m.exec(sdp)?.[1];
  const line = suite === null ? null : findCryptoLine(sdp, suite);
  return {
    relay: { address, rtp, rtcp: rtcp === undefined ? rtp + 1 : Number(rtcp) },
    crypto: line?.crypto ?? null,
    tag: line?.tag ?? 1,
  };
}

function findCryptoLine(sdp: string, suite: string): { readonly tag: number; readonly crypto: SuiteKey } {
  for (const [, tag = '', name = '', keySalt = ''] of sdp.matchAll(
    /^a=crypto:(\d+) (\S+) inline:([A-Za-z0-9+/=]+)/gm,
  )) {
    const row = findCryptoSuite(name);
    if (row?.name === suite) return { tag: Number(tag), crypto: { suite: row.name, keySalt } };
  }
  throw new Error(`the relay offered no a=crypto with ${suite}`);
}

function capture(sdp: string, pattern: RegExp): string {
  const found = pattern.exec(sdp)?.[1];
  if (found === undefined) throw new Error(`no ${String(pattern)} in the relay's SDP`);
  return found;
}
