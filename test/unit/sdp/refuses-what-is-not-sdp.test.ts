import { describe, expect, it } from 'vitest';
import { SDP_LIMITS } from '../../../src/sdp/parse.js';
import { medianMilliseconds, parse, reasonAgainst, rewrite } from './support.js';

const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n';
const key = 'JPEaIxHegfuv53ykBPZk8hV0GO8kTiiqRMfHimEE';

describe('a body that is refused', () => {
  it.each([
    ['nothing', '', 'the body is empty; expected v=0'],
    [
      'other text',
      'INVITE sip:a SIP/2.0',
      'line 1: not a line of SDP; expected <one lower-case letter>=<value>, no space before =',
    ],
    [
      'another first line',
      'o=- 1 1 IN IP4 192.0.2.1\r\nv=0\r\n',
      'line 1: the body does not begin with v=0; expected v=0',
    ],
    ['another version', 'v=1\r\n', 'line 1: the body does not begin with v=0; expected v=0'],
    ['two descriptions in one', `${head}${head}`, 'line 6: a second v= line; expected one session description'],
    ['two origins', `${head}o=- 2 2 IN IP4 192.0.2.2\r\n`, 'line 6: a second o= line; expected one o= line'],
    ['a space before the equals sign', `${head}a =x\r\n`, 'line 6: not a line of SDP'],
    ['a capital letter', `${head}A=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}\r\n`, 'line 6: not a line of SDP'],
    ['a NUL octet', `${head}a=x\0y\r\n`, 'line 6: the line holds a NUL octet; expected text without NUL'],
    [
      'm= with two fields',
      `${head}m=audio 1\r\n`,
      'line 6: m= has 2 of at least 4 fields; expected m=<media> <port> <proto> <fmt> …',
    ],
    ['m= without a format', `${head}m=audio 1 RTP/AVP\r\n`, 'line 6: m=audio names no format; expected m='],
    [
      'a port that is a word',
      `${head}m=audio port RTP/AVP 0\r\n`,
      'line 6: the port of m=audio is not a number; expected m=',
    ],
    ['a negative port', `${head}m=audio -1 RTP/AVP 0\r\n`, 'line 6: the port of m=audio is not a number'],
    [
      'a port beyond 16 bits',
      `${head}m=audio 65536 RTP/AVP 0\r\n`,
      'line 6: m=audio: port 65536 is too large; expected a port of 0–65535',
    ],
    ['a port that is 1 modulo 2^32', `${head}m=audio 4294967297 RTP/AVP 0\r\n`, 'port 4294967297 is too large'],
    ['no port pair at all', `${head}m=audio 10/0 RTP/AVP 0\r\n`, 'line 6: m=audio: 0 port pairs do not fit'],
    ['more port pairs than there are ports', `${head}m=audio 65000/300 RTP/AVP 0\r\n`, '300 port pairs do not fit'],
    [
      'c= of another network',
      'v=0\r\nc=ATM NSAP 1\r\n',
      'line 2: c= is not an Internet address; expected c=IN IP4 <address> or c=IN IP6 <address>',
    ],
    ['c= without an address', `${head}m=audio 1 RTP/AVP 0\r\nc=IN IP4\r\n`, 'line 7: c= is not an Internet address'],
  ])('%s: line number, problem, what would be right', (_, text, reason) => {
    expect(reasonAgainst(text)).toContain(reason);
  });

  it('repeats nothing of the body that may be a key', () => {
    const broken = [
      `crypto:1 inline:${key}`,
      `m=${key} ${key} ${key}`,
      `m=audio ${key} RTP/SAVP 0`,
      `m=audio 1 RTP/AVP 0\r\nc=${key}`,
      `A=crypto:1 X inline:${key}`,
    ];
    for (const line of broken) expect(reasonAgainst(`${head}${line}\r\n`)).not.toContain(key);
  });

  it('tolerates a disabled line without formats', () => {
    expect(rewrite(`${head}m=video 0 RTP/AVP\r\n`)).toContain('m=video 0 RTP/AVP\r\n');
  });
});

describe('bounds', () => {
  const attribute = (index: number): string => `a=x-attribute-${index}:value\r\n`;
  const many = (count: number): string => Array.from({ length: count }, (_, index) => attribute(index)).join('');

  it.each([
    [
      'characters',
      `${head}${'a=x\r\n'.repeat(SDP_LIMITS.characters / 4)}`,
      /the body has [0-9]+ characters; expected at most 524288/,
    ],
    ['lines', `${head}${'a=x\r\n'.repeat(SDP_LIMITS.lines)}`, /too many lines; expected at most 16384/],
    [
      'characters in a line',
      `${head}a=${'x'.repeat(65_536)}\r\n`,
      /line 6: the line has 65538 characters; expected at most 16384/,
    ],
    ['m= lines', `${head}${'m=audio 1 RTP/AVP 0\r\n'.repeat(1_000)}`, /1000 m= lines; expected at most 256/],
  ])('refuses too many %s, and says how many it takes', (_, text, reason) => {
    expect(reasonAgainst(text)).toMatch(reason);
  });

  it('takes what lies on the bounds', () => {
    expect(parse(`${head}a=${'x'.repeat(SDP_LIMITS.lineCharacters - 2)}\r\n`).lines).toHaveLength(6);
    expect(parse(`${head}${'m=audio 1 RTP/AVP 0\r\n'.repeat(SDP_LIMITS.mediaDescriptions)}`).media).toHaveLength(256);
    expect(parse(`${head}${'a=x\r\n'.repeat(SDP_LIMITS.lines - 5)}`).lines).toHaveLength(SDP_LIMITS.lines);
  });

  it.each([
    ['1 MB', () => `${head}${many(40_000)}`],
    ['10,000 attributes', () => `${head}m=audio 1 RTP/AVP 0\r\n${many(10_000)}`],
    ['a line of 64 kB', () => `${head}a=${'x'.repeat(65_536)}\r\n`],
    ['1,000 m= lines', () => `${head}${'m=audio 1 RTP/AVP 0\r\n'.repeat(1_000)}`],
    ['300,000 empty lines', () => `${head}${'\r\n'.repeat(250_000)}`],
    ['NUL octets', () => `${head}${'\0'.repeat(500_000)}`],
    ['spaces in m=', () => `${head}m=audio${' '.repeat(16_000)}1`],
    ['colons in c=', () => `${head}m=audio 1 RTP/AVP 0\r\nc=IN IP6 ${':'.repeat(16_000)}`],
  ])('reads or refuses %s within 50 ms', (_, make) => {
    const text = make();
    const work = (): void => {
      try {
        rewrite(text);
      } catch {
        // A refusal is an answer too.
      }
    };
    expect(medianMilliseconds(work)).toBeLessThan(50);
  });
});
