import path from 'node:path';
import { nativeBuildPhase, presetDir } from './native-phase.mjs';
import { execute } from './phase.mjs';

const HOURS = 3600;

/** Test cases of test/native that go on for as long as they are told. */
const traffic = { room: 'relay', cases: 'every packet of calls on all workers*' };
const rough = { room: 'crypto', cases: 'sequence numbers go round*,the receiving window takes indices*' };

/** The cases above in the builds of two sanitizers. `packets` are shared by the two numbers of workers. */
export function longRunPhases(packets) {
  return [
    nativeBuildPhase(HOURS, 'tsan'),
    casePhase('tsan', traffic, packets / 2),
    nativeBuildPhase(HOURS, 'asan'),
    casePhase('asan', traffic, packets / 2),
    casePhase('asan', rough, packets / 10),
  ];
}

function casePhase(preset, { room, cases }, packets) {
  const program = path.join(presetDir(preset), 'test/native', `test_${room}`);
  const run = async (deadline) => {
    const code = await execute(program, [`--test-case=${cases}`], deadline, {
      ANCHOR_TEST_PACKETS: String(Math.round(packets)),
    });
    return code === 0 ? { passed: 1 } : { failed: 1, note: `exit code ${code}` };
  };
  return { name: `${preset}: ${cases}`, seconds: 6 * HOURS, run };
}
