import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runCommand } from './process.js';
import { TempDirectory } from './temp-directory.js';

const SOURCE = fileURLToPath(new URL('./fault-shim.c', import.meta.url));

/** The control page that fault-shim.c maps: 32-bit words, in its order. */
const WORDS = ['clockOffsetSeconds', 'stalledWorker', 'resolverHangs', 'logHangs'] as const;
const CALLS = [
  'socket',
  'bind',
  'setsockopt',
  'epoll_ctl',
  'sendto',
  'sendmsg',
  'recvfrom',
  'recvmsg',
  'recvmmsg',
  'accept4',
] as const;
const THREADS = ['worker', 'other'] as const;
const RULE_WORDS = ['error', 'after', 'times', 'failed'] as const;
const WORD_OCTETS = 4;
const RULE_OCTETS = RULE_WORDS.length * WORD_OCTETS;
const PAGE_OCTETS = WORDS.length * WORD_OCTETS + THREADS.length * CALLS.length * RULE_OCTETS;

export type FaultyCall = (typeof CALLS)[number];
/** A media worker, or any other thread: the event loop's in the first place, which opens the sockets. */
export type FaultyThread = (typeof THREADS)[number];
export type ErrnoName = keyof typeof constants.errno;

export interface FaultRule {
  /** Calls that still succeed first. */
  readonly after?: number;
  /** Calls that then fail; all unless told. */
  readonly times?: number;
}

/** Makes the system fail for a live relay: a library that is compiled once, preloaded, and told what to do by a file. */
export class FaultShim {
  readonly #directory: TempDirectory;
  readonly #page: number;

  private constructor(directory: TempDirectory, page: number) {
    this.#directory = directory;
    this.#page = page;
  }

  /** A second or so: the compiler runs. */
  static async build(): Promise<FaultShim> {
    const directory = new TempDirectory('fault-shim');
    const command = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', directory.file('shim.so'), SOURCE];
    const { code, stderr } = await runCommand('cc', [...command, '-ldl']);
    if (code !== 0) throw new Error(`fault-shim.c does not compile: ${stderr}`);
    const page = openSync(directory.file('control'), 'w+');
    ftruncateSync(page, PAGE_OCTETS);
    return new FaultShim(directory, page);
  }

  /** For a process that is to be faulty. */
  get environment(): Record<string, string> {
    return { LD_PRELOAD: this.#directory.file('shim.so'), FAULT_SHIM_CONTROL: this.#directory.file('control') };
  }

  fail(thread: FaultyThread, call: FaultyCall, error: ErrnoName, { after = 0, times = -1 }: FaultRule = {}): void {
    const rule = ruleOffset(thread, call);
    // The error last: it arms the rule.
    this.#write(rule, 0);
    [after, times, 0].forEach((word, index) => this.#write(rule + (index + 1) * WORD_OCTETS, word));
    this.#write(rule, constants.errno[error]);
  }

  /** How often the rule has struck since it was made. */
  failed(thread: FaultyThread, call: FaultyCall): number {
    const word = Buffer.alloc(WORD_OCTETS);
    readSync(this.#page, word, 0, WORD_OCTETS, ruleOffset(thread, call) + RULE_WORDS.indexOf('failed') * WORD_OCTETS);
    return word.readInt32LE();
  }

  /** The next time it would wait for packets, the worker does not come back; null = it may go on. */
  stallWorker(index: number | null): void {
    this.#set('stalledWorker', index === null ? 0 : index + 1);
  }

  /** Moves the wall clock, and what the kernel stamps packets with; CLOCK_MONOTONIC goes on as it was. */
  moveClock(seconds: number): void {
    this.#set('clockOffsetSeconds', seconds);
  }

  hangResolver(hangs: boolean): void {
    this.#set('resolverHangs', hangs ? 1 : 0);
  }

  /** Writes to standard output do not return: a disk that hangs. */
  hangLog(hangs: boolean): void {
    this.#set('logHangs', hangs ? 1 : 0);
  }

  /** Nothing fails any more. */
  heal(): void {
    for (let offset = 0; offset < PAGE_OCTETS; offset += WORD_OCTETS) this.#write(offset, 0);
  }

  /** After the process has ended. */
  remove(): void {
    closeSync(this.#page);
    this.#directory.remove();
  }

  #set(name: (typeof WORDS)[number], value: number): void {
    this.#write(WORDS.indexOf(name) * WORD_OCTETS, value);
  }

  #write(offset: number, value: number): void {
    const word = Buffer.alloc(WORD_OCTETS);
    word.writeInt32LE(value);
    writeSync(this.#page, word, 0, WORD_OCTETS, offset);
  }
}

function ruleOffset(thread: FaultyThread, call: FaultyCall): number {
  const rule = THREADS.indexOf(thread) * CALLS.length + CALLS.indexOf(call);
  return WORDS.length * WORD_OCTETS + rule * RULE_OCTETS;
}
