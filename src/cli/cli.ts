import { Command, CommanderError } from 'commander';
import { checkConfigFile } from '../config/check-config.js';
import { describeProblem, type ConfigProblem } from '../config/problems.js';
import { readConfig, type ConfigSources, type LoadedConfig } from '../config/read-config.js';
import type { Result } from '../shared/result.js';
import { addConfigOptions, configFlags } from './config-options.js';
import { completionScript, SHELLS } from './completion.js';
import type { CtlCommand } from '../ctl/ctl-command.js';
import { addCtlCommand } from './ctl-command.js';
import { EXIT, EXIT_HELP } from './exit-codes.js';
import { packageVersion } from './package-info.js';

/** A configuration that was read, and the way to read it again (SIGHUP). */
export interface ConfigHandle {
  readonly loaded: LoadedConfig;
  readonly read: () => Result<LoadedConfig, readonly ConfigProblem[]>;
}

/** What the subcommands do; the composition root supplies them. Each resolves with the exit code. */
export interface CliHandlers {
  serve(config: ConfigHandle): Promise<number>;
  ctl(command: CtlCommand): Promise<number>;
  /** `file` null = standard input. */
  explain(request: {
    readonly file: string | null;
    readonly config: LoadedConfig;
    readonly json: boolean;
  }): Promise<number>;
  demo(request: { readonly seconds: number; readonly json: boolean }): Promise<number>;
  /** Arguments as given: the benchmark has a command line of its own. */
  bench(args: readonly string[]): Promise<number>;
}

export interface CliOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const processOutput: CliOutput = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  environment: process.env,
};

/** Runs one command line, without the name of the program. Resolves with the exit code; never exits by itself. */
export async function runCli(
  args: readonly string[],
  handlers: CliHandlers,
  output: CliOutput = processOutput,
): Promise<number> {
  let code: number = EXIT.ok;
  const program = buildProgram(handlers, output, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed what was wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
}

type Done = (code: number) => void;

export function buildProgram(handlers: CliHandlers, output: CliOutput, done: Done): Command {
  const program = new Command('srtp-anchor')
    .description('SRTP media relay for SIP proxies, driven over the NG protocol')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXIT_HELP)
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .showHelpAfterError('(srtp-anchor --help lists what there is)')
    // What follows a subcommand belongs to it: `bench --help` reaches the benchmark.
    .enablePositionalOptions()
    .exitOverride();
  addServe(program, handlers, output, done);
  addCtlCommand(program, output.environment, async (command) => done(await handlers.ctl(command)));
  addExplain(program, handlers, output, done);
  addDemo(program, handlers, done);
  addBench(program, handlers, done);
  addCheckConfig(program, output, done);
  addCompletion(program, output);
  return program;
}

function addServe(program: Command, handlers: CliHandlers, output: CliOutput, done: Done): void {
  const command = program
    .command('serve')
    .description('run the relay')
    .option('--config <FILE>', 'YAML configuration file');
  addConfigOptions(command);
  command.action(async () => {
    const read = configReader(command, output);
    await withConfig(read, output, done, async (loaded) => done(await handlers.serve({ loaded, read })));
  });
}

function addExplain(program: Command, handlers: CliHandlers, output: CliOutput, done: Done): void {
  const command = program
    .command('explain')
    .description('judge every a=crypto line of an SDP, and say what would be answered and why')
    .argument('[FILE]', 'file with the SDP; standard input without it')
    .option('--config <FILE>', 'YAML configuration file')
    .option('--json', 'print JSON');
  addConfigOptions(command, 'SRTP policy');
  command.action(async (file: string | undefined, options: { json?: boolean }) => {
    await withConfig(configReader(command, output), output, done, async (config) =>
      done(await handlers.explain({ file: file ?? null, config, json: options.json === true })),
    );
  });
}

function addDemo(program: Command, handlers: CliHandlers, done: Done): void {
  program
    .command('demo')
    .description('a call through a private instance: plain RTP on one side, SRTP on the other')
    .option('--seconds <N>', 'length of the tone', '3')
    .option('--json', 'print JSON')
    .action(async (options: { seconds: string; json?: boolean }, command: Command) => {
      const seconds = Number(options.seconds);
      if (!(seconds >= 1 && seconds <= 60))
        command.error(`error: --seconds is ${options.seconds}; expected a number from 1 to 60`);
      done(await handlers.demo({ seconds, json: options.json === true }));
    });
}

function addBench(program: Command, handlers: CliHandlers, done: Done): void {
  program
    .command('bench')
    .description('packet-rate benchmarks (bench --help has their options)')
    .helpOption(false)
    .argument('[ARGS...]', 'arguments of the benchmark')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[]) => done(await handlers.bench(args)));
}

function addCheckConfig(program: Command, output: CliOutput, done: Done): void {
  program
    .command('check-config')
    .description('judge a configuration file: prints ok, or every problem with its line')
    .argument('<FILE>', 'YAML configuration file')
    .action((file: string) => {
      const verdict = checkConfigFile(file);
      (verdict.good ? output.out : output.err)(`${verdict.lines.join('\n')}\n`);
      done(verdict.good ? EXIT.ok : EXIT.config);
    });
}

function addCompletion(program: Command, output: CliOutput): void {
  program
    .command('completion')
    .description('print a completion script for the shell')
    .argument('<SHELL>', SHELLS.join(', '))
    .action((shell: string, _options: unknown, command: Command) => {
      const known = SHELLS.find((candidate) => candidate === shell);
      if (known === undefined)
        command.error(`error: shell ${shell} is not known; expected one of ${SHELLS.join(', ')}`);
      else output.out(completionScript(known, program));
    });
}

function configReader(command: Command, output: CliOutput): ConfigHandle['read'] {
  const { flags, file } = configFlags(command, output.environment);
  const sources: ConfigSources = { flags, environment: output.environment, file };
  return () => readConfig(sources);
}

async function withConfig(
  read: ConfigHandle['read'],
  output: CliOutput,
  done: Done,
  use: (loaded: LoadedConfig) => Promise<void>,
): Promise<void> {
  const loaded = read();
  if (loaded.ok) return use(loaded.value);
  for (const problem of loaded.error) output.err(`${describeProblem(problem)}\n`);
  done(EXIT.config);
}
