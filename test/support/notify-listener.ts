import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { TempDirectory } from './temp-directory.js';
import { waitFor } from './wait.js';

/** Prints every datagram that comes to the socket, on one line. Perl is part of Debian's base; Node has no such sockets. */
const LISTENER =
  'use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; $| = 1; print "bound\n"; while (1) { recv(S, $m, 65536, 0); $m =~ s/\n/|/g; print "$m\n"; }';

/** A service manager's ear: hears what a process says by sd_notify(3). */
export class NotifyListener {
  readonly #directory = new TempDirectory('notify');
  readonly #process: ChildProcess;
  #heard = '';

  private constructor() {
    this.#process = spawn('perl', ['-e', LISTENER, this.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process.stdout?.on('data', (part: Buffer) => (this.#heard += part.toString()));
  }

  static async open(): Promise<NotifyListener> {
    const listener = new NotifyListener();
    await waitFor('the notify socket', () => listener.#heard.includes('bound\n'));
    return listener;
  }

  /** For NOTIFY_SOCKET. */
  get path(): string {
    return this.#directory.file('socket');
  }

  /** Assignments heard so far, oldest first. */
  get heard(): readonly string[] {
    return this.#heard.split(/[\n|]/);
  }

  count(assignment: string): number {
    return this.heard.filter((line) => line === assignment).length;
  }

  async close(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill();
    await gone;
    this.#directory.remove();
  }
}
