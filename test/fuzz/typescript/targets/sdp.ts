import { parseSessionDescription } from '../../../../src/sdp/parse.js';
import { serializeSessionDescription } from '../../../../src/sdp/serialize.js';
import { assertNoKey } from '../keys.js';
import { check, type FuzzTarget } from '../target.js';
import { sdpVectors } from '../vectors.js';

export const SDP_WORDS = [
  '\r\n',
  '\n',
  '\0',
  'v=0\r\n',
  'm=audio 4000 RTP/SAVP 0\r\n',
  'm=video 0 RTP/AVP 96\r\n',
  'm=audio 99999 RTP/AVP 0\r\n',
  'm=image 4000 udptl t38\r\n',
  'c=IN IP4 0.0.0.0\r\n',
  'c=IN IP6 ::1\r\n',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n',
  'a=crypto:4294967297 AEAD_AES_256_GCM inline:',
  'A=crypto:1 x\r\n',
  '|2^31|1:4',
  'a=rtcp-mux\r\n',
  'a=rtcp:65536\r\n',
  'a=inactive\r\n',
  'a=group:BUNDLE 0 1\r\n',
  ' ',
  '=',
];

/** Reading never throws, every line of what is accepted stays what it was, and no text about a refusal holds a key. */
export function sdpTarget(): FuzzTarget {
  return {
    name: 'sdp',
    seeds: sdpVectors(),
    words: SDP_WORDS,
    run: (input) => {
      const text = input.toString('latin1');
      const parsed = parseSessionDescription(text);
      if (!parsed.ok) {
        assertNoKey(text, JSON.stringify(parsed.error));
        return;
      }
      const printed = serializeSessionDescription(parsed.value);
      check(printed === normalised(text), 'the lines are what they were');
      const again = parseSessionDescription(printed);
      check(again.ok && serializeSessionDescription(again.value) === printed, 'what was printed reads back the same');
    },
  };
}

/** With CRLF everywhere, without empty lines and byte order mark: the only liberties that a reader may take. */
function normalised(text: string): string {
  const lines = text.replace(/^\u00ef\u00bb\u00bf/, '').split(/\r\n|\n|\r/);
  return lines
    .filter((line) => line !== '')
    .map((line) => `${line}\r\n`)
    .join('');
}
