import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNgClient, type Anchor } from '../support/anchor.js';
import { TestHost } from '../support/host.js';
import { readDrops, readMetrics, total } from '../support/metrics.js';
import { HeapProbe, type LiveMemory } from '../support/heap-probe.js';
import { countDescriptors, residentMemory } from '../support/process-status.js';
import { RelayProcess } from '../support/relay-process.js';
import { sleep, waitFor } from '../support/wait.js';
import { blocksOf, trendOf, type MemorySample } from './support/memory-trend.js';
import { soakCall } from './support/soak-call.js';

/** Seconds; the long run is asked for by command. */
const SECONDS = Number(process.env['SRTP_ANCHOR_SOAK_SECONDS'] ?? 20);
/** Calls at once, at most. */
const CALLERS = Number(process.env['SRTP_ANCHOR_SOAK_CALLS'] ?? 8);
/**
 * From this length on memory shows a trend, and calls are as slow as to be many at once. Their sockets are this
 * machine's: `unshare -n sh -c 'ip link set lo up && exec npx vitest …'` gives them a loopback of their own.
 */
const LONG = SECONDS >= 600;
const PACE = LONG ? 50 : 0;
const MEGABYTE = 1_048_576;

const probe = new HeapProbe();
let host: TestHost;
let anchor: Anchor;

beforeAll(async () => {
  host = LONG ? await TestHost.here() : await TestHost.open();
  anchor = await RelayProcess.start(host, {
    ng: { address: '127.0.0.1', port: 2_223 },
    http: { address: '127.0.0.1', port: 2_225 },
    extraArguments: ['--port-quarantine', '0', '--log-level', 'warn'],
    environment: probe.environment,
  });
});
afterAll(async () => {
  await host.close();
  probe.close();
});

/** What must come back to where it was, and what must add up. */
interface Standing {
  readonly memory: number;
  readonly descriptors: number;
  readonly ports: number;
  readonly received: number;
  readonly forwarded: number;
  readonly dropped: number;
}

async function stand(): Promise<Standing> {
  const samples = await readMetrics(anchor);
  return {
    memory: residentMemory(anchor.process.pid),
    descriptors: countDescriptors(anchor.process.pid),
    ports: total(samples, 'srtp_anchor_ports_used'),
    received: total(samples, 'srtp_anchor_datagrams_received_total'),
    forwarded: total(samples, 'srtp_anchor_packets_total', { direction: 'in' }),
    dropped: total(samples, 'srtp_anchor_packets_dropped_total'),
  };
}

interface Traffic {
  readonly calls: number;
  readonly sent: number;
  readonly mostPorts: number;
  readonly memory: readonly MemorySample[];
}

/** In the long run what is left after a collection: a leak shows in it long before it shows in resident memory. */
async function held({ memory }: Standing): Promise<number> {
  if (!LONG) return memory;
  const { objects, native } = await probe.read(anchor.process.pid);
  return objects + native;
}

async function callsFor(seconds: number): Promise<Traffic> {
  const started = performance.now();
  const running = (): boolean => performance.now() < started + seconds * 1_000;
  let calls = 0;
  let sent = 0;
  let mostPorts = 0;
  const memory: MemorySample[] = [];
  const caller = async (): Promise<void> => {
    while (running()) {
      // Ten seconds of call and up to ten of silence, so that their number goes up and down.
      await sleep(Math.random() * PACE * 200);
      const datagrams = await soakCall(anchor, { number: calls++, pace: PACE });
      sent += datagrams;
    }
  };
  const watcher = async (): Promise<void> => {
    while (running()) {
      // A reading that a busy machine does not give in time is left out.
      const now = await stand().catch(() => undefined);
      if (now !== undefined) {
        mostPorts = Math.max(mostPorts, now.ports);
        memory.push({ minutes: (performance.now() - started) / 60_000, kilobytes: (await held(now)) / 1_024 });
      }
      await sleep(LONG ? 10_000 : 1_000);
    }
  };
  await Promise.all([watcher(), ...Array.from({ length: CALLERS }, caller)]);
  return { calls, sent, mostPorts, memory };
}

/** Once every port of the calls before is closed, and their garbage collected. */
async function atRest(): Promise<Standing & { live: LiveMemory }> {
  const standing = await waitFor(
    'the ports to be back',
    async () => {
      const now = await stand().catch(() => undefined);
      return now?.ports === 0 ? now : undefined;
    },
    { timeoutMilliseconds: 60_000 },
  );
  return { ...standing, live: await probe.read(anchor.process.pid) };
}

it(
  'soak: calls come and go, counters add up to the packet, and nothing grows',
  async () => {
    const idle = await stand();
    // The first part warms heap and caches, the second is measured.
    const warm = await callsFor(SECONDS / 3);
    const third = await atRest();
    const measured = await callsFor((SECONDS * 2) / 3);
    const end = await atRest();
    const trend = trendOf(blocksOf(measured.memory, LONG ? 2 : 1 / 60));
    console.log(JSON.stringify({ idle, warm, third, measured, end, trend, drops: await readDrops(anchor) }));

    expect(measured.calls).toBeGreaterThan(CALLERS);
    expect(end.received).toBe(end.forwarded + end.dropped);
    expect(end.received - idle.received).toBe(warm.sent + measured.sent);
    expect(end.descriptors).toBeLessThanOrEqual(idle.descriptors + 2);
    // Replies are remembered for a minute, 16 MiB at most: in the long run there are as many at the end as before.
    expect((end.live.objects - third.live.objects) / MEGABYTE).toBeLessThan(LONG ? 2 : 18);
    expect((end.live.native - third.live.native) / MEGABYTE).toBeLessThan(8);
    // V8 collects its old generation when it sees fit; what is resident in between shows in the long run only.
    if (LONG) expect((end.memory - third.memory) / MEGABYTE).toBeLessThan(16);
    // What cannot be told from less than a kilobyte a minute, by twice the error of the measurement.
    if (LONG) expect(trend.slope - 2 * trend.error, 'kilobytes a minute').toBeLessThan(1);
    const client = await openNgClient(anchor);
    expect((await client.ok({ command: 'list' })).dictionary['calls']).toEqual([]);
    await client.close();
  },
  (SECONDS + 180) * 1_000,
);
