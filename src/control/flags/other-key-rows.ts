import { textOf } from '../ng-value.js';
import { rowsOf, type FlagRow } from './flag-row.js';

const { ignored, warned, refused } = rowsOf('key');

const NO_TRANSCODING = 'payloads pass bit-exact, nothing is transcoded';
const NO_RECORDING = 'media is relayed, never recorded';

/** Keys of rtpengine that an SRTP anchor has no use for. */
export const KEYS_WITHOUT_EFFECT: readonly FlagRow[] = [
  ignored('sip-message-type', 'Request or reply.', 'the command says it', { takes: 'WORD' }),
  ignored('sip-code', 'Code of the SIP reply.', 'the command says what to do, whatever the code', {
    takes: 'N',
    also: ['sip-response-code'],
  }),
  ignored('xmlrpc-callback', 'Where to report a timeout.', 'timeouts are reported by the configured webhook', {
    takes: 'ADDRESS',
  }),
  ...['from-tags', 'SSRC', 'template', 'template-name'].map((name) =>
    ignored(name, 'Option of commands that are not offered.', 'see the commands', { takes: 'LIST', prefix: true }),
  ),
  ...['DTLS-reverse', 'DTLS-fingerprint', 'ICE-lite'].map((name) =>
    ignored(name, 'Option of DTLS or ICE.', 'neither is offered here', { takes: 'WORD', prefix: true }),
  ),
  ...['generate-RTCP', 'bundle', 'extmap', 'rtcp-feedback'].map((name) =>
    ignored(name, 'RTCP and header extensions.', 'they pass from end to end as they are', {
      takes: 'WORD',
      prefix: true,
    }),
  ),
  ...['ptime-reverse', 'repacketize', 'audio-player', 'delay-buffer', 'transcode'].map((name) =>
    warned(name, 'Transcoding.', NO_TRANSCODING, { takes: 'VALUE', prefix: name === 'transcode' }),
  ),
  ...['DTMF-security', 'DTMF-security-trigger', 'DTMF-security-trigger-end', 'DTMF-delay', 'DTMF-log-dest'].map(
    (name) => warned(name, 'Changing DTMF.', NO_TRANSCODING, { takes: 'VALUE' }),
  ),
  ...['trigger', 'trigger-end', 'trigger-end-time', 'trigger-end-digits', 'end-trigger', 'digit', 'code'].map((name) =>
    ignored(name, 'Changing DTMF.', NO_TRANSCODING, { takes: 'VALUE' }),
  ),
  ...['frequency', 'frequencies', 'volume', 'duration', 'pause'].map((name) =>
    ignored(name, 'Changing or playing DTMF.', NO_TRANSCODING, { takes: 'VALUE' }),
  ),
  ...['file', 'blob', 'db-id', 'repeat-times', 'repeat-duration', 'start-pos', 'moh'].map((name) =>
    ignored(name, 'Playing media.', 'nothing is played here', { takes: 'VALUE' }),
  ),
  unless(['off', 'no', '0'], warned('record-call', 'Recording.', NO_RECORDING, { takes: 'on|off' })),
  ...['output-destination', 'recording-file', 'recording-dir', 'recording-path', 'recording-pattern'].map((name) =>
    ignored(name, 'Recording.', NO_RECORDING, { takes: 'VALUE' }),
  ),
  ...['vsc-start-rec', 'vsc-stop-rec', 'vsc-pause-rec', 'vsc-start-stop-rec', 'vsc-pause-resume-rec'].map((name) =>
    ignored(name, 'Recording by DTMF.', NO_RECORDING, { takes: 'VALUE' }),
  ),
  ...['sdp-attr', 'sdp-media-remove'].map((name) =>
    warned(name, 'Editing other lines of the body.', 'only lines that concern relaying are edited', {
      takes: 'DICTIONARY',
      prefix: true,
    }),
  ),
  unless(
    ['stop'],
    refused('drop-traffic', 'Forwarding nothing.', 'not offered; use block media', { takes: 'start|stop' }),
  ),
  refused('media-echo', 'Sending media back to its sender.', 'not offered', { takes: 'WORD' }),
];

/** The row without its effect for values that ask for what is so anyway. */
function unless(harmless: readonly string[], row: FlagRow): FlagRow {
  return {
    ...row,
    apply: (draft, value, walker) => {
      if (!harmless.includes(textOf(value) ?? '')) row.apply(draft, value, walker);
    },
  };
}
