/** node scripts/sbom.mjs [--tools] [--output FILE]: prints the bill of materials as CycloneDX JSON, or writes it. */
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { inRoot } from './lib/paths.mjs';
import { output } from './lib/run.mjs';
import { billOfMaterials, linkedComponents, lockedPackages, problemOf } from './lib/sbom.mjs';

const { values } = parseArgs({ options: { tools: { type: 'boolean', default: false }, output: { type: 'string' } } });
const readJson = (file) => JSON.parse(fs.readFileSync(inRoot(file), 'utf8'));
const lock = readJson('package-lock.json');

/** Of the static library's package where there is dpkg; else as pkg-config knows it. */
function openSslVersion() {
  const version =
    output('dpkg-query', ['-W', '-f', '${Version}', 'libssl-dev']) ??
    output('pkg-config', ['--modversion', 'libcrypto']);
  return version === null || version.trim() === '' ? null : version.trim();
}

const problems = lockedPackages(lock).map(problemOf).filter(Boolean);
const linked = linkedComponents(readJson('scripts/lib/libsrtp-pin.json'), openSslVersion());
const bill = billOfMaterials(readJson('package.json'), lock, linked, { tools: values.tools });
const text = `${JSON.stringify(bill, null, 2)}\n`;

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else if (values.output === undefined) process.stdout.write(text);
else fs.writeFileSync(values.output, text);
