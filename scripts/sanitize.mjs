/**
 * npm run sanitize -- [--packets N]
 *
 * The engine without Node under the thread sanitizer, then under the address and undefined-behaviour sanitizers: N packets
 * (ten million unless told) through all its threads, with one worker and with four, while keys change and ports come and
 * go; and the streams with loss, reordering and duplicates of test/native/crypto, N / 10 packets each. `npm test` does the
 * same with some ten thousand.
 */
import { parseArgs } from 'node:util';
import { longRunPhases } from './lib/long-run-phases.mjs';
import { runPhases, summarise } from './lib/phase.mjs';

const { values } = parseArgs({ options: { packets: { type: 'string', default: '10000000' } } });
const packets = Number(values.packets);

if (!Number.isInteger(packets) || packets < 10_000) {
  console.error('--packets: a whole number, 10000 or more');
  process.exitCode = 2;
} else {
  process.exitCode = summarise(await runPhases(longRunPhases(packets), 24 * 3_600_000));
}
