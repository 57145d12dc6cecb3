import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Anchor } from '../support/anchor.js';
import { TestHost } from '../support/host.js';
import { TempDirectory } from '../support/temp-directory.js';
import { startWrappedRelay } from '../attack/support/wrapped-relay.js';
import { runBusyScenario, type Busy } from './support/busy-scenario.js';
import { findKeys } from './support/key-search.js';
import { readMemory } from './support/process-memory.js';

/** A plain file in the working directory, as here; elsewhere dumps may go to a program, out of a test's reach. */
const dumpsToFile = /^core$|^core\.%p$/.test(readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim());

let host: TestHost;
let directory: TempDirectory;
let anchor: Anchor;
let busy: Busy;

async function start(into: TempDirectory): Promise<Anchor> {
  return startWrappedRelay(host, {
    script: 'cd "$DIRECTORY" && ulimit -c "$(ulimit -H -c)" && exec "$@" >stdout 2>stderr',
    arguments: ['--log-level', 'trace'],
    spawn: { env: { ...process.env, DIRECTORY: into.path } },
  });
}

async function abort(relay: Anchor): Promise<void> {
  relay.process.signal('SIGABRT');
  expect((await relay.process.exit(20_000)).signal).toBe('SIGABRT');
}

function readDumps(from: TempDirectory): Buffer[] {
  return readdirSync(from.path)
    .filter((name) => name.startsWith('core'))
    .map((name) => readFileSync(from.file(name)));
}

beforeAll(async () => {
  host = await TestHost.open();
  directory = new TempDirectory();
  anchor = await start(directory);
  busy = await runBusyScenario(anchor);
});
afterAll(async () => {
  await host.close();
  directory.remove();
});

describe('no key that the process used', () => {
  it('is in its log at the highest level, which did log the calls', () => {
    const log = Buffer.concat([readFileSync(directory.file('stdout')), readFileSync(directory.file('stderr'))]);
    expect(busy.needles.length).toBeGreaterThan(500);
    for (const { callId } of busy.calls) expect(log.includes(callId)).toBe(true);
    expect(log.length).toBeGreaterThan(10_000);
    expect(findKeys(log, busy.needles)).toEqual([]);
  });

  it('is in what a reader of the event stream got, which was told of every call', () => {
    for (const { callId } of busy.calls) expect(busy.events.includes(callId)).toBe(true);
    expect(findKeys(busy.events, busy.needles)).toEqual([]);
  });

  it('is in any reply but to offer and answer over UDP, HTTP and WebSocket, or any HTTP resource', () => {
    expect(busy.replies.length).toBeGreaterThan(50_000);
    expect(findKeys(busy.replies, busy.needles)).toEqual([]);
  });

  it('is in the SDP for a party, but for the keys that the relay made for it', () => {
    expect(busy.handed.filter(({ sdp }) => sdp.includes('a=crypto')).length).toBeGreaterThan(busy.calls.length);
    for (const { sdp, foreign } of busy.handed) expect(findKeys(Buffer.from(sdp), foreign)).toEqual([]);
  });

  it('is in a core dump, although the memory that a dump would hold is full of them', async () => {
    // The same search on the live memory finds keys: it could fail.
    expect(readMemory(anchor.process.pid).flatMap((part) => findKeys(part, busy.needles)).length).toBeGreaterThan(10);
    expect(readFileSync(`/proc/${anchor.process.pid}/coredump_filter`, 'utf8').trim()).toBe('00000000');
    await abort(anchor);
    const dumps = readDumps(directory);
    if (dumpsToFile) expect(dumps).toHaveLength(1);
    for (const dump of dumps) expect(findKeys(dump, busy.needles)).toEqual([]);
    for (const name of ['stdout', 'stderr']) {
      expect(findKeys(readFileSync(directory.file(name)), busy.needles)).toEqual([]);
    }
  });
});
