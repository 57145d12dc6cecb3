import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  /** CPUs that it may run on, as for `taskset -c`; null = any. */
  readonly cpus: string | null;
  /** Niceness, -20 to 19; 0 = as this process. */
  readonly nice: number;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  /** Called with each line of its standard error. */
  readonly onErrorLine?: (line: string) => void;
}

const stopGraceMilliseconds = 3_000;
const keptErrorLines = 20;

/** A process that the benchmark started, and that it alone ends. */
export class Child {
  readonly #process: ChildProcess;
  readonly #errorLines: string[] = [];
  #output = '';
  #spawnError: Error | null = null;

  constructor(command: string, args: readonly string[], options: ChildOptions) {
    const words = [...placement(options), command, ...args];
    this.#process = spawn(words[0] ?? command, words.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.on('error', (error) => (this.#spawnError = error));
    this.#process.stdin?.on('error', () => undefined); // it may end before it has read everything
    this.#process.stdin?.end(options.input ?? '');
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#watchErrors(options.onErrorLine);
  }

  /** taskset and nice replace themselves by the program, so that this is the program's own. */
  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`cannot start: ${this.#spawnError?.message ?? 'no process'}`);
    return this.#process.pid;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.#spawnError === null;
  }

  /** The last lines of its standard error. */
  get errors(): string {
    return this.#errorLines.join('\n');
  }

  /** Its standard output when it ended well; throws with its last words when not. */
  async output(): Promise<string> {
    await this.#ended();
    if (this.#process.exitCode !== 0) throw new Error(`ended with ${this.#ending()}: ${this.errors}`);
    return this.#output;
  }

  /** Asks it to end, and insists after a while. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const ended = this.#ended();
    this.#process.kill('SIGTERM');
    // A relay that drains ends at once on the second signal.
    const again = setTimeout(() => this.#process.kill('SIGTERM'), 100);
    const insist = setTimeout(() => this.#process.kill('SIGKILL'), stopGraceMilliseconds);
    await ended;
    clearTimeout(again);
    clearTimeout(insist);
  }

  async #ended(): Promise<void> {
    if (this.running) await once(this.#process, 'close');
    if (this.#spawnError !== null) throw this.#spawnError;
  }

  #ending(): string {
    return this.#process.signalCode ?? `code ${String(this.#process.exitCode)}`;
  }

  #watchErrors(onLine: ((line: string) => void) | undefined): void {
    let rest = '';
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        this.#errorLines.push(line);
        if (this.#errorLines.length > keptErrorLines) this.#errorLines.shift();
        onLine?.(line);
      }
    });
  }
}

function placement(options: ChildOptions): string[] {
  const pinned = options.cpus === null ? [] : ['taskset', '-c', options.cpus];
  return options.nice === 0 ? pinned : [...pinned, 'nice', '-n', String(options.nice)];
}

const readyTries = 100;

/** Asks until the process says yes, ends, or has had its chances (about ten seconds). */
export async function becomesReady(child: Child, answers: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < readyTries && child.running; attempt++) {
    if (await answers()) return true;
  }
  return false;
}
