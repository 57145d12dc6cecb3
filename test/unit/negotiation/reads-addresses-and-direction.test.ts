import { describe, expect, it } from 'vitest';
import type { Leg } from '../../../src/negotiation/negotiated-media.js';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import { audio, context, linesOf, OUTSIDE, parsed, round, value, written, type OptionChanges } from './support.js';

function offerer(text: string, options: OptionChanges = {}): Leg {
  return value(negotiateOffer(parsed(text), context(options))).media[0]!.offerer;
}

const at = (address: string, port: number, family: 'IP4' | 'IP6' = 'IP4') => ({ family, address, port });

describe('where a party wants its media', () => {
  it('is c= and m=, RTCP on the next port', () => {
    expect(offerer(audio())).toMatchObject({
      remoteRtp: at('192.0.2.10', 49_170),
      remoteRtcp: at('192.0.2.10', 49_171),
    });
  });

  it('is the c= of the section before that of the session', () => {
    expect(offerer(`${audio()}c=IN IP6 2001:db8::5\r\n`).remoteRtp).toEqual(at('2001:db8::5', 49_170, 'IP6'));
  });

  it.each([
    ['rtcp:5005', at('192.0.2.10', 5_005)],
    ['rtcp:5005 IN IP4 192.0.2.99', at('192.0.2.99', 5_005)],
    ['rtcp:nonsense', at('192.0.2.10', 49_171)],
    ['rtcp:0', null],
  ])('has RTCP where a=%s says', (attribute, expected) => {
    expect(offerer(audio({ attributes: [attribute] })).remoteRtcp).toEqual(expected);
  });

  it('has no RTCP beyond the last port', () => {
    expect(offerer(audio({ port: 65_535 })).remoteRtcp).toBeNull();
  });

  it('is the source of the signalling only with SIP-source-address', () => {
    const receivedFrom = { family: 'IP4', address: '198.51.100.9' } as const;
    expect(offerer(audio(), { receivedFrom }).remoteRtp).toEqual(at('192.0.2.10', 49_170));
    expect(offerer(audio(), { receivedFrom, sipSourceAddress: true }).remoteRtp).toEqual(at('198.51.100.9', 49_170));
    expect(offerer(audio(), { receivedFrom: null, sipSourceAddress: true }).remoteRtp).toEqual(
      at('192.0.2.10', 49_170),
    );
  });

  it.each(['media.example.com', '192.0.2.300', '010.0.0.1', '2001:db8::1'])(
    'is unknown when c= says %s, with a warning',
    (address) => {
      const outcome = value(negotiateOffer(parsed(audio({ address })), context()));
      expect(outcome.media[0]?.offerer).toMatchObject({ remoteRtp: null, remoteRtcp: null, held: false });
      expect(outcome.warnings).toEqual([
        'm-line 1 (audio): c= holds no IP4 address; the address is learned from the first packets',
      ]);
    },
  );

  it('is read past a multicast TTL', () => {
    expect(offerer(audio({ address: '224.2.1.1/127' })).remoteRtp).toEqual(at('224.2.1.1', 49_170));
  });
});

describe('direction and hold', () => {
  it.each([
    [[], 'sendrecv', false],
    [['sendonly'], 'sendonly', true],
    [['recvonly'], 'recvonly', false],
    [['inactive'], 'inactive', true],
  ] as const)('of a section with %j is %s, held %j', (attributes, direction, held) => {
    expect(offerer(audio({ attributes }))).toMatchObject({ direction, held });
  });

  it('come from the session when the section is silent', () => {
    const session = audio().replace('t=0 0\r\n', 't=0 0\r\na=inactive\r\n');
    expect(offerer(session).direction).toBe('inactive');
    expect(offerer(`${session}a=recvonly\r\n`).direction).toBe('recvonly');
  });

  it.each(['0.0.0.0', '::'])('is a hold when c= says %s: nothing is sent there', (address) => {
    const text = audio({ address }).replaceAll('IP4 ::', 'IP6 ::');
    expect(offerer(text)).toMatchObject({ held: true, remoteRtp: null, remoteRtcp: null, direction: 'sendrecv' });
  });

  it('is not lifted by the address of the signalling', () => {
    const receivedFrom = { family: 'IP4', address: '198.51.100.9' } as const;
    expect(offerer(audio({ address: '0.0.0.0' }), { receivedFrom, sipSourceAddress: true }).remoteRtp).toBeNull();
  });
});

describe('the old hold by 0.0.0.0 on its way', () => {
  const out = (text: string, options: OptionChanges = {}, local = OUTSIDE): string => {
    const under = context(options);
    return written(parsed(text), value(negotiateOffer(parsed(text), under)), local, under.options, 'offer').sdp;
  };
  const held = audio({ address: '0.0.0.0' });

  it('passes as it came', () => {
    expect(linesOf(out(held), 'c=')).toEqual(['c=IN IP4 0.0.0.0']);
    expect(linesOf(out(held), 'm=')).toEqual(['m=audio 30000 RTP/AVP 0 8 101']);
  });

  it('passes as :: to the other family', () => {
    expect(linesOf(out(held, {}, { ...OUTSIDE, family: 'IP6', address: '2001:db8::1' }), 'c=')).toEqual([
      'c=IN IP6 ::',
    ]);
  });

  it('becomes our address and a direction with zero-address', () => {
    const sdp = out(held, { replace: new Set(['zero-address']) });
    expect(linesOf(sdp, 'c=')).toEqual(['c=IN IP4 203.0.113.1']);
    expect(linesOf(sdp, 'a=sendonly')).toHaveLength(1);
  });

  it('leaves the direction alone with original-sendrecv', () => {
    const sdp = out(`${held}a=sendrecv\r\n`, { replace: new Set(['zero-address']), originalSendrecv: true });
    expect(linesOf(sdp, 'a=send')).toEqual(['a=sendrecv']);
  });

  it.each([
    ['sendrecv', 'sendonly'],
    ['sendonly', 'sendonly'],
    ['recvonly', 'inactive'],
    ['inactive', 'inactive'],
  ])('turns %s into %s', (before, after) => {
    const sdp = out(`${held}a=${before}\r\n`, { replace: new Set(['zero-address']) });
    expect(sdp.split('\r\n').filter((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line))).toEqual([
      `a=${after}`,
    ]);
  });

  it('of one section alone leaves the others with our address', () => {
    const two = `${audio()}c=IN IP4 0.0.0.0\r\nm=video 5000 RTP/AVP 31\r\n`;
    expect(linesOf(out(two), 'c=')).toEqual(['c=IN IP4 203.0.113.1', 'c=IN IP4 0.0.0.0']);
  });

  it('of the session leaves a section with its own c= talking', () => {
    const two = `${held}c=IN IP4 192.0.2.7\r\nm=video 5000 RTP/AVP 31\r\n`;
    expect(linesOf(out(two), 'c=')).toEqual(['c=IN IP4 0.0.0.0', 'c=IN IP4 203.0.113.1']);
  });
});

describe('directions on their way', () => {
  it('pass untouched, both ways', () => {
    const call = round(audio({ attributes: ['sendonly'] }), audio({ attributes: ['recvonly'] }));
    expect(call.offerSdp).toContain('a=sendonly\r\n');
    expect(call.answerSdp).toContain('a=recvonly\r\n');
    expect(call.answer.media[0]).toMatchObject({
      offerer: { direction: 'sendonly' },
      answerer: { direction: 'recvonly' },
    });
  });
});
