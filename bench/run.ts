import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import type { Bench } from './bench.js';
import { writeChart } from './chart.js';
import { compareResults, writeComparison } from './compare.js';
import { describeMachine, describeVersions } from './machine.js';
import { writeMarkdown } from './markdown.js';
import { measureEndurance } from './measure/endurance.js';
import { MEASUREMENTS } from './measure/suite.js';
import { HELP, MEASURES, parseOptions, type BenchOptions } from './options.js';
import { inRoot } from './paths.js';
import type { SystemName } from './peers/peer.js';
import { findSystem } from './peers/systems.js';
import { progressTo } from './progress.js';
import { parseResult, type BenchResult, type Sample } from './result.js';
import { hot } from './scenarios.js';
import { prepareTools } from './tools.js';

/** `srtp-anchor bench …`; `argv` is what follows `bench`. Answers the process's exit code. */
export async function runBench(argv: readonly string[]): Promise<number> {
  const parsed = parseOptions(argv);
  if (!parsed.ok) return refuse(parsed.error);
  if (parsed.value.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { options } = parsed.value;
  const [command = 'measure', ...files] = parsed.value.arguments;
  try {
    switch (command) {
      case 'measure':
        return await measure(argv, options);
      case 'soak':
        return await soak(argv, options);
      case 'compare':
        return compare(files);
      case 'report':
        return report(files);
      default:
        return refuse(`no command '${command}'; there are measure, soak, compare and report`);
    }
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function refuse(reason: string): number {
  process.stderr.write(`bench: ${reason}\nTry srtp-anchor bench --help.\n`);
  return 2;
}

async function measure(argv: readonly string[], options: BenchOptions): Promise<number> {
  const out = options.out ?? (argv.includes('--readme') ? inRoot('bench', 'results', 'readme') : null);
  const session = await Session.open(argv, options, options.systems);
  const wanted = MEASURES.filter((name) => options.measures.includes(name));
  for (const name of wanted) {
    session.add(await MEASUREMENTS[name](session.bench, options, session.samples));
    // What is done is safe, whatever happens to an hour's run.
    if (out !== null) writeFile(`${out}.json`, session.json());
  }
  return session.finish(out);
}

async function soak(argv: readonly string[], options: BenchOptions): Promise<number> {
  const system: SystemName = options.systems.length === 1 ? (options.systems[0] ?? 'srtp-anchor') : 'srtp-anchor';
  const session = await Session.open(argv, options, [system]);
  const change = { calls: options.hotCalls, payload: options.payload, direction: options.direction } as const;
  const shape = hot(options.bridges[0] ?? 'rtp_srtp', options.latencyRate ?? 80_000, change);
  if (session.bench.systems.length > 0) {
    session.add([await measureEndurance(session.bench, system, shape, options.minutes)]);
  }
  return session.finish(options.out);
}

function compare(files: readonly string[]): number {
  const [before, after] = files;
  if (before === undefined || after === undefined || files.length > 2) return refuse('compare takes two result files');
  process.stdout.write(writeComparison(compareResults(readResult(before), readResult(after))));
  return 0;
}

function report(files: readonly string[]): number {
  const [file] = files;
  if (file === undefined || files.length > 1) return refuse('report takes one result file');
  const result = readResult(file);
  const base = file.replace(/\.json$/, '');
  writeFile(`${base}.md`, writeMarkdown(result));
  writeFile(`${base}.svg`, writeChart(result));
  process.stdout.write(writeMarkdown(result));
  return 0;
}

function readResult(path: string): BenchResult {
  return parseResult(readFileSync(path, 'utf8'));
}

function writeFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** One invocation: what was set up, what has been measured so far. */
class Session {
  readonly bench: Bench;
  readonly samples: Sample[] = [];
  readonly #head: Omit<BenchResult, 'finishedAt' | 'samples'>;

  private constructor(bench: Bench, head: Omit<BenchResult, 'finishedAt' | 'samples'>) {
    this.bench = bench;
    this.#head = head;
  }

  static async open(argv: readonly string[], options: BenchOptions, wanted: readonly SystemName[]): Promise<Session> {
    const progress = progressTo(process.stderr);
    const machine = describeMachine();
    const tools = await prepareTools((text) => progress.step(text));
    const absent = wanted.flatMap((system) => {
      const reason = findSystem(system).unavailable();
      return reason === null ? [] : [{ system, reason }];
    });
    for (const { system, reason } of absent) progress.step(`without ${system}: ${reason}`);
    const placed = place(options);
    const bench: Bench = {
      ...placed,
      tools,
      progress,
      systems: wanted.filter((system) => !absent.some((one) => one.system === system)),
      runs: options.runs,
      times: {
        warmupMilliseconds: Math.round(options.warmupSeconds * 1000),
        durationMilliseconds: Math.round(options.seconds * 1000),
      },
      generatorPort: options.generatorPort,
      relayPortMin: 10_000,
    };
    return new Session(bench, {
      format: 'srtp-anchor-bench 1',
      startedAt: new Date().toISOString(),
      command: ['srtp-anchor', 'bench', ...argv].join(' '),
      machine,
      versions: describeVersions(),
      placement: { relayCpus: placed.relayCpus, generatorCpu: placed.placement.senderCpu, nice: options.nice },
      absent,
    });
  }

  add(samples: readonly Sample[]): void {
    this.samples.push(...samples);
  }

  json(): string {
    return `${JSON.stringify(this.#result(), null, 1)}\n`;
  }

  /** 1 when something arrived that should not have, or nothing could be measured. */
  finish(out: string | null): number {
    this.bench.progress.done();
    const result = this.#result();
    if (out !== null) {
      writeFile(`${out}.json`, this.json());
      writeFile(`${out}.md`, writeMarkdown(result));
      writeFile(`${out}.svg`, writeChart(result));
    }
    process.stdout.write(writeMarkdown(result));
    const wrong = this.samples.filter(
      (sample) => 'outcome' in sample && (sample.outcome.wrong > 0 || sample.outcome.verified === 0),
    );
    for (const sample of wrong)
      process.stderr.write(`bench: what arrived was not as it should be: ${JSON.stringify(sample)}\n`);
    return wrong.length > 0 || this.samples.length === 0 ? 1 : 0;
  }

  #result(): BenchResult {
    return { ...this.#head, finishedAt: new Date().toISOString(), samples: this.samples };
  }
}

/** The generator on the last CPU, a relay of one worker on the first, this process out of the relay's way. */
function place(options: BenchOptions): Pick<Bench, 'relayCpus' | 'allCpus' | 'placement'> {
  const count = cpus().length;
  if (count < 2) {
    const placement = { threads: 1, senderCpu: null, receiverCpu: null, nice: options.nice } as const;
    return { relayCpus: null, allCpus: null, placement };
  }
  const generator = options.generatorCpu ?? count - 1;
  execFileSync('taskset', ['-acp', String(generator), String(process.pid)], { stdio: 'ignore' });
  const others = Array.from({ length: count }, (_, cpu) => cpu).filter((cpu) => cpu !== generator);
  const several = others.length >= 2 ? others : [...others, generator];
  return {
    relayCpus: options.relayCpus ?? String(others[0]),
    allCpus: options.relayCpus ?? several.join(','),
    placement: { threads: 1, senderCpu: generator, receiverCpu: generator, nice: options.nice },
  };
}
