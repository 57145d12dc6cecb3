import { decodeBencode, encodeBencode } from '../../../../src/control/bencode.js';
import { check, type FuzzTarget } from '../target.js';
import { ngVectors } from '../vectors.js';

/** Decoding never throws, stays within the octets, and what it accepts is printed as something that reads back the same. */
export function bencodeTarget(): FuzzTarget {
  return {
    name: 'bencode',
    seeds: ngVectors().map((message) => message.subarray(message.indexOf(' ') + 1)),
    words: [
      'd',
      'l',
      'e',
      'i',
      'i-1e',
      'i0e',
      '0:',
      '1:',
      ':',
      '9__proto__',
      '99999999999:',
      'i9007199254740993e',
      'de',
    ],
    run: (input) => {
      const decoded = decodeBencode(input);
      if (!decoded.ok) {
        check(decoded.error.offset <= input.length, 'the error lies within the input');
        return;
      }
      check(decoded.value.length <= input.length, 'the value lies within the input');
      const printed = encodeBencode(decoded.value.value);
      const again = decodeBencode(printed, { missingEnd: false });
      check(again.ok && again.value.length === printed.length, 'what was printed reads back');
      check(encodeBencode(again.value.value).equals(printed), 'what was printed reads back the same');
    },
  };
}
