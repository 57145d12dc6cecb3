import type { EndpointLearning, ReplaceOption, RtcpMuxOption, RtpTransport } from '../../negotiation/media-options.js';
import { rowsOf, type FlagRow } from './flag-row.js';
import { texts, word } from './read-value.js';
import { withItem } from './request-draft.js';

const replace = rowsOf('replace');

export const REPLACE_ROWS: readonly FlagRow[] = [
  replaceRow('origin', 'Write our address into the `o=` line.'),
  replaceRow('origin-full', 'Write our own `o=` line whole.'),
  replaceRow('username', 'Keep the user name in `o=` the same in all bodies that one party gets.'),
  replaceRow('session-name', 'Keep the `s=` line the same in all bodies that one party gets.'),
  replaceRow('sdp-version', 'Raise the version in `o=` when what we send changed, and only then.'),
  replaceRow('force-increment-sdp-ver', 'Raise the version in `o=` each time.', ['force-increment-sdp-version']),
  replaceRow('zero-address', 'Replace `0.0.0.0` (the old way to hold) by our address.'),
  replace.ignored(
    'session-connection',
    'Rewrite the session-level `c=` line.',
    'it is always rewritten, where it stands',
  ),
];

function replaceRow(option: ReplaceOption, description: string, also: readonly string[] = []): FlagRow {
  return replace.supported(
    option,
    'options.replace',
    description,
    word((draft) => (draft.options.replace = withItem(draft.options.replace, option))),
    { also },
  );
}

const osrtp = rowsOf('OSRTP');

export const OSRTP_ROWS: readonly FlagRow[] = [
  osrtp.supported(
    'offer',
    'options.osrtp.offer',
    'Add our `a=crypto` lines to a plain offer (RFC 8643).',
    word((draft) => (draft.options.osrtp.offer = true)),
    { also: ['offer-RFC'] },
  ),
  osrtp.supported(
    'accept',
    'options.osrtp.accept',
    'Answer an opportunistic offer (RFC 8643, or the older form with doubled media lines) as secure.',
    word((draft) => (draft.options.osrtp.accept = true)),
    { also: ['accept-RFC', 'accept-legacy'] },
  ),
  osrtp.warned(
    'offer-legacy',
    'Offer each media line twice, plain and secure.',
    'phones that answer both lines break; use OSRTP=offer',
  ),
];

const rtcpMux = rowsOf('rtcp-mux');

export const RTCP_MUX_ROWS: readonly FlagRow[] = [
  muxRow('offer', 'Offer rtcp-mux (RFC 5761) whether or not the offerer did.'),
  muxRow('require', 'Offer rtcp-mux and open no port for RTCP.'),
  muxRow('demux', 'Accept it from the offerer, and do not offer it on.'),
  muxRow('accept', 'Accept it from the offerer, and offer it on when it was offered.'),
  muxRow('reject', 'Do not accept it from the offerer.'),
];

function muxRow(option: RtcpMuxOption, description: string): FlagRow {
  return rtcpMux.supported(
    option,
    'options.rtcpMux',
    description,
    word((draft) => (draft.options.rtcpMux = withItem(draft.options.rtcpMux, option))),
  );
}

const transport = rowsOf('transport-protocol');
const NO_DTLS = 'DTLS-SRTP is not offered here; use RTP/SAVP with SDES';

export const TRANSPORT_ROWS: readonly FlagRow[] = [
  transportRow('RTP/AVP', 'Plain RTP (RFC 3551).'),
  transportRow('RTP/SAVP', 'SRTP (RFC 3711).'),
  transportRow('RTP/AVPF', 'Plain RTP with early feedback (RFC 4585).'),
  transportRow('RTP/SAVPF', 'SRTP with early feedback (RFC 5124).'),
  transport.ignored(
    'accept',
    'Pass on the protocol of an answer that differs from the offer.',
    'the offerer is always answered with the protocol it offered',
  ),
  transport.refused('UDP/TLS/RTP/SAVP', 'SRTP keyed by DTLS (RFC 5764).', NO_DTLS),
  transport.refused('UDP/TLS/RTP/SAVPF', 'SRTP keyed by DTLS, with early feedback.', NO_DTLS),
];

function transportRow(protocol: RtpTransport, description: string): FlagRow {
  return transport.supported(
    protocol,
    'options.transportProtocol',
    description,
    word((draft) => (draft.options.transportProtocol = protocol)),
  );
}

const learning = rowsOf('endpoint-learning');

export const LEARNING_ROWS: readonly FlagRow[] = [
  learningRow('off', 'Send to the address in the SDP, whatever arrives.'),
  learningRow('immediate', 'Take the source of the first packet.'),
  learningRow('delayed', 'Take the source of the first packet after a short wait.'),
  learningRow('heuristic', 'Rank the sources seen in a short window by how well they match the SDP; the default.'),
];

function learningRow(mode: EndpointLearning, description: string): FlagRow {
  return learning.supported(
    mode,
    'options.endpointLearning',
    description,
    word((draft) => (draft.options.endpointLearning = mode)),
  );
}

const ice = rowsOf('ICE');
const NO_ICE = 'this relay is a fixed address; ICE attributes are removed and none are written';

export const ICE_ROWS: readonly FlagRow[] = [
  ice.supported(
    'remove',
    'options.iceRemove',
    'Remove ICE attributes. This is also the default whenever media is anchored.',
    word((draft) => (draft.options.iceRemove = true)),
  ),
  ice.ignored('default', 'Keep ICE where there was ICE.', NO_ICE),
  ice.warned('force', 'Become the only ICE candidate.', NO_ICE),
  ice.warned('force-relay', 'Become a relay candidate, leave the others.', NO_ICE, { also: ['force_relay'] }),
  ice.warned('optional', 'Become a candidate beside the others.', NO_ICE),
];

const dtls = rowsOf('DTLS');

export const DTLS_ROWS: readonly FlagRow[] = [
  dtls.ignored('off', 'Neither offer nor accept DTLS-SRTP.', 'it never is', { also: ['no', 'disable'] }),
  dtls.ignored('passive', 'Take the passive role.', 'DTLS-SRTP is not offered here'),
  dtls.ignored('active', 'Take the active role.', 'DTLS-SRTP is not offered here'),
];

const codec = rowsOf('codec');
const NO_TRANSCODING = 'payloads pass bit-exact, nothing is transcoded';

export const CODEC_ROWS: readonly FlagRow[] = [
  codec.supported(
    'strip',
    'options.codecStrip',
    'Remove these codecs from the body (`all` removes all but those under offer and except).',
    texts((draft, names) => (draft.options.codecStrip = [...draft.options.codecStrip, ...names])),
    { takes: 'NAME' },
  ),
  codec.supported(
    'offer',
    'options.codecOffer',
    'Keep these codecs, in this order, although strip=all is given.',
    texts((draft, names) => (draft.options.codecOffer = [...draft.options.codecOffer, ...names])),
    { takes: 'NAME' },
  ),
  codec.supported(
    'except',
    'options.codecExcept',
    'Keep these codecs although strip=all is given.',
    texts((draft, names) => (draft.options.codecExcept = [...draft.options.codecExcept, ...names])),
    { takes: 'NAME' },
  ),
  ...['transcode', 'mask', 'consume', 'accept', 'set'].map((name) =>
    codec.warned(name, 'Transcoding.', NO_TRANSCODING, { takes: 'NAME' }),
  ),
];

const t38 = rowsOf('T.38');
const NO_GATEWAY = 'fax passes through as it is, there is no T.38 gateway';

export const T38_ROWS: readonly FlagRow[] = [
  t38.warned('decode', 'Turn T.38 into audio.', NO_GATEWAY),
  t38.warned('force', 'Turn audio into T.38.', NO_GATEWAY),
  t38.ignored('stop', 'End a T.38 gateway.', 'there never is one'),
  ...['no-ECM', 'no-V.17', 'no-V.27ter', 'no-V.29', 'no-V.34', 'no-IAF', 'FEC'].map((name) =>
    t38.ignored(name, 'Option of a T.38 gateway.', NO_GATEWAY),
  ),
];

const supports = rowsOf('supports');

export const SUPPORTS_ROWS: readonly FlagRow[] = [
  supports.supported(
    'load limit',
    'request.loadLimit',
    'A full or draining node answers an offer with `result: load limit` instead of an error.',
    word((draft) => (draft.loadLimit = true)),
  ),
];
