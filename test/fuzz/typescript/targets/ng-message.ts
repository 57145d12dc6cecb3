import { decodePayload, splitFrame } from '../../../../src/control/ng-message.js';
import { Dispatcher } from '../../../../src/control/dispatcher.js';
import { encodeBencode } from '../../../../src/control/bencode.js';
import { encodeJson } from '../../../../src/control/ng-json.js';
import { dictionary, ManualClock, PROXY, recordingLogger, type LogLine } from '../../../unit/control/support.js';
import { harness } from '../../../unit/session/harness.js';
import { assertNoKey } from '../keys.js';
import { check, type FuzzTarget } from '../target.js';
import { ngVectors, sdpVectors } from '../vectors.js';

const NAMES = { 'call-id': 'c', 'from-tag': 'a' };

/** A call from offer to delete, with real bodies, in both encodings. */
function conversations(): readonly Buffer[] {
  return sdpVectors().flatMap((body, index) => {
    const sdp = body.toString('latin1');
    const transport = { 'transport-protocol': index % 2 === 0 ? 'RTP/SAVP' : 'RTP/AVP' };
    const offer = dictionary({ command: 'offer', ...NAMES, sdp, ...transport });
    const answer = dictionary({ command: 'answer', ...NAMES, 'to-tag': 'b', sdp });
    return [
      Buffer.concat([Buffer.from('k1 '), encodeBencode(offer)]),
      Buffer.concat([Buffer.from('k2 '), encodeJson(answer)]),
    ];
  });
}

/**
 * The dispatcher over the real calls: every framed message gets a reply with its cookie in its own encoding, none of them
 * is an internal error, and neither replies of refusal nor the log hold a key.
 */
export function ngMessageTarget(): FuzzTarget {
  const log: LogLine[] = [];
  const clock = new ManualClock();
  const { service } = harness();
  const dispatcher = new Dispatcher({ service, clock, logger: recordingLogger(log) });
  const simple = ['ping', 'list', 'statistics', 'query', 'delete', 'block media'].map((command) =>
    Buffer.concat([Buffer.from('k3 '), encodeBencode(dictionary({ command, ...NAMES }))]),
  );
  return {
    name: 'ng-message',
    seeds: [...ngVectors(), ...conversations(), ...simple],
    words: [
      '5:flags',
      'l',
      'e',
      'd',
      '7:command',
      '5:offer',
      '6:answer',
      '6:delete',
      'i1e',
      '4:SDES',
      '{"',
      '":',
      ' ',
      '0:',
    ],
    run: async (input) => {
      log.length = 0;
      // Another second each time, so that neither the cache nor the log's limits hide anything.
      clock.now += 60_000;
      const frame = splitFrame(input);
      const reply = await dispatcher.handle(input, PROXY);
      const written = log.map(({ fields, message }) => message + JSON.stringify(fields)).join('\n');
      assertNoKey(input.toString('latin1'), written);
      check((reply === null) === (frame === null), 'framed messages are answered, and no others');
      if (frame === null || reply === null) return;
      const cookie = `${frame.cookie ?? ''} `;
      check(reply.toString('latin1', 0, cookie.length) === cookie, 'the reply has the cookie');
      checkReply(input, reply.subarray(cookie.length));
    },
  };
}

function checkReply(input: Buffer, payload: Buffer): void {
  const decoded = decodePayload(payload);
  check(decoded.ok, 'the reply can be read');
  const reason = decoded.value.get('error-reason');
  check(typeof decoded.value.get('result') === 'string', 'the reply has a result');
  if (typeof reason !== 'string') return;
  check(!reason.startsWith('Internal error'), 'nothing threw');
  assertNoKey(input.toString('latin1'), reason);
}
