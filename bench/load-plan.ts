import type { MediaAddress, RelayedCall, RelayedParty, SuiteKey } from './relayed-call.js';
import type { LoadShape } from './scenarios.js';

/** CPUs of the generator: the loop's, or the sender's and the receiver's. */
export interface GeneratorPlacement {
  readonly threads: 1 | 2;
  readonly senderCpu: number | null;
  readonly receiverCpu: number | null;
  /** Niceness of the generator. */
  readonly nice: number;
}

export interface LoadTimes {
  readonly warmupMilliseconds: number;
  readonly durationMilliseconds: number;
}

export interface LoadOptions {
  readonly calls: readonly RelayedCall[];
  readonly shape: LoadShape;
  readonly times: LoadTimes;
  readonly placement: GeneratorPlacement;
  /** Whose CPU time is read at both ends of the window. */
  readonly watchedPids: readonly number[];
  /** Arrival times from the kernel: exact latency for a little CPU. */
  readonly kernelStamps: boolean;
  readonly progress: boolean;
}

/** Packets that each silent end sends during the warm-up, so that the relay knows where it is. */
const helloPackets = 5;

/** The text that anchor_load reads (bench/load_generator/plan.h). It holds keys: it is piped, never written to a file. */
export function writeLoadPlan(options: LoadOptions): string {
  const writer = new PlanWriter(options);
  const { shape, times } = options;
  const rtcp = { rate: shape.packetsPerSecond * shape.rtcpShare, payload: 0, burst: 1 };
  const rtp = { rate: shape.packetsPerSecond, payload: shape.payload, burst: shape.burst };
  const directions = shape.direction === 'both' ? (['forward', 'backward'] as const) : (['forward'] as const);
  for (const direction of directions) {
    const ssrcs = freshSsrcs(options.calls.length);
    writer.group(direction, 'rtp', { ...rtp, rate: rtp.rate / directions.length }, true, ssrcs);
    if (rtcp.rate > 0) writer.group(direction, 'rtcp', { ...rtcp, rate: rtcp.rate / directions.length }, false, ssrcs);
  }
  if (shape.direction === 'forward') {
    const rate = (options.calls.length * helloPackets * 1000) / times.warmupMilliseconds;
    writer.hello({ rate, payload: shape.payload, burst: 1 }, freshSsrcs(options.calls.length));
  }
  return writer.text;
}

interface Pace {
  readonly rate: number;
  readonly payload: number;
  readonly burst: number;
}

type Direction = 'forward' | 'backward';

class PlanWriter {
  readonly #options: LoadOptions;
  readonly #endpoints = new Map<string, number>();
  readonly #lines: string[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    for (const call of options.calls) {
      this.#endpoint(call.request.a.media);
      this.#endpoint(call.request.b.media);
    }
  }

  get text(): string {
    return [...this.#header(), ...this.#lines, ''].join('\n');
  }

  group(direction: Direction, kind: 'rtp' | 'rtcp', pace: Pace, counted: boolean, ssrcs: readonly number[]): void {
    const { warmupMilliseconds, durationMilliseconds } = this.#options.times;
    this.#open(`${direction}-${kind}`, kind, pace, warmupMilliseconds + durationMilliseconds, counted);
    this.#streams(direction, kind, ssrcs);
  }

  /** Packets of the ends that are silent otherwise. */
  hello(pace: Pace, ssrcs: readonly number[]): void {
    this.#open('hello', 'rtp', pace, this.#options.times.warmupMilliseconds, false);
    this.#streams('backward', 'rtp', ssrcs);
  }

  #header(): string[] {
    const { times, placement, watchedPids, kernelStamps, progress } = this.#options;
    const settings: Record<string, number | null> = {
      warmup_ms: times.warmupMilliseconds,
      duration_ms: times.durationMilliseconds,
      kernel_stamps: kernelStamps ? 1 : 0,
      threads: placement.threads,
      sender_cpu: placement.senderCpu,
      receiver_cpu: placement.receiverCpu,
      progress: progress ? 1 : 0,
    };
    const set = Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [`set ${name} ${value}`]));
    return ['anchor-load 1', ...set, ...watchedPids.map((pid) => `watch ${pid}`)];
  }

  #open(name: string, kind: string, pace: Pace, stopMilliseconds: number, counted: boolean): void {
    const words = [name, kind, pace.rate, 0, stopMilliseconds, pace.payload, counted ? 1 : 0, pace.burst];
    this.#lines.push(`group ${words.join(' ')}`);
  }

  #streams(direction: Direction, kind: 'rtp' | 'rtcp', ssrcs: readonly number[]): void {
    this.#options.calls.forEach((call, i) => {
      const { a, b } = call.request;
      const [sender, receiver] = direction === 'forward' ? [a, b] : [b, a];
      const [facingSender, facingReceiver] = direction === 'forward' ? [call.a, call.b] : [call.b, call.a];
      const words = [
        ssrcs[i],
        firstSequence(),
        this.#endpoint(sender.media),
        ...target(facingSender, kind),
        ...keyWords(sender.crypto),
        this.#endpoint(receiver.media),
        ...keyWords(facingReceiver.crypto),
      ];
      this.#lines.push(`stream ${words.join(' ')}`);
    });
  }

  #endpoint(media: MediaAddress): number {
    const line = `endpoint ${media.address} ${media.rtp} ${media.rtcp}`;
    const known = this.#endpoints.get(line);
    if (known !== undefined) return known;
    this.#endpoints.set(line, this.#endpoints.size);
    this.#lines.push(line);
    return this.#endpoints.size - 1;
  }
}

function target(party: RelayedParty, kind: 'rtp' | 'rtcp'): [string, number] {
  return [party.relay.address, party.relay[kind]];
}

function keyWords(key: SuiteKey | null): [string, string] {
  return key === null ? ['-', '-'] : [key.suite, Buffer.from(key.keySalt, 'base64').toString('hex')];
}

/** Below 2^15, so that a lost first packet cannot shift the rollover counter (RFC 3711 §3.3.1). */
function firstSequence(): number {
  return Math.floor(Math.random() * 0x8000);
}

function freshSsrcs(count: number): number[] {
  const ssrcs = new Set<number>();
  while (ssrcs.size < count) ssrcs.add(Math.floor(Math.random() * 0xffffffff) + 1);
  return [...ssrcs];
}
