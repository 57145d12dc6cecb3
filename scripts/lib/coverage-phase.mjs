import fs from 'node:fs';
import { buildDir, inRoot } from './paths.mjs';
import { execute } from './phase.mjs';
import { presetDir } from './native-phase.mjs';
import { sourceCoverage } from './source-coverage.mjs';

const nativeReport = `${buildDir}/reports/native-coverage.json`;

/** Line coverage of src/ and native/, as the test phases before it left it. */
export function coveragePhase() {
  const run = async (deadline) => {
    const native = percent(await nativeCoverage(deadline));
    const source = percent(await sourceCoverage());
    const missing = [native, source].includes('missing');
    return { failed: missing ? 1 : 0, note: `src/ ${source}, native/ ${native}; see coverage/` };
  };
  return { name: 'coverage', seconds: 120, run };
}

async function nativeCoverage(deadline) {
  fs.rmSync(nativeReport, { force: true });
  const args = ['--root', inRoot(), '--filter', 'native/', '--object-directory', presetDir('coverage')];
  const outputs = ['--json-summary', nativeReport, '--txt', inRoot('coverage/native.txt')];
  fs.mkdirSync(inRoot('coverage'), { recursive: true });
  await execute('gcovr', [...args, ...outputs, presetDir('coverage')], deadline);
  if (!fs.existsSync(nativeReport)) return null;
  const report = JSON.parse(fs.readFileSync(nativeReport, 'utf8'));
  return { covered: report.line_covered, total: report.line_total };
}

function percent(lines) {
  return lines === null || lines.total === 0
    ? 'missing'
    : `${((100 * lines.covered) / lines.total).toFixed(1)} % of ${lines.total} lines`;
}
