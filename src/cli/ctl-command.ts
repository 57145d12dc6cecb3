import { Option, type Command } from 'commander';
import type { CtlCommand, CtlTarget } from '../ctl/ctl-command.js';
import { LOG_LEVELS } from '../log/logger.js';

const defaultUrl = 'http://127.0.0.1:2225';

type Environment = Readonly<Record<string, string | undefined>>;
type Handler = (command: CtlCommand) => Promise<void>;

export function addCtlCommand(program: Command, environment: Environment, handle: Handler): void {
  const ctl = program.command('ctl').description('ask and steer a running relay over its HTTP API');
  const sub = (name: string, description: string): Command =>
    addTarget(ctl.command(name).description(description), environment);

  const list = sub('list', 'calls, oldest first').option('--limit <N>', 'at most so many', '100');
  list.action((options: { limit: string }) =>
    handle({ ...target(list), action: 'list', limit: whole(list, '--limit', options.limit, 1, 100_000) }),
  );

  const show = sub('show', 'one call: both legs, and in words why there is audio or not').argument('<CALL-ID>');
  show.action((callId: string) => handle({ ...target(show), action: 'show', callId }));

  const stats = sub('stats', 'totals, rates, drops by reason, workers');
  stats.action(() => handle({ ...target(stats), action: 'stats' }));

  const top = sub('top', 'the same and the busiest calls, refreshing; q or Ctrl-C ends')
    .option('--interval <S>', 'seconds between two pictures', '2')
    .option('--rounds <N>', 'end after so many pictures');
  top.action((options: { interval: string; rounds?: string }) =>
    handle({
      ...target(top),
      action: 'top',
      intervalSeconds: whole(top, '--interval', options.interval, 1, 3_600),
      rounds: options.rounds === undefined ? null : whole(top, '--rounds', options.rounds, 1, 1_000_000),
    }),
  );

  const drain = sub('drain', 'take no new calls; end when the last one is over');
  drain.action(() => handle({ ...target(drain), action: 'drain' }));

  const terminate = sub('terminate', 'end one call at once').argument('<CALL-ID>');
  terminate.action((callId: string) => handle({ ...target(terminate), action: 'terminate', callId }));

  const loglevel = sub('loglevel', 'change the log level').argument('<LEVEL>', LOG_LEVELS.join(', '));
  loglevel.action((text: string) => {
    const level = LOG_LEVELS.find((candidate) => candidate === text);
    if (level === undefined)
      return loglevel.error(`error: log level ${text} is not known; expected one of ${LOG_LEVELS.join(', ')}`);
    return handle({ ...target(loglevel), action: 'loglevel', level });
  });
}

function addTarget(command: Command, environment: Environment): Command {
  return command
    .addOption(
      new Option('--url <URL>', 'where the relay serves HTTP').default(environment['SRTP_ANCHOR_URL'] ?? defaultUrl),
    )
    .addOption(new Option('--token <TOKEN>', 'bearer token for changes; better in SRTP_ANCHOR_TOKEN'))
    .option('--json', 'print JSON')
    .hook('preAction', () => {
      if (command.getOptionValue('token') === undefined)
        command.setOptionValue('token', environment['SRTP_ANCHOR_TOKEN']);
    });
}

function target(command: Command): CtlTarget {
  const { url, token, json } = command.opts<{ url: string; token?: string; json?: boolean }>();
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    command.error(`error: --url is ${url}; expected something like ${defaultUrl}`);
  return { url: url.replace(/\/+$/, ''), token: token ?? null, json: json === true };
}

function whole(command: Command, flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    command.error(`error: ${flag} is ${text}; expected a whole number from ${least} to ${most}`);
  return value;
}
