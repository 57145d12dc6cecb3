import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read, root } from './source-tree.js';

interface SeededFault {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly breaks: string;
  readonly judges: readonly string[];
}

const faults = JSON.parse(read('test/mutation/faults.json')) as readonly SeededFault[];

/** Whoever edits such a line edits the list too, or `npm run mutation` would stop at it weeks later. */
describe('the faults that npm run mutation seeds', () => {
  it('are fifty at least, each told in words of its own', () => {
    expect(faults.length).toBeGreaterThanOrEqual(50);
    expect(new Set(faults.map(({ file, breaks }) => `${file} ${breaks}`)).size).toBe(faults.length);
  });

  it('stand in the code, each in one place', () => {
    const stale = faults.filter(({ file, from }) => read(file).split(from).length !== 2);
    expect(stale.map(({ file, from }) => `${file}: ${from}`)).toEqual([]);
    expect(faults.filter(({ from, to }) => from === to)).toEqual([]);
  });

  it('name judges that are there', () => {
    const rooms = read('test/native/CMakeLists.txt');
    const isThere = (file: string, judge: string): boolean =>
      file.startsWith('native/')
        ? new RegExp(`anchor_test\\(\\s*${judge}\\b`).test(rooms)
        : existsSync(join(root, judge));
    const missing = faults.filter(
      ({ file, judges }) => judges.length === 0 || !judges.every((judge) => isThere(file, judge)),
    );
    expect(missing.map(({ breaks }) => breaks)).toEqual([]);
  });
});
