import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../src/shared/result.js';
import { SYSTEMS } from './peers/systems.js';
import type { SystemName } from './peers/peer.js';
import type { SearchBounds } from './measure/highest-rate.js';
import { BRIDGES, type Bridge } from './scenarios.js';

export const MEASURES = [
  'cpu',
  'rate',
  'latency',
  'life',
  'workers',
  'control',
  'memory',
  'churn',
  'crypto',
  'micro',
] as const;
export type Measure = (typeof MEASURES)[number];

/** How much of everything a run does. */
export interface BenchOptions {
  readonly measures: readonly Measure[];
  readonly systems: readonly SystemName[];
  readonly bridges: readonly Bridge[];
  /** Bridges of the `rate` measure, which takes long; null = all of `bridges`. */
  readonly rateBridges: readonly Bridge[] | null;
  readonly runs: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  /** Packets a second of the `cpu` measure. */
  readonly rates: readonly number[];
  /** Calls of the `cpu`, `rate` and `latency` measures. */
  readonly hotCalls: number;
  readonly payload: number;
  readonly direction: 'forward' | 'both';
  readonly burst: number;
  readonly search: SearchBounds;
  readonly lifeCalls: number;
  readonly pairs: number;
  /** Packets a second that no relay here can carry on one core. */
  readonly saturatingRate: number;
  readonly memoryCalls: number;
  readonly churnCalls: number;
  /** Longer than a relay keeps replies for retransmissions. */
  readonly churnRestSeconds: number;
  readonly operationSeconds: number;
  /** Packets a second of the `latency` measure; null = half of the highest rate found, or of the last of `rates`. */
  readonly latencyRate: number | null;
  readonly minutes: number;
  readonly relayCpus: string | null;
  readonly generatorCpu: number | null;
  readonly generatorPort: number;
  /** Niceness of relay and generator. */
  readonly nice: number;
  /** Path without extension: `.json`, `.md` and `.svg` are written; null = the table goes to standard output only. */
  readonly out: string | null;
}

const everySystem = SYSTEMS.map((system) => system.name);

const full: BenchOptions = {
  measures: ['cpu', 'rate'],
  systems: everySystem,
  bridges: ['rtp_srtp', 'srtp_rtp'],
  rateBridges: null,
  runs: 5,
  seconds: 3,
  warmupSeconds: 1,
  rates: [10_000, 40_000, 80_000, 140_000],
  hotCalls: 256,
  payload: 160,
  direction: 'forward',
  burst: 1,
  search: { first: 60_000, most: 600_000, precision: 1.04 },
  lifeCalls: 2_000,
  pairs: 2_000,
  saturatingRate: 400_000,
  memoryCalls: 2_000,
  churnCalls: 10_000,
  churnRestSeconds: 65,
  operationSeconds: 0.2,
  latencyRate: null,
  minutes: 10,
  relayCpus: null,
  generatorCpu: null,
  generatorPort: 28_000,
  nice: 0,
  out: null,
};

/** Everything once and small: it shows that all of it works, and says nothing about speed. */
const quick: Partial<BenchOptions> = {
  measures: MEASURES,
  bridges: BRIDGES,
  rateBridges: ['rtp_srtp'],
  direction: 'both',
  runs: 1,
  seconds: 0.4,
  warmupSeconds: 0.4,
  rates: [1_000],
  hotCalls: 4,
  search: { first: 1_000, most: 1_000, precision: 1.5 },
  lifeCalls: 20,
  pairs: 40,
  saturatingRate: 5_000,
  memoryCalls: 40,
  churnCalls: 80,
  churnRestSeconds: 0.5,
  operationSeconds: 0.005,
  latencyRate: 1_000,
  minutes: 0.05,
};

/** What the README's chart and the targets need. */
const readme: Partial<BenchOptions> = { measures: MEASURES, rateBridges: ['rtp_srtp'], seconds: 2 };

const flags = {
  quick: { type: 'boolean' },
  readme: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  measures: { type: 'string' },
  systems: { type: 'string' },
  bridges: { type: 'string' },
  runs: { type: 'string' },
  seconds: { type: 'string' },
  warmup: { type: 'string' },
  rates: { type: 'string' },
  calls: { type: 'string' },
  'life-calls': { type: 'string' },
  payload: { type: 'string' },
  direction: { type: 'string' },
  burst: { type: 'string' },
  rate: { type: 'string' },
  minutes: { type: 'string' },
  'relay-cpus': { type: 'string' },
  'generator-cpu': { type: 'string' },
  'generator-port': { type: 'string' },
  nice: { type: 'string' },
  out: { type: 'string' },
} as const;

export const HELP = `srtp-anchor bench [OPTIONS]                 measure relays side by side
srtp-anchor bench soak [OPTIONS]            one load for many minutes (srtp-anchor, or the one of --systems)
srtp-anchor bench compare A.json B.json     ratios of two results
srtp-anchor bench report FILE.json          table and chart of a result again (beside it)

What is done
  --readme             everything that the README shows, results under bench/results/ (three quarters of an hour)
  --quick              everything once and small, for correctness (half a minute); no figure of it means anything
  --measures LIST      of ${MEASURES.join(', ')}  [cpu,rate]
  --systems LIST       of ${everySystem.join(', ')}  [all]
  --bridges LIST       of ${BRIDGES.join(', ')}  [rtp_srtp,srtp_rtp]
  --runs N             alternating runs, of which medians are taken  [5]
  --out PATH           write PATH.json, PATH.md and PATH.svg

The load
  --rates LIST         thousand packets a second of the cpu measure  [10,40,80,140]
  --rate N             thousand packets a second of latency and soak  [half of the highest; soak 80]
  --calls N            calls that share the rate  [256]
  --life-calls N       calls of 50 packets a second each in the life measure  [2000]
  --payload N          octets behind the RTP header  [160]
  --direction WHICH    forward or both  [forward]
  --burst N            packets of a stream that leave at once  [1]
  --seconds S          measured part of a run  [3]
  --warmup S           before that  [1]
  --minutes M          length of a soak  [10]

Where
  --relay-cpus LIST    as for taskset  [0; all but the generator's for several workers]
  --generator-cpu N    [the last one]
  --generator-port N   first of four UDP ports on 127.0.0.1; relays get 10000 up to it  [28000]
  --nice N             niceness of relay and generator, below 0 as root: others get out of the way  [0]
`;

export type Parsed =
  | { readonly help: true }
  | { readonly help: false; readonly options: BenchOptions; readonly arguments: readonly string[] };

/** The error is a sentence for the person who typed. */
export function parseOptions(argv: readonly string[]): Result<Parsed, string> {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: flags, allowPositionals: true });
    if (values.help === true) return ok({ help: true });
    return ok({ help: false, options: toOptions(values), arguments: positionals });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'];

function toOptions(values: Values): BenchOptions {
  const base: BenchOptions = {
    ...full,
    ...(values.readme === true ? readme : {}),
    ...(values.quick === true ? quick : {}),
  };
  return {
    ...base,
    measures: listOf(values.measures, MEASURES, 'measure') ?? base.measures,
    systems: listOf(values.systems, everySystem, 'system') ?? base.systems,
    bridges: listOf(values.bridges, BRIDGES, 'bridge') ?? base.bridges,
    runs: number('runs', values.runs, 1, 100) ?? base.runs,
    seconds: number('seconds', values.seconds, 0.1, 3600) ?? base.seconds,
    warmupSeconds: number('warmup', values.warmup, 0.1, 60) ?? base.warmupSeconds,
    rates: values.rates?.split(',').map((rate) => 1000 * (number('rates', rate, 0.1, 10_000) ?? 0)) ?? base.rates,
    latencyRate: thousand(number('rate', values.rate, 0.1, 10_000)) ?? base.latencyRate,
    hotCalls: number('calls', values.calls, 1, 4_000) ?? base.hotCalls,
    lifeCalls: number('life-calls', values['life-calls'], 1, 4_000) ?? base.lifeCalls,
    payload: number('payload', values.payload, 1, 1_400) ?? base.payload,
    direction: listOf(values.direction, ['forward', 'both'] as const, 'direction')?.[0] ?? base.direction,
    burst: number('burst', values.burst, 1, 32) ?? base.burst,
    minutes: number('minutes', values.minutes, 0.01, 600) ?? base.minutes,
    relayCpus: values['relay-cpus'] ?? base.relayCpus,
    generatorCpu: number('generator-cpu', values['generator-cpu'], 0, 1023) ?? base.generatorCpu,
    generatorPort: number('generator-port', values['generator-port'], 10_100, 65_000) ?? base.generatorPort,
    nice: number('nice', values.nice, -20, 19) ?? base.nice,
    out: values.out ?? base.out,
  };
}

function thousand(value: number | null): number | null {
  return value === null ? null : value * 1000;
}

function number(name: string, text: string | undefined, least: number, most: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most))
    throw new RangeError(`--${name} takes a number from ${least} to ${most}, not '${text}'`);
  return value;
}

function listOf<T extends string>(text: string | undefined, known: readonly T[], noun: string): T[] | null {
  if (text === undefined) return null;
  return text.split(',').map((word) => {
    const found = known.find((item) => item === word.trim());
    if (found === undefined) throw new RangeError(`'${word}' is no ${noun}; there are ${known.join(', ')}`);
    return found;
  });
}
