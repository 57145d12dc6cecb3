import type { CryptoSuiteName } from '../srtp/crypto-suite.js';

/** Protocol field of an RTP m= line (RFC 3551, 3711, 4585, 5124). */
export type RtpTransport = 'RTP/AVP' | 'RTP/SAVP' | 'RTP/AVPF' | 'RTP/SAVPF';

/** What the proxy asked for in the `SDES` list. Empty lists and sets mean "nothing was said". */
export interface SdesOptions {
  /** `off`: never offer SDES toward the other side. */
  readonly off: boolean;
  /** `no-SUITE`. */
  readonly excluded: ReadonlySet<CryptoSuiteName>;
  /** `only-SUITE`; empty = all that the policy allows. */
  readonly only: ReadonlySet<CryptoSuiteName>;
  /** `nonew`: pass on only the suites that the other side offered, add none. */
  readonly noNew: boolean;
  /** `order:A;B`: these first, in this order, in what we offer. */
  readonly order: readonly CryptoSuiteName[];
  /** `offerer_pref:A;B`: which suite we pick from the offerer's lines. */
  readonly offererPreference: readonly CryptoSuiteName[];
  /** `pad`: keep the base64 padding in what we write. */
  readonly pad: boolean;
  /** `lifetime`: write `|2^31`. */
  readonly lifetime: boolean;
  /** `static`: keep the answerer-side choice on re-offers. */
  readonly static: boolean;
  /** `prefer`: when a line could be answered as secure or plain, secure. */
  readonly prefer: boolean;
  readonly unencryptedSrtp: boolean;
  readonly unencryptedSrtcp: boolean;
  readonly unauthenticatedSrtp: boolean;
}

export type RtcpMuxOption = 'offer' | 'require' | 'demux' | 'accept' | 'reject';

export type ReplaceOption =
  'origin' | 'origin-full' | 'username' | 'session-name' | 'sdp-version' | 'force-increment-sdp-ver' | 'zero-address';

export type EndpointLearning = 'off' | 'immediate' | 'delayed' | 'heuristic';

export interface IpAddress {
  readonly family: 'IP4' | 'IP6';
  readonly address: string;
}

/**
 * Everything about relaying and rewriting that one offer or answer may ask for. `control/ng-flags.ts` fills it from
 * wire names; `null` = not said, the default applies.
 */
export interface MediaOptions {
  /** Protocol of the SDP that goes out. */
  readonly transportProtocol: RtpTransport | null;
  readonly sdes: SdesOptions;
  readonly osrtp: { readonly offer: boolean; readonly accept: boolean };
  readonly rtcpMux: ReadonlySet<RtcpMuxOption>;
  /** `full`: always write `a=rtcp:`; `none`: never; `auto`: when RTCP is not at RTP + 1. */
  readonly rtcpAttribute: 'auto' | 'full' | 'none';
  readonly replace: ReadonlySet<ReplaceOption>;
  /** Family of the SDP that goes out. */
  readonly addressFamily: 'IP4' | 'IP6' | null;
  /** Written instead of our own address into the SDP that goes out; media itself is not affected. */
  readonly mediaAddress: IpAddress | null;
  /** Where the signalling came from; used as the media address only with `sipSourceAddress`. */
  readonly receivedFrom: IpAddress | null;
  readonly sipSourceAddress: boolean;
  readonly endpointLearning: EndpointLearning | null;
  /** `asymmetric`: send to and accept from the signalled address only. */
  readonly asymmetric: boolean;
  readonly strictSource: boolean;
  readonly mediaHandover: boolean;
  readonly loopProtect: boolean;
  readonly originalSendrecv: boolean;
  readonly generateMid: boolean;
  /** Logical interface facing the sender of this SDP, and facing the one it goes to. */
  readonly fromInterface: string | null;
  readonly toInterface: string | null;
  readonly codecStrip: readonly string[];
  readonly codecOffer: readonly string[];
  readonly codecExcept: readonly string[];
  /** Milliseconds, RFC 8866 §6.4. */
  readonly packetTime: number | null;
  /** `ICE=remove` is also the default when we anchor; true only records that it was asked for. */
  readonly iceRemove: boolean;
  /** `TOS`: IPv4 TOS / IPv6 traffic class octet, 0–255. */
  readonly trafficClass: number | null;
  /** `delete-delay` of offers and answers: what a later delete uses when it says nothing. Seconds. */
  readonly deleteDelaySeconds: number | null;
  readonly label: string | null;
  readonly setLabel: string | null;
  readonly metadata: string | null;
  /** `new-branch`: a second to-tag on the same via-branch is a branch of its own, not an alias. */
  readonly newBranch: boolean;
  /** Configured trunk profiles (policy by far end) of the sender of this SDP, and of the one it goes to. */
  readonly fromProfile: string | null;
  readonly toProfile: string | null;
}

/** What was not said: one of each for all requests. */
const NO_SUITE_SET: ReadonlySet<CryptoSuiteName> = new Set();
const NO_SUITES: readonly CryptoSuiteName[] = [];
const NO_RTCP_MUX: ReadonlySet<RtcpMuxOption> = new Set();
const NO_REPLACE: ReadonlySet<ReplaceOption> = new Set();
const NO_CODECS: readonly string[] = [];

/** A literal each time, which is copied in one go; a spread copies field by field. */
function newSdesOptions(): SdesOptions {
  return {
    off: false,
    excluded: NO_SUITE_SET,
    only: NO_SUITE_SET,
    noNew: false,
    order: NO_SUITES,
    offererPreference: NO_SUITES,
    pad: false,
    lifetime: false,
    static: false,
    prefer: false,
    unencryptedSrtp: false,
    unencryptedSrtcp: false,
    unauthenticatedSrtp: false,
  };
}

export function newMediaOptions(): MediaOptions {
  return {
    transportProtocol: null,
    sdes: newSdesOptions(),
    osrtp: { offer: false, accept: false },
    rtcpMux: NO_RTCP_MUX,
    rtcpAttribute: 'auto',
    replace: NO_REPLACE,
    addressFamily: null,
    mediaAddress: null,
    receivedFrom: null,
    sipSourceAddress: false,
    endpointLearning: null,
    asymmetric: false,
    strictSource: false,
    mediaHandover: false,
    loopProtect: false,
    originalSendrecv: false,
    generateMid: false,
    fromInterface: null,
    toInterface: null,
    codecStrip: NO_CODECS,
    codecOffer: NO_CODECS,
    codecExcept: NO_CODECS,
    packetTime: null,
    iceRemove: false,
    trafficClass: null,
    deleteDelaySeconds: null,
    label: null,
    setLabel: null,
    metadata: null,
    newBranch: false,
    fromProfile: null,
    toProfile: null,
  };
}

export const DEFAULT_SDES_OPTIONS: SdesOptions = Object.freeze(newSdesOptions());
export const DEFAULT_MEDIA_OPTIONS: MediaOptions = Object.freeze({ ...newMediaOptions(), sdes: DEFAULT_SDES_OPTIONS });
