import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TempDirectory } from './temp-directory.js';
import { waitFor } from './wait.js';

const PRELOAD = fileURLToPath(new URL('heap-probe-preload.cjs', import.meta.url));

/** What a process holds once its garbage is gone, octets. */
export interface LiveMemory {
  /** Objects that are reachable, and buffers outside V8's heap that belong to them. */
  readonly objects: number;
  /** Resident, but neither V8's heap nor buffers: what native code holds, and the program itself. */
  readonly native: number;
}

/** Asks one relay what it holds. Resident memory alone cannot tell a leak from a collector in no hurry. */
export class HeapProbe {
  readonly #directory = new TempDirectory('heap-probe');
  readonly #file = this.#directory.file('memory.json');

  /** For the environment of the relay. */
  get environment(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--require=${PRELOAD}`, HEAP_PROBE_FILE: this.#file };
  }

  async read(pid: number): Promise<LiveMemory> {
    rmSync(this.#file, { force: true });
    process.kill(pid, 'SIGUSR2');
    await waitFor('the relay to say what it holds', () => existsSync(this.#file), { timeoutMilliseconds: 30_000 });
    const usage = JSON.parse(readFileSync(this.#file, 'utf8')) as NodeJS.MemoryUsage;
    return { objects: usage.heapUsed + usage.external, native: usage.rss - usage.heapTotal - usage.external };
  }

  close(): void {
    this.#directory.remove();
  }
}
