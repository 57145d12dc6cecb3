import { fileURLToPath } from 'node:url';
import type { TestHost } from '../../support/host.js';
import { runCommand } from '../../support/process.js';
import { TempDirectory } from '../../support/temp-directory.js';
import type { SocketAddress } from '../../support/udp-endpoint.js';

const SOURCE = fileURLToPath(new URL('./line-rate.c', import.meta.url));

/** A sender of garbage without Node's costs: several processes, sixty-four datagrams a system call. */
export class LineRate {
  readonly #directory: TempDirectory;

  private constructor(directory: TempDirectory) {
    this.#directory = directory;
  }

  /** A second or so: the compiler runs. */
  static async build(): Promise<LineRate> {
    const directory = new TempDirectory('line-rate');
    const command = ['-O2', '-Wall', '-Wextra', '-Werror', '-o', directory.file('line-rate'), SOURCE];
    const { code, stderr } = await runCommand('cc', command);
    if (code !== 0) throw new Error(`line-rate.c does not compile: ${stderr}`);
    return new LineRate(directory);
  }

  /** Resolves with how many datagrams left, when `seconds` are over. */
  async flood(host: TestHost, to: SocketAddress, seconds: number, source = '127.0.0.66'): Promise<number> {
    const order = ['2', String(seconds * 1_000), to.address, String(to.port), source];
    const { code, stdout, stderr } = await host.run(this.#directory.file('line-rate'), order, {
      timeoutMilliseconds: seconds * 1_000 + 30_000,
    });
    if (code !== 0) throw new Error(`line-rate failed with ${code ?? 'a signal'}: ${stderr}`);
    return Number(stdout);
  }

  remove(): void {
    this.#directory.remove();
  }
}
