import { describe, expect, it } from 'vitest';
import { isNeverPassed } from '../../../src/negotiation/strip-lines.js';
import { parseSessionDescription } from '../../../src/sdp/parse.js';

const HEAD = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n';

function read(line: string): ReturnType<typeof parseSessionDescription> {
  return parseSessionDescription(`${HEAD}m=audio 4000 RTP/AVP 0\r\n${line}\r\n`);
}

/** Whether the line stays behind; an SDP that holds it and is refused passes nothing at all. */
function staysBehind(line: string): boolean {
  const description = read(line);
  if (!description.ok) throw new Error(`refused: ${line}`);
  return description.value.media.flatMap(({ lines }) => lines).some(isNeverPassed);
}

describe('a line with a key', () => {
  it.each([
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA',
    'a=CRYPTO:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA',
    'a=Crypto:1 AES_CM_128_HMAC_SHA1_80 inLine :AAAA',
    'a= crypto:1 AES_CM_128_HMAC_SHA1_80 INLINE:AAAA',
    'a=crypto :1 AES_CM_128_HMAC_SHA1_80 AAAA',
    'a=crypto',
    'a=x-crypto:1 AES_CM_128_HMAC_SHA1_80 Inline:AAAA',
    'k=base64:AAAA',
  ])('never passes, however it is spelt: %s', (line) => {
    expect(staysBehind(line)).toBe(true);
  });

  it.each(['A=crypto:1 X inline:AAAA', ' a=crypto:1 X inline:AAAA', 'a =crypto:1 X inline:AAAA'])(
    'that is no line of SDP refuses the whole: %s',
    (line) => {
      expect(read(line).ok).toBe(false);
    },
  );

  it('is not seen in what a user wrote for people: i= passes as it is', () => {
    expect(staysBehind('i=say inline: and no more')).toBe(false);
  });
});
