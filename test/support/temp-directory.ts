import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A directory of the test's own under the system's temporary one; `remove` takes it away with all in it. What a test
 * file leaves behind is removed at its end, unless one of its tests failed (`remove-temp-directories.ts`).
 */
export class TempDirectory {
  static readonly #present = new Set<TempDirectory>();
  readonly path: string;

  constructor(name = 'srtp-anchor') {
    this.path = mkdtempSync(join(tmpdir(), `${name}-`));
    TempDirectory.#present.add(this);
  }

  /** Those of this test file that nobody has removed yet. */
  static present(): readonly TempDirectory[] {
    return [...TempDirectory.#present];
  }

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
    TempDirectory.#present.delete(this);
  }
}
