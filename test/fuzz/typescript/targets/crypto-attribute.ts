import { parseCrypto, printCrypto } from '../../../../src/sdp/attributes/crypto.js';
import { attributeLine } from '../../../../src/sdp/session-description.js';
import { check, type FuzzTarget } from '../target.js';
import { assertNoKey } from '../keys.js';
import { cryptoVectors } from '../vectors.js';

/** RFC 4568 §9.1: what is accepted keeps its meaning when printed, and a refusal does not quote the key. */
export function cryptoAttributeTarget(): FuzzTarget {
  return {
    name: 'crypto-attribute',
    seeds: [
      ...cryptoVectors(),
      Buffer.from('1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz'),
    ],
    words: [
      'inline:',
      '|2^31',
      '|2^48',
      '|1:4',
      '|0:128',
      ';',
      '|',
      ' KDR=24',
      ' WSH=64',
      ' UNENCRYPTED_SRTP',
      ' FEC_KEY=inline:',
      '=',
      ' -x',
      '4294967297',
    ],
    run: (input) => {
      const text = input.toString('latin1').replaceAll(/[\r\n\0]/g, ' ');
      const parsed = parseCrypto(attributeLine('crypto', text));
      if (!parsed.ok) {
        assertNoKey(text, JSON.stringify(parsed.error));
        return;
      }
      check(parsed.value.tag >= 0 && parsed.value.tag <= 999_999_999, 'the tag has at most nine digits');
      check(
        !JSON.stringify(parsed.value.keyParams.map(({ keySalt }) => keySalt)).includes('inline'),
        'keys print as nothing',
      );
      for (const padding of [true, false]) {
        const printed = printCrypto(parsed.value, padding);
        const again = parseCrypto(printed);
        check(again.ok, 'what was printed reads back');
        check(printCrypto(again.value, padding).value === printed.value, 'what was printed reads back the same');
        for (const [index, { keySalt }] of parsed.value.keyParams.entries()) {
          const other = again.value.keyParams[index]?.keySalt.expose();
          check(other !== undefined && Buffer.from(keySalt.expose()).equals(other), 'the keys are the same');
        }
      }
    },
  };
}
