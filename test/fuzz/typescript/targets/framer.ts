import { MessageFramer } from '../../../../src/control/message-framer.js';
import { check, type FuzzTarget } from '../target.js';
import { ngVectors } from '../vectors.js';

const LIMIT = 65_536;

/** What is cut out of a stream depends on its octets, not on how they were split into segments. */
export function framerTarget(): FuzzTarget {
  const messages = ngVectors();
  return {
    name: 'framer',
    seeds: [...messages, Buffer.concat(messages.slice(0, 4)), Buffer.concat(messages.slice(2, 5))],
    words: ['d', 'e', ' ', '\n', 'k d7:command4:pinge', 'i-1e', '99999999999:', '{'],
    run: (input) => {
      const whole = frames(input, input.length);
      for (const segment of [1, 7, 512]) {
        check(frames(input, segment).join('\n') === whole.join('\n'), `segments of ${segment} octets change nothing`);
      }
    },
  };
}

function frames(input: Buffer, segment: number): readonly string[] {
  const framer = new MessageFramer(LIMIT);
  const found: string[] = [];
  for (let at = 0; at < input.length; at += segment) {
    framer.push(input.subarray(at, at + segment));
    for (let next = framer.next(); next !== null; next = framer.next()) {
      found.push(Buffer.isBuffer(next) ? next.toString('hex') : `${next.cookie} ${next.error.code}`);
      if (!Buffer.isBuffer(next)) return found;
    }
  }
  check(framer.pending <= input.length, 'it holds no more than came');
  return found;
}
