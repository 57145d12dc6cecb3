import { parseSessionDescription } from '../../../../src/sdp/parse.js';
import type { RtpTransport } from '../../../../src/negotiation/media-options.js';
import { harness } from '../../../unit/session/harness.js';
import { assertNoKey, keysIn } from '../keys.js';
import { check, type FuzzTarget } from '../target.js';
import { sdpVectors } from '../vectors.js';
import { SDP_WORDS } from './sdp.js';

const TRANSPORTS: readonly (RtpTransport | null)[] = ['RTP/AVP', 'RTP/SAVP', 'RTP/SAVPF', null];

/**
 * A body as offer and as answer of a call, over the real negotiation: what leaves is SDP, holds no key of the sender in an attribute, has
 * a=crypto on secure lines only; and when the call is deleted every port is back.
 */
export function offerAnswerTarget(): FuzzTarget {
  const calls = harness();
  return {
    name: 'offer-answer',
    seeds: sdpVectors(),
    words: SDP_WORDS,
    run: (input) => {
      const text = input.toString('latin1');
      const transportProtocol = TRANSPORTS[input.length % TRANSPORTS.length] ?? null;
      checkOutcome(text, calls.offer({ from: 'a' }, text, { transportProtocol }));
      checkOutcome(text, calls.answer({ from: 'a', to: 'b' }, text));
      checkOutcome(text, calls.offer({ from: 'b', to: 'a' }, text));
      calls.remove({ delay: 0 });
      check(calls.addon.ports.size === 0, 'no port is left open');
      // Past the quarantine of their numbers.
      calls.clock.now += 10_000;
    },
  };
}

/** `outcome` is a body, or `code: detail` of an error. */
function checkOutcome(input: string, outcome: string): void {
  if (!outcome.startsWith('v=')) {
    check(
      /^[a-z-]+: /.test(outcome) && !outcome.startsWith('internal'),
      `an error of the catalogue, not ${outcome.slice(0, 60)}`,
    );
    assertNoKey(input, outcome);
    return;
  }
  const parsed = parseSessionDescription(outcome);
  check(parsed.ok, 'what leaves is SDP');
  checkKeys(input, outcome);
  for (const { media, lines } of parsed.value.media) {
    const secure = /^RTP\/SAVPF?$/.test(media.protocol) && media.port !== 0;
    check(secure || !lines.some(({ attribute }) => attribute === 'crypto'), 'a=crypto on secure lines only');
  }
}

/** A key that the sender repeats in a line of another kind is a word like any other; those are left out. */
function checkKeys(input: string, outcome: string): void {
  const words = linesOf(input).filter((line) => !/inline:/i.test(line));
  const keys = keysIn(input).filter((key) => !words.some((line) => line.includes(key)));
  const attributes = linesOf(outcome).filter((line) => line.startsWith('a='));
  check(!keys.some((key) => attributes.some((line) => line.includes(key))), 'no key of the sender leaves');
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}
