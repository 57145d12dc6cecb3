import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Server, Socket as TcpSocket } from 'node:net';
import { fork, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { RunningProcess, runCommand, type CommandResult } from './process.js';
import { within } from './wait.js';

const AGENT = fileURLToPath(new URL('./namespace-agent.mjs', import.meta.url));

type AgentRequest =
  | { command: 'addresses'; addresses: readonly string[] }
  | { command: 'udp' | 'listen'; address: string; port: number }
  | { command: 'connect'; address: string; port: number; from: string | undefined };

interface AgentReply {
  readonly id: number;
  /** First the handle itself; done once the agent has let go of its own copy. */
  readonly stage: 'handle' | 'done';
  readonly error: string | null;
}

interface Waiting {
  handle: unknown;
  readonly resolve: (handle: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How to enter a new namespace from here: as root directly, otherwise inside a user namespace of our own. */
function unshareArguments(): readonly string[] {
  return process.getuid?.() === 0 ? ['-n'] : ['-r', '-n'];
}

function enterArguments(pid: number): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ['-U', '--preserve-credentials'];
  return ['-t', String(pid), ...user, '-n'];
}

/**
 * A machine for one test: processes and sockets that see one loopback of their own, so that fixed ports such as
 * 127.0.0.1:2223 never collide and nothing leaves. Where namespaces are not allowed it falls back to this machine's
 * loopback; `isolated` says which.
 */
export class TestHost {
  readonly #agent: ChildProcess;
  readonly #processes: RunningProcess[] = [];
  readonly #sockets: UdpSocket[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  private constructor(
    agent: ChildProcess,
    readonly isolated: boolean,
  ) {
    this.#agent = agent;
    agent.on('message', (reply: AgentReply, handle: unknown) => this.#answer(reply, handle));
    agent.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the namespace agent is gone'));
      this.#waiting.clear();
    });
  }

  /** `addresses` in CIDR form are added to the loopback of the namespace (and need one). */
  static async open(addresses: readonly string[] = []): Promise<TestHost> {
    return TestHost.#open(addresses, await namespacesAllowed());
  }

  /** This machine itself, for runs with thousands of sockets: handing each over costs a round through the agent. */
  static async here(): Promise<TestHost> {
    return TestHost.#open([], false);
  }

  static async #open(addresses: readonly string[], isolated: boolean): Promise<TestHost> {
    if (!isolated && addresses.length > 0) throw new Error('extra addresses need a network namespace');
    const agent = fork(AGENT, {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'json',
      env: { ...process.env, SRTP_ANCHOR_AGENT_NAMESPACE: isolated ? '1' : '0' },
      ...(isolated ? { execPath: 'unshare', execArgv: [...unshareArguments(), process.execPath] } : {}),
    });
    const host = new TestHost(agent, isolated);
    await host.#ask({ command: 'addresses', addresses });
    return host;
  }

  async udpSocket(address: string, port: number): Promise<UdpSocket> {
    const socket = this.isolated
      ? ((await this.#ask({ command: 'udp', address, port })) as UdpSocket)
      : await bindHere(address, port);
    this.#sockets.push(socket);
    return socket;
  }

  /** `from`: the address of this host that the connection comes from, if not the system's choice. */
  async connect(address: string, port: number, from?: string): Promise<TcpSocket> {
    const socket = (await this.#ask({ command: 'connect', address, port, from })) as TcpSocket;
    socket.resume();
    return socket;
  }

  async listen(address: string, port: number): Promise<Server> {
    return (await this.#ask({ command: 'listen', address, port })) as Server;
  }

  /** Starts a process on this host; `close` stops it if the test has not. */
  spawn(name: string, command: string, args: readonly string[], options: SpawnOptions = {}): RunningProcess {
    const [program, all] = this.#commandLine(command, args);
    const child = new RunningProcess(name, program, all, options);
    this.#processes.push(child);
    return child;
  }

  async run(
    command: string,
    args: readonly string[],
    options: SpawnOptions & { timeoutMilliseconds?: number } = {},
  ): Promise<CommandResult> {
    const [program, all] = this.#commandLine(command, args);
    return runCommand(program, all, options);
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((child) => child.stop(1_000)));
    for (const socket of this.#sockets) closeQuietly(socket);
    if (this.#agent.connected) this.#agent.disconnect();
    this.#agent.kill('SIGKILL');
  }

  #commandLine(command: string, args: readonly string[]): [string, readonly string[]] {
    if (!this.isolated) return [command, args];
    return ['nsenter', [...enterArguments(this.#pid), command, ...args]];
  }

  get #pid(): number {
    if (this.#agent.pid === undefined) throw new Error('the namespace agent did not start');
    return this.#agent.pid;
  }

  async #ask(request: AgentRequest): Promise<unknown> {
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(id, { handle: undefined, resolve, reject }),
    );
    this.#agent.send({ ...request, id });
    return within(30_000, `the namespace agent (${JSON.stringify(request)})`, answer);
  }

  #answer(reply: AgentReply, handle: unknown): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    if (reply.stage === 'handle') {
      waiting.handle = handle;
      this.#agent.send({ id: reply.id, command: 'taken' });
      return;
    }
    this.#waiting.delete(reply.id);
    if (reply.error === null) waiting.resolve(waiting.handle);
    else waiting.reject(new Error(reply.error));
  }
}

let allowed: Promise<boolean> | undefined;

async function namespacesAllowed(): Promise<boolean> {
  allowed ??= runCommand('unshare', [...unshareArguments(), 'ip', 'link', 'set', 'lo', 'up']).then(
    ({ code }) => code === 0,
  );
  return allowed;
}

async function bindHere(address: string, port: number): Promise<UdpSocket> {
  const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
  socket.bind({ address, port, exclusive: true });
  await once(socket, 'listening');
  return socket;
}

/** The test may have closed it already. */
function closeQuietly(socket: UdpSocket): void {
  try {
    socket.close();
  } catch {
    // Closed before.
  }
}
