import fs from 'node:fs';
import { inRoot } from './paths.mjs';

const list = 'test/mutation/faults.json';

/**
 * The faults that a test must notice: `from` stands in `file` exactly once and becomes `to`; `breaks` says what is wrong
 * then; `judges` are the tests that should see it, rooms of test/native for C++ and folders of test/unit for TypeScript.
 */
export function readFaults() {
  return JSON.parse(fs.readFileSync(inRoot(list), 'utf8'));
}

/** `source` with the fault in it. Throws when the text is not there exactly once: then the list has to follow the code. */
export function seed(source, { file, from, to }) {
  const parts = source.split(from);
  if (parts.length === 2) return parts.join(to);
  throw new Error(`${list} is stale: ${file} holds ${parts.length - 1} times ${JSON.stringify(from)}`);
}
