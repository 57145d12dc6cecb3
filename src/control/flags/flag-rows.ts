import { rowsOf, type FlagRow } from './flag-row.js';
import { word } from './read-value.js';
import type { OptionDraft, RequestDraft } from './request-draft.js';

const { supported, ignored, warned, refused } = rowsOf('flags');

type BooleanOption = { [Key in keyof OptionDraft]: OptionDraft[Key] extends boolean ? Key : never }[keyof OptionDraft];

/** A flag that sets one option to true, or to false when it says the opposite. */
function option(name: string, key: BooleanOption, value: boolean, description: string): FlagRow {
  return supported(
    name,
    `options.${key}`,
    description,
    word((draft) => (draft.options[key] = value)),
  );
}

function words(draft: RequestDraft): { secure: boolean; feedback: boolean } {
  draft.transportWords ??= { secure: false, feedback: false };
  return draft.transportWords;
}

function transportWord(name: string, description: string, set: (draft: RequestDraft) => void): FlagRow {
  return supported(name, 'options.transportProtocol', description, word(set));
}

function transportPath(name: 'RTP/AVP' | 'RTP/SAVP' | 'RTP/AVPF' | 'RTP/SAVPF'): FlagRow {
  return transportWord(name, `The same as transport-protocol=${name}.`, (draft) => {
    draft.options.transportProtocol = name;
  });
}

const NO_DTLS = 'DTLS-SRTP is not offered here; use RTP/SAVP with SDES';
const NO_TRANSCODING = 'payloads pass bit-exact, nothing is transcoded';
const NO_RECORDING = 'media is relayed, never recorded';
const NO_ICE = 'this relay is a fixed address; ICE attributes are removed and none are written';

const MEDIA_FLAGS: readonly FlagRow[] = [
  option('trust-address', 'sipSourceAddress', false, 'Media goes to the address in the SDP; the default.'),
  option('SIP-source-address', 'sipSourceAddress', true, 'Media goes to the address the signalling came from.'),
  option(
    'asymmetric',
    'asymmetric',
    true,
    'The sender does not receive where it sends from: do not learn its address.',
  ),
  option('strict-source', 'strictSource', true, 'Drop packets from any other source once the address is known.'),
  option('media-handover', 'mediaHandover', true, 'Follow the sender to a new address at any time.'),
  option(
    'loop-protect',
    'loopProtect',
    true,
    'Mark the body, and pass on unchanged a body that carries our mark already.',
  ),
  option('original-sendrecv', 'originalSendrecv', true, 'Leave the direction attributes as they are.'),
  option('generate-mid', 'generateMid', true, 'Add `a=mid` where there is none.'),
  option('new-branch', 'newBranch', true, 'A second to-tag on one via-branch is a branch of its own.'),
  option('reject-ICE', 'iceRemove', true, 'Remove ICE attributes; the default.'),
  supported(
    'full-rtcp-attribute',
    'options.rtcpAttribute',
    'Always write `a=rtcp:`, with the address.',
    word((draft) => (draft.options.rtcpAttribute = 'full')),
  ),
  supported(
    'no-rtcp-attribute',
    'options.rtcpAttribute',
    'Never write `a=rtcp:`.',
    word((draft) => (draft.options.rtcpAttribute = 'none')),
  ),
  supported(
    'pad-crypto',
    'options.sdes.pad',
    'The same as SDES-pad.',
    word((draft) => (draft.options.sdes.pad = true)),
  ),
  supported(
    'internal',
    'options.fromInterface, options.toInterface',
    'The interface of that name; the first one given faces the sender, the second one the receiver.',
    (_draft, _value, walker) => walker.items('flags', 'direction=internal'),
  ),
  supported('external', 'options.fromInterface, options.toInterface', 'As internal.', (_draft, _value, walker) =>
    walker.items('flags', 'direction=external'),
  ),
];

const TRANSPORT_FLAGS: readonly FlagRow[] = [
  transportPath('RTP/AVP'),
  transportPath('RTP/SAVP'),
  transportPath('RTP/AVPF'),
  transportPath('RTP/SAVPF'),
  transportWord('RTP', 'Plain RTP; with AVPF, with feedback.', (draft) => (words(draft).secure = false)),
  transportWord('SRTP', 'SRTP; with AVPF, with feedback.', (draft) => (words(draft).secure = true)),
  transportWord('AVP', 'Without early feedback.', (draft) => (words(draft).feedback = false)),
  transportWord('AVPF', 'With early feedback (RFC 4585).', (draft) => (words(draft).feedback = true)),
  refused('DTLS', 'SRTP keyed by DTLS.', NO_DTLS),
  refused('UDP/TLS/RTP/SAVP', 'The same as transport-protocol=UDP/TLS/RTP/SAVP.', NO_DTLS),
  refused('UDP/TLS/RTP/SAVPF', 'The same as transport-protocol=UDP/TLS/RTP/SAVPF.', NO_DTLS),
  refused('WebRTC', 'Everything that a browser needs.', 'needs ICE and DTLS-SRTP, which are not offered here'),
];

const COMMAND_FLAGS: readonly FlagRow[] = [
  supported(
    'to-tag',
    'request.selectByToTag',
    'delete: the to-tag selects the party instead of the from-tag.',
    word((draft) => (draft.selectByToTag = true)),
  ),
  supported(
    'fatal',
    'request.fatal',
    'delete: an unknown call is an error instead of a warning.',
    word((draft) => (draft.fatal = true)),
  ),
  supported(
    'fast',
    'request.fast',
    'delete: no statistics in the reply.',
    word((draft) => (draft.fast = true)),
  ),
  supported(
    'all',
    'request.all',
    'unblock media, unblock DTMF: every party, whatever tag is given.',
    word((draft) => (draft.all = true)),
  ),
  ignored(
    'directional',
    'block media, block DTMF: only what the from-tag sends.',
    'a from-tag alone says that already',
  ),
];

const NO_EFFECT_FLAGS: readonly FlagRow[] = [
  ignored('symmetric', 'The sender receives where it sends from.', 'this is the default'),
  ignored('recrypt', 'Decrypt and encrypt again between two SRTP sides.', 'this is always done'),
  ignored('port-latching', 'Keep our ports when the remote port changes.', 'a re-offer always keeps them'),
  ignored('no-port-latching', 'New ports when the remote port changes.', 'a re-offer always keeps our ports'),
  ignored('reset', 'Forget what was learned about the party.', 'each offer and answer starts a new round of learning'),
  ignored('provisional', 'This answer is not the final one.', 'of several answers the last one counts, final or not'),
  ignored('early-media', 'Media before the final answer.', 'media flows as soon as an answer names an address'),
  ignored('NAT-wait', 'Send nothing before something was received.', 'media is sent as soon as an address is known'),
  ignored('pierce-NAT', 'Send empty packets to open a NAT.', 'unasked packets to a signalled address invite abuse'),
  ignored('force', 'Ignore the marks of another relay.', 'no marks of others are looked for'),
  ignored('force-answer', 'Treat the message as an answer.', 'the proxy sends the command that it wants'),
  ignored('unidirectional', 'Hand one-way streams to the kernel module.', 'there is no kernel module'),
  ignored('no-redis-update', 'Do not store the call.', 'calls are not stored by request'),
  ignored('debug', 'Log this call in full.', 'the log level is set at run time by the operator', {
    also: ['debugging'],
  }),
  ignored('trickle-ICE', 'Offer trickle ICE.', NO_ICE),
  ignored('generate-RTCP', 'Make RTCP instead of passing it on.', 'RTCP passes from end to end'),
  ignored('RTCP-mirror', 'Option of subscriptions.', 'there are no subscriptions'),
  ignored('inactive', 'Option of subscriptions.', 'there are no subscriptions'),
  ignored('strip-extmap', 'Remove `a=extmap`.', 'header extensions pass as they are'),
  ignored('no-jitter-buffer', 'No jitter buffer.', 'there is none', { also: ['disable-jitter-buffer'] }),
  ignored('block-short', 'Drop short packets.', 'every authentic packet passes', { also: ['block-short-packets'] }),
  ...['single-codec', 'reuse-codecs', 'no-codec-renegotiation', 'allow-asymmetric-codecs', 'symmetric-codecs'].map(
    (name) => ignored(name, 'Choice and order of codecs during transcoding.', NO_TRANSCODING),
  ),
  ...['reorder-codecs', 'asymmetric-codecs'].map((name) =>
    ignored(name, 'Order of codecs during transcoding.', NO_TRANSCODING),
  ),
  ...['always-transcode', 'allow-transcoding', 'inject-DTMF', 'detect-DTMF', 'auto-bridge'].map((name) =>
    warned(name, 'Transcoding.', NO_TRANSCODING),
  ),
  ...['record-call', 'discard-recording', 'exclude-recording', 'recording-announcement'].map((name) =>
    warned(name, 'Recording.', NO_RECORDING),
  ),
];

export const FLAG_ROWS: readonly FlagRow[] = [...MEDIA_FLAGS, ...TRANSPORT_FLAGS, ...COMMAND_FLAGS, ...NO_EFFECT_FLAGS];
