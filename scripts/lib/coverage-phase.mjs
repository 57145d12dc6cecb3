import fs from 'node:fs';
import { buildDir, inRoot } from './paths.mjs';
import { execute } from './phase.mjs';
import { presetDir } from './native-phase.mjs';

const nativeReport = `${buildDir}/reports/native-coverage.json`;

/** Line coverage of src/ and native/, as the test phases before it left it. */
export function coveragePhase() {
  const run = async (deadline) => {
    const native = await nativeCoverage(deadline);
    const source = sourceCoverage();
    const missing = [native, source].includes(null);
    return { failed: missing ? 1 : 0, note: `src ${source ?? 'missing'}; native ${native ?? 'missing'}` };
  };
  return { name: 'coverage', seconds: 120, run };
}

function sourceCoverage() {
  return readLines(inRoot('coverage/src/coverage-summary.json'), ({ total }) => [
    total.lines.covered,
    total.lines.total,
  ]);
}

async function nativeCoverage(deadline) {
  fs.rmSync(nativeReport, { force: true });
  const args = ['--root', inRoot(), '--filter', 'native/', '--object-directory', presetDir('coverage')];
  const outputs = ['--json-summary', nativeReport, '--txt', inRoot('coverage/native.txt')];
  fs.mkdirSync(inRoot('coverage'), { recursive: true });
  await execute('gcovr', [...args, ...outputs, presetDir('coverage')], deadline);
  return readLines(nativeReport, (report) => [report.line_covered, report.line_total]);
}

function readLines(file, pick) {
  try {
    const [covered, total] = pick(JSON.parse(fs.readFileSync(file, 'utf8')));
    return `${((100 * covered) / total).toFixed(1)} % of ${total} lines`;
  } catch {
    return null;
  }
}
