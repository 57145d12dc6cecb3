import { describe, expect, it } from 'vitest';
import type { RtcpMuxOption } from '../../../src/negotiation/media-options.js';
import { negotiateOffer } from '../../../src/negotiation/negotiate-offer.js';
import { ANSWERER, audio, context, linesOf, parsed, previousOf, round, value, type Round } from './support.js';

const MUX = ['rtcp-mux'];
const offer = (attributes: readonly string[] = []) => audio({ attributes });
const answer = (attributes: readonly string[] = []) => audio({ address: ANSWERER, attributes });
const withOptions = (...options: RtcpMuxOption[]) => context({ rtcpMux: new Set(options) });
const muxIn = (sdp: string): boolean => linesOf(sdp, 'a=rtcp-mux').length === 1;
const legs = ({ answer: { media } }: Round) => ({
  offerer: media[0]!.offerer.rtcpMux,
  answerer: media[0]!.answerer.rtcpMux,
});

/** What the offerer says, the option, what the answerer is offered, what it answers, what the offerer is answered. */
describe('rtcp-mux (RFC 5761 §5.1.1)', () => {
  it.each<[boolean, readonly RtcpMuxOption[], boolean, boolean, boolean]>([
    // Default: the offerer's wish goes on, the answer comes back.
    [false, [], false, false, false],
    [true, [], true, true, true],
    [true, [], true, false, false],
    // offer: offered to the answerer in any case; an offerer that does not want it is not answered with it.
    [false, ['offer'], true, true, false],
    [false, ['offer'], true, false, false],
    [true, ['offer'], true, true, true],
    // demux: taken from the offerer, not passed on.
    [true, ['demux'], false, false, true],
    [false, ['demux'], false, false, false],
    [true, ['offer', 'demux'], true, false, true],
    // accept: taken from the offerer whatever the answerer says.
    [true, ['accept'], true, false, true],
    [true, ['accept'], true, true, true],
    // reject: not taken from the offerer whatever the answerer says.
    [true, ['reject'], true, true, false],
    [true, ['offer', 'reject'], true, true, false],
    // require: the answerer is told that it is so.
    [false, ['require'], true, true, false],
    [true, ['require'], true, true, true],
  ])(
    'offered %j, option %j: passed on %j, answered %j, answered back %j',
    (offered, options, passed, answered, back) => {
      const call = round(offer(offered ? MUX : []), answer(answered ? MUX : []), withOptions(...options), context());
      expect(muxIn(call.offerSdp)).toBe(passed);
      expect(muxIn(call.answerSdp)).toBe(back);
      expect(legs(call)).toEqual({ offerer: back, answerer: passed && answered });
    },
  );

  it('keeps both ports open while the answer is open', () => {
    const [media] = value(negotiateOffer(parsed(offer(MUX)), context())).media;
    for (const leg of [media!.offerer, media!.answerer])
      expect(leg).toMatchObject({ rtcpMux: false, rtcpMuxOffered: true });
  });

  it('is settled at once with require, and stays so though the answer is silent', () => {
    const call = round(offer(), answer(), withOptions('require'), context());
    expect(call.offer.media[0]?.answerer).toMatchObject({ rtcpMux: true, rtcpMuxOffered: false });
    expect(legs(call)).toEqual({ offerer: false, answerer: true });
  });

  it('is not taken from an answerer that was not offered it', () => {
    expect(legs(round(offer(), answer(MUX)))).toEqual({ offerer: false, answerer: false });
  });

  it('is accepted from one that can do nothing else (RFC 8858), and rtcp-mux-only never passes', () => {
    const call = round(offer(['rtcp-mux-only']), answer());
    expect(legs(call)).toEqual({ offerer: true, answerer: false });
    expect(linesOf(call.offerSdp, 'a=rtcp-mux')).toEqual(['a=rtcp-mux']);
    expect(linesOf(call.answerSdp, 'a=rtcp-mux')).toEqual(['a=rtcp-mux']);
  });

  it('leaves no RTCP address of its own on a muxed leg', () => {
    const call = round(offer(['rtcp-mux', 'rtcp:5999']), answer(), withOptions('accept'), context());
    expect(call.answer.media[0]?.offerer.remoteRtcp).toBeNull();
    expect(call.answer.media[0]?.answerer.remoteRtcp).toEqual({ family: 'IP4', address: ANSWERER, port: 49_171 });
  });

  it('stays on a leg where it was settled when the other party offers', () => {
    const before = round(offer(), answer(MUX), withOptions('offer'), context());
    const after = round(answer(MUX), offer(), context({}, { previous: previousOf(before, true) }));
    expect(after.offer.media[0]?.offerer).toMatchObject({ rtcpMux: true });
    const plain = round(offer(), answer(MUX), context({}, { previous: previousOf(before) }));
    expect(plain.offer.media[0]?.answerer).toMatchObject({ rtcpMux: true, rtcpMuxOffered: false });
    expect(muxIn(plain.offerSdp)).toBe(true);
  });
});
