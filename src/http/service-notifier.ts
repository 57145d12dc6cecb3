import { spawn, type ChildProcess } from 'node:child_process';

/** Tells the service manager how the process does; see sd_notify(3). */
export interface ServiceNotifier {
  /** Start-up is done. */
  ready(status: string): void;
  /** A line for `systemctl status`. */
  status(text: string): void;
  /** All is well at this moment. */
  alive(): void;
  /** The end has begun. */
  stopping(status: string): void;
  close(): void;
}

const SILENT: ServiceNotifier = {
  ready: () => undefined,
  status: () => undefined,
  alive: () => undefined,
  stopping: () => undefined,
  close: () => undefined,
};

/**
 * Reads one message a line and passes it on. Node has no UNIX datagram sockets, so `systemd-notify` speaks for us. The
 * shell forks it, not we: forking a process of our size, with its media threads running, would cost packets.
 */
const RELAY_SCRIPT = 'while IFS= read -r line; do IFS="|"; set -f; systemd-notify $line; done';

/** The notifier for this environment: silent where no service manager listens (no NOTIFY_SOCKET). */
export function serviceNotifier(environment: Readonly<Record<string, string | undefined>>): ServiceNotifier {
  if (environment['NOTIFY_SOCKET'] === undefined) return SILENT;
  return new ShellNotifier(environment);
}

class ShellNotifier implements ServiceNotifier {
  readonly #shell: ChildProcess;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const { NOTIFY_SOCKET, PATH } = environment;
    this.#shell = spawn('/bin/sh', ['-c', RELAY_SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { NOTIFY_SOCKET, PATH },
    });
    // No shell, or no systemd-notify: the service manager will notice by itself.
    this.#shell.on('error', () => undefined);
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.unref();
  }

  ready(status: string): void {
    this.#send('READY=1', `STATUS=${status}`);
  }

  status(text: string): void {
    this.#send(`STATUS=${text}`);
  }

  alive(): void {
    this.#send('WATCHDOG=1');
  }

  stopping(status: string): void {
    this.#send('STOPPING=1', `STATUS=${status}`);
  }

  /** The shell ends when it has passed on what was written. */
  close(): void {
    this.#shell.stdin?.end();
  }

  #send(...assignments: string[]): void {
    const clean = assignments.map((assignment) => assignment.replace(/[|\p{Cc}]/gu, ' '));
    this.#shell.stdin?.write(`${clean.join('|')}\n`);
  }
}

/** Half of the service manager's patience, as sd_watchdog_enabled(3) advises; null = it has no watchdog for us. */
export function watchdogInterval(
  environment: Readonly<Record<string, string | undefined>>,
  processId: number,
): number | null {
  const microseconds = Number(environment['WATCHDOG_USEC'] ?? '0');
  const isForUs = environment['WATCHDOG_PID'] === undefined || Number(environment['WATCHDOG_PID']) === processId;
  return isForUs && Number.isInteger(microseconds) && microseconds > 0 ? microseconds / 2_000 : null;
}
