import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildDir, inRoot } from './paths.mjs';

/** Where Node leaves what the relay's own processes executed, when a test phase sets NODE_V8_COVERAGE to it. */
export const processCoverageDir = path.join(buildDir, 'process-coverage');

/** Arguments that make a vitest phase leave its share of the coverage. */
export function vitestCoverage(name) {
  return ['--coverage', '--coverage.reporter=json', `--coverage.reportsDirectory=${inRoot('coverage/parts', name)}`];
}

/** What earlier runs counted, of src/ and of native/. */
export function forgetCoverage() {
  for (const file of filesIn(inRoot('build-coverage'))) if (file.endsWith('.gcda')) fs.rmSync(file);
  for (const directory of [processCoverageDir, inRoot('coverage/parts')])
    fs.rmSync(directory, { recursive: true, force: true });
}

/** Line coverage of src/: what tests imported, and what the relay's processes ran of dist/, as one map. */
export async function sourceCoverage() {
  const require = createRequire(import.meta.url);
  const map = require('istanbul-lib-coverage').createCoverageMap({});
  for (const part of filesIn(inRoot('coverage/parts')).filter((file) => file.endsWith('coverage-final.json'))) {
    map.merge(JSON.parse(fs.readFileSync(part, 'utf8')));
  }
  if (map.files().length === 0) return null;
  for (const share of await processShares(require)) map.merge(share);
  writeReports(map, require);
  const { lines } = map.getCoverageSummary();
  return { covered: lines.covered, total: lines.total };
}

function filesIn(directory) {
  if (!fs.existsSync(directory)) return [];
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

async function processShares(require) {
  const { convert } = await import(pathToFileURL(require.resolve('ast-v8-to-istanbul')).href);
  const { parseAstAsync } = await import('vite');
  const compiled = pathToFileURL(inRoot('dist/src/')).href;
  const shares = [];
  const parsed = new Map();
  for (const file of filesIn(processCoverageDir)) {
    for (const coverage of scriptsOf(file).filter(({ url }) => url.startsWith(compiled))) {
      const script = parsed.get(coverage.url) ?? (await load(coverage.url, parseAstAsync));
      parsed.set(coverage.url, script);
      if (script !== null) shares.push(await convert({ ...script, wrapperLength: 0, coverage }));
    }
  }
  return shares;
}

function scriptsOf(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).result;
  } catch {
    // Cut off: the process was killed while it wrote.
    return [];
  }
}

async function load(url, parse) {
  const file = fileURLToPath(url);
  if (!fs.existsSync(file) || !fs.existsSync(`${file}.map`)) return null;
  const code = fs.readFileSync(file, 'utf8');
  return { code, ast: await parse(code), sourceMap: JSON.parse(fs.readFileSync(`${file}.map`, 'utf8')) };
}

function writeReports(map, require) {
  const { createContext } = require('istanbul-lib-report');
  const reports = require('istanbul-reports');
  const context = createContext({ dir: inRoot('coverage/src'), coverageMap: map });
  for (const kind of ['json-summary', 'html']) reports.create(kind).execute(context);
  reports.create('text', { file: '../src.txt' }).execute(context);
}
