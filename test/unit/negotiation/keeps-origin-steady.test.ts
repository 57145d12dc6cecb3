import { describe, expect, it } from 'vitest';
import type { ReplaceOption } from '../../../src/negotiation/media-options.js';
import { carriesMark } from '../../../src/negotiation/loop-protect.js';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import { initialOrigin, type OriginState } from '../../../src/negotiation/origin-state.js';
import { context, linesOf, OUTSIDE, parsed, value, written, type OptionChanges } from './support.js';

const body = (origin: string, name = 'call', port = 4_000): string =>
  `v=0\r\no=${origin}\r\ns=${name}\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=ptime:20\r\n`;

function write(
  text: string,
  replace: readonly ReplaceOption[],
  state: OriginState = initialOrigin('instance'),
  options: OptionChanges = {},
  port = 30_000,
) {
  const under = context({ replace: new Set(replace), ...options });
  const outcome = value(negotiateOffer(parsed(text), under));
  return written(parsed(text), outcome, { ...OUTSIDE, rtpPort: port }, under.options, 'offer', state);
}

const origin = (sdp: string): string => linesOf(sdp, 'o=')[0]!.slice(2);
const name = (sdp: string): string => linesOf(sdp, 's=')[0]!.slice(2);

describe('o= and s=', () => {
  it('pass untouched when nobody asks', () => {
    const first = write(body('alice 1 2 IN IP4 192.0.2.10'), []);
    const second = write(body('bob 9 3 IN IP4 192.0.2.11', 'other'), [], first.origin);
    expect(origin(second.sdp)).toBe('bob 9 3 IN IP4 192.0.2.11');
    expect(name(second.sdp)).toBe('other');
  });

  it('have our address with origin', () => {
    expect(origin(write(body('alice 1 2 IN IP4 192.0.2.10'), ['origin']).sdp)).toBe('alice 1 2 IN IP4 203.0.113.1');
  });

  it('keep the first user name with username, the first s= with session-name', () => {
    const first = write(body('alice 1 2 IN IP4 192.0.2.10', 'first'), ['username', 'session-name']);
    const second = write(body('bob 9 3 IN IP4 192.0.2.11', 'second'), ['username', 'session-name'], first.origin);
    expect(origin(second.sdp)).toBe('alice 9 3 IN IP4 192.0.2.11');
    expect(name(second.sdp)).toBe('first');
  });

  it('are one origin for the whole call with origin-full', () => {
    const first = write(body('alice 1 2 IN IP4 192.0.2.10'), ['origin-full']);
    const second = write(body('bob 9 77 IN IP4 192.0.2.11', 'call', 4_002), ['origin-full'], first.origin, {}, 30_002);
    expect(origin(first.sdp)).toBe('alice 1 2 IN IP4 203.0.113.1');
    expect(origin(second.sdp)).toBe('alice 1 3 IN IP4 203.0.113.1');
  });

  it('pass when o= is of no known form, or missing', () => {
    for (const text of [body('odd'), body('x').replace('o=x\r\n', '')]) {
      const { sdp, origin: state } = write(text, ['origin', 'sdp-version', 'session-name']);
      expect(linesOf(sdp, 'o=')).toEqual(linesOf(text, 'o='));
      expect(state.sessionName).toBe('call');
    }
  });
});

describe('the version with SDP-version', () => {
  const first = write(body('- 1 5 IN IP4 192.0.2.10'), ['sdp-version']);

  it('starts as it came', () => {
    expect(origin(first.sdp)).toBe('- 1 5 IN IP4 192.0.2.10');
  });

  it('stays when our output stays, whatever the sender counts', () => {
    expect(origin(write(body('- 1 9 IN IP4 192.0.2.10'), ['sdp-version'], first.origin).sdp)).toBe(
      '- 1 5 IN IP4 192.0.2.10',
    );
  });

  it('goes up by one when our output changes, though the sender did not count', () => {
    const second = write(body('- 1 5 IN IP4 192.0.2.10'), ['sdp-version'], first.origin, {}, 30_002);
    expect(origin(second.sdp)).toBe('- 1 6 IN IP4 192.0.2.10');
    expect(origin(write(body('- 1 5 IN IP4 192.0.2.10'), ['sdp-version'], second.origin).sdp)).toBe(
      '- 1 7 IN IP4 192.0.2.10',
    );
  });

  it('goes up in any case with force-increment-sdp-ver', () => {
    expect(origin(write(body('- 1 5 IN IP4 192.0.2.10'), ['force-increment-sdp-ver'], first.origin).sdp)).toBe(
      '- 1 6 IN IP4 192.0.2.10',
    );
  });

  it('counts beyond 2^53', () => {
    const large = write(body('- 1 18446744073709551615 IN IP4 192.0.2.10'), ['sdp-version']);
    expect(origin(write(body('- 1 1 IN IP4 192.0.2.10', 'changed'), ['sdp-version'], large.origin).sdp)).toBe(
      '- 1 18446744073709551616 IN IP4 192.0.2.10',
    );
  });

  it('remembers no text that could hold a key', () => {
    const state = JSON.stringify(first.origin);
    expect(state).not.toContain('ptime');
    expect(first.origin.digest).toBeTypeOf('number');
  });
});

describe('loop-protect', () => {
  const marked = write(body('- 1 1 IN IP4 192.0.2.10'), [], initialOrigin('one'), { loopProtect: true }).sdp;

  it('marks what we write, at session level', () => {
    expect(linesOf(marked, 'a=srtp-anchor')).toEqual(['a=srtp-anchor:one']);
    expect(marked.indexOf('a=srtp-anchor')).toBeLessThan(marked.indexOf('m='));
  });

  it('knows the mark of this instance, and of no other', () => {
    expect(carriesMark(parsed(marked), 'one')).toBe(true);
    expect(carriesMark(parsed(marked), 'two')).toBe(false);
    expect(carriesMark(parsed(body('- 1 1 IN IP4 192.0.2.10')), 'one')).toBe(false);
  });

  it('keeps the mark of another instance, once, beside ours', () => {
    const twice = write(marked, [], initialOrigin('two'), { loopProtect: true }).sdp;
    expect(linesOf(twice, 'a=srtp-anchor')).toEqual(['a=srtp-anchor:one', 'a=srtp-anchor:two']);
    expect(linesOf(write(twice, [], initialOrigin('two'), { loopProtect: true }).sdp, 'a=srtp-anchor')).toEqual([
      'a=srtp-anchor:one',
      'a=srtp-anchor:two',
    ]);
  });
});
