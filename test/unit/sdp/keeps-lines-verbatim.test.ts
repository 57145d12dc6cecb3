import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstMediaFamily } from '../../../src/sdp/session-description.js';
import { parse, rewrite } from './support.js';

const body = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.1',
  's= ',
  'x=unknown types pass',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'a=odd : attribute',
  'm=audio 49170 RTP/AVP 0',
  'i=Grüße aus Köln',
  'a=sendrecv ',
  'm=video 0 RTP/AVP 31',
];
const crlf = body.map((line) => `${line}\r\n`).join('');

describe('the editor of session descriptions', () => {
  it.each([
    ['CRLF', crlf],
    ['LF alone', body.join('\n') + '\n'],
    ['CR alone', body.join('\r') + '\r'],
    ['no final line end', body.join('\r\n')],
    ['empty lines between and after', body.join('\r\n\r\n') + '\r\n\r\n\n'],
    ['a byte order mark', `\ufeff${crlf}`],
    ['a byte order mark read as Latin-1', `\u00ef\u00bb\u00bf${crlf}`],
    ['a doubled CR', body.join('\r\r\n') + '\r\r\n'],
  ])('reads a body with %s and writes it with CRLF', (_, text) => {
    expect(rewrite(text)).toBe(crlf);
  });

  it('takes an end of line inside a value for an end of line, so that no reader sees another line than we do', () => {
    const text = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\rm=audio 1 RTP/AVP 0\r\n';
    expect(parse(text).media).toHaveLength(1);
  });

  it('gives every line its number in the received text', () => {
    expect(parse('v=0\n\ns=-\nm=audio 0 RTP/AVP 0\na=x\n').media[0]?.lines[0]?.number).toBe(5);
  });

  it('tells the family of the first media in use', () => {
    const head = 'v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\n';
    const ip6 = 'c=IN IP6 2001:db8::1\n';
    expect(firstMediaFamily(parse(`${head}m=audio 0 RTP/AVP 0\nc=IN IP4 192.0.2.1\nm=audio 4 RTP/AVP 0\n${ip6}`))).toBe(
      'IP6',
    );
    expect(firstMediaFamily(parse(`${head}${ip6}`))).toBe('IP6');
    expect(firstMediaFamily(parse(head))).toBeNull();
  });

  it('prints any body exactly as it read it', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[\r\n\0]/g, ''));
    const line = fc
      .tuple(fc.constantFrom('a', 'b', 'e', 'i', 'k', 'r', 's', 'u', 'z'), value)
      .map(([type, text]) => `${type}=${text}`);
    const section = fc
      .tuple(fc.integer({ min: 0, max: 65_535 }), fc.array(line, { maxLength: 8 }))
      .map(([port, lines]) => [`m=audio ${port} RTP/AVP 0`, ...lines]);
    const bodies = fc.tuple(fc.array(line, { maxLength: 8 }), fc.array(section, { maxLength: 4 }));
    fc.assert(
      fc.property(bodies, ([session, sections]) => {
        const text = ['v=0', ...session, ...sections.flat()].map((one) => `${one}\r\n`).join('');
        expect(rewrite(text)).toBe(text);
        expect(rewrite(rewrite(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('answers any text with a description or a reason, and never throws', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }).map((text) => `v=0\r\nm=${text}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(() => {
          try {
            rewrite(text);
          } catch (error) {
            expect((error as Error).message).toContain('expected');
          }
        }).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});
