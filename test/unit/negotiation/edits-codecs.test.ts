import { describe, expect, it } from 'vitest';
import { keptFormats } from '../../../src/negotiation/edit-codecs.js';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import { context, linesOf, OUTSIDE, parsed, value, written } from './support.js';

const text = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.10',
  's=-',
  'c=IN IP4 192.0.2.10',
  't=0 0',
  'm=audio 49170 RTP/AVP 111 0 8 9 101 100',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 useinbandfec=1',
  'a=rtcp-fb:111 nack',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=rtpmap:100 telephone-event/48000',
  'a=rtcp-fb:* ccm fir',
  '',
].join('\r\n');

function kept(
  codecStrip: readonly string[],
  codecOffer: readonly string[] = [],
  codecExcept: readonly string[] = [],
): string {
  return keptFormats(parsed(text).media[0]!, { codecStrip, codecOffer, codecExcept }).join(' ');
}

describe('codec strip, offer and except', () => {
  it.each([
    ['nothing', [], [], [], '111 0 8 9 101 100'],
    ['strip by name, in any case', ['pcmu', 'OPUS'], [], [], '8 9 101 100'],
    ['strip of a static type without rtpmap', ['PCMA'], [], [], '111 0 9 101 100'],
    ['strip by clock rate', ['telephone-event/8000'], [], [], '111 0 8 9 100'],
    ['strip by channels', ['opus/48000/2'], [], [], '0 8 9 101 100'],
    ['strip of other channels', ['opus/48000/1', 'PCMU/8000/2'], [], [], '111 0 8 9 101 100'],
    ['strip of a single channel', ['PCMU/8000/1'], [], [], '111 8 9 101 100'],
    ['strip of a codec that is not there', ['G729'], [], [], '111 0 8 9 101 100'],
    ['all but', ['all'], [], ['PCMU', 'telephone-event/8000'], '0 101'],
    ['full but', ['full'], [], ['PCMA'], '8'],
    ['offer puts first, in its order', [], ['PCMA', 'PCMU'], [], '8 0 111 9 101 100'],
    ['all, and offer', ['all'], ['PCMA', 'PCMU'], [], '8 0'],
    ['except spares from strip', ['PCMU', 'PCMA'], [], ['PCMU'], '111 0 9 101 100'],
    ['strip of everything is not done', ['all'], [], [], '111 0 8 9 101 100'],
  ])('%s', (_, strip, offer, except, formats) => {
    expect(kept(strip, offer, except)).toBe(formats);
  });

  it('take the lines of a stripped payload type along, and no others', () => {
    const under = context({ codecStrip: ['opus', 'PCMA'] });
    const { sdp } = written(parsed(text), value(negotiateOffer(parsed(text), under)), OUTSIDE, under.options, 'offer');
    expect(linesOf(sdp, 'm=')).toEqual(['m=audio 30000 RTP/AVP 0 9 101 100']);
    expect(linesOf(sdp, 'a=')).toEqual([
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=rtpmap:100 telephone-event/48000',
      'a=rtcp-fb:* ccm fir',
    ]);
  });

  it('leave media that is not RTP alone', () => {
    const fax = 'v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=image 4000 udptl t38\r\n';
    const under = context({ codecStrip: ['all'], codecExcept: ['PCMU'], packetTime: 20 });
    const { sdp } = written(parsed(fax), value(negotiateOffer(parsed(fax), under)), OUTSIDE, under.options, 'offer');
    expect(linesOf(sdp, 'm=')).toEqual(['m=image 30000 udptl t38']);
    expect(linesOf(sdp, 'a=')).toEqual([]);
  });
});
