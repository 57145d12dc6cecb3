import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of the test's own under the system's temporary one; `remove` takes it away with all in it. */
export class TempDirectory {
  readonly path: string;

  constructor(name = 'srtp-anchor') {
    this.path = mkdtempSync(join(tmpdir(), `${name}-`));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
