import { decodeBencode } from '../../../../src/control/bencode.js';
import { decodeJson, encodeJson } from '../../../../src/control/ng-json.js';
import { assertNoKey } from '../keys.js';
import { check, type FuzzTarget } from '../target.js';
import { ngVectors } from '../vectors.js';

/** As for bencode; and what the parser says against an input holds no key. */
export function jsonTarget(): FuzzTarget {
  const seeds = ngVectors().flatMap((message) => {
    const payload = message.subarray(message.indexOf(' ') + 1);
    if (payload[0] === 0x7b) return [payload];
    const decoded = decodeBencode(payload);
    return decoded.ok ? [encodeJson(decoded.value.value)] : [];
  });
  return {
    name: 'json',
    seeds,
    words: [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\u0000',
      '\\ud83d\\ude00',
      '\\udead',
      'null',
      'true',
      '1e400',
      '-0',
      '__proto__',
    ],
    run: (input) => {
      const decoded = decodeJson(input);
      if (!decoded.ok) {
        assertNoKey(input.toString('latin1'), decoded.error);
        return;
      }
      const printed = encodeJson(decoded.value);
      const again = decodeJson(printed);
      check(again.ok, 'what was printed reads back');
      check(encodeJson(again.value).equals(printed), 'what was printed reads back the same');
    },
  };
}
