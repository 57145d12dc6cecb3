import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { waitFor, within } from './wait.js';

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const live = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

/** A child process with its output collected; stopped by its own pid only. */
export class RunningProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<ExitStatus>;
  #output = '';
  #errors = '';
  #status: ExitStatus | undefined;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    options: SpawnOptions = {},
  ) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    this.#child = child;
    live.add(child);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    child.stdin?.on('error', () => undefined);
    this.#exited = new Promise((resolve) => {
      const finish = (status: ExitStatus): void => {
        live.delete(child);
        this.#status = status;
        resolve(status);
      };
      child.once('close', (code, signal) => finish({ code, signal }));
      child.once('error', (error) => {
        this.#errors += error.message;
        finish({ code: 127, signal: null });
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} did not start: ${this.#errors}`);
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#output;
  }

  get stderr(): string {
    return this.#errors;
  }

  get output(): string {
    return this.#output + this.#errors;
  }

  get running(): boolean {
    return this.#status === undefined;
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  async exit(timeoutMilliseconds: number): Promise<ExitStatus> {
    return within(timeoutMilliseconds, `${this.name} to exit\n${this.#tail()}`, this.#exited);
  }

  /** Waits until the output matches; fails at once when the process has gone. */
  async waitForOutput(pattern: RegExp, timeoutMilliseconds = 10_000): Promise<RegExpExecArray> {
    return waitFor(
      `${this.name} to print ${String(pattern)}`,
      () => {
        const match = pattern.exec(this.output);
        if (match === null) this.assertRunning();
        return match ?? undefined;
      },
      { timeoutMilliseconds },
    );
  }

  assertRunning(): void {
    if (this.#status === undefined) return;
    throw new Error(`${this.name} ended with ${JSON.stringify(this.#status)}\n${this.#tail()}`);
  }

  /** Asks to end, then insists. */
  async stop(graceMilliseconds = 5_000, signal: NodeJS.Signals = 'SIGTERM'): Promise<ExitStatus> {
    if (this.#status !== undefined) return this.#status;
    this.#child.kill(signal);
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), graceMilliseconds);
    try {
      return await this.exit(graceMilliseconds + 5_000);
    } finally {
      clearTimeout(killer);
    }
  }

  #tail(): string {
    return this.output.slice(-4_000);
  }
}

export interface CommandResult extends ExitStatus {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; killed when it takes longer than `timeoutMilliseconds`. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { timeoutMilliseconds?: number } = {},
): Promise<CommandResult> {
  const { timeoutMilliseconds = 30_000, ...spawnOptions } = options;
  const child = new RunningProcess(command, command, args, spawnOptions);
  child.endInput();
  try {
    const status = await child.exit(timeoutMilliseconds);
    return { ...status, stdout: child.stdout, stderr: child.stderr };
  } catch (error) {
    child.signal('SIGKILL');
    throw error;
  }
}

export async function nextEvent<T>(
  emitter: NodeJS.EventEmitter,
  event: string,
  timeoutMilliseconds: number,
): Promise<T> {
  const [value] = (await within(timeoutMilliseconds, `event ${event}`, once(emitter, event))) as [T];
  return value;
}
