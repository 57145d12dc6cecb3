import type { ConfigHandle } from '../cli/cli.js';
import { EXIT } from '../cli/exit-codes.js';
import { compareConfigs } from '../config/config.js';
import type { LoadedConfig } from '../config/read-config.js';
import { describeProblem } from '../config/problems.js';
import type { ListenAddress } from '../config/addresses.js';
import { serviceNotifier, watchdogInterval, type ServiceNotifier } from '../http/service-notifier.js';
import { Watchdog } from '../http/watchdog.js';
import { DescriptorSink } from '../log/log-sink.js';
import { createLogger, type RootLogger } from '../log/logger.js';
import { AnchorApp, type Listening } from './anchor-app.js';
import { keepMemoryOutOfCoreDumps } from './core-dumps.js';

const DRAIN_CHECK_MILLISECONDS = 250;
const LOG_DROPS_MILLISECONDS = 5_000;

/** `srtp-anchor serve`: runs until told to end. SIGTERM and `ctl drain` drain, a second signal ends at once, SIGHUP reloads. */
export async function serve(handle: ConfigHandle, version: string): Promise<number> {
  const { config, warnings } = handle.loaded;
  // Early: what it starts is forked while the process is small.
  const notifier = serviceNotifier(process.env);
  const sink = new DescriptorSink(1, config.logFormat);
  const logger = createLogger(sink, config.logLevel);
  for (const warning of warnings) logger.warn('configuration-warning', { warning });
  if (!keepMemoryOutOfCoreDumps()) logger.warn('core-dumps-hold-keys', {});
  const app = new AnchorApp({ config, logger, version });
  try {
    announce(
      await app.start(),
      config.interfaces.map((one) => one.address),
      logger,
      version,
    );
  } catch (error) {
    logger.error('start-failed', { reason: error instanceof Error ? error.message : 'unknown' });
    process.stderr.write(`srtp-anchor: ${startFailure(error)}\n`);
    await sink.flush();
    return EXIT.failed;
  }
  const drops = watchLogDrops(sink, app);
  const watchdog = startWatchdog(app, notifier);
  notifier.ready(`NG on ${config.listenNg.length} address(es)`);
  const code = await untilOver(app, handle, logger, notifier);
  clearInterval(drops);
  watchdog?.close();
  await app.stop();
  notifier.close();
  logger.info('stopped', { code });
  await sink.flush();
  return code;
}

function announce({ ng, http }: Listening, media: readonly string[], logger: RootLogger, version: string): void {
  const at = ({ address, port }: ListenAddress): string =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  logger.info('started', { version, ng: ng.map(at), http: http === null ? 'none' : at(http), media: [...media] });
  const lines = [`srtp-anchor ${version} is running`, `  NG control   udp ${ng.map(at).join(', ')}`];
  if (http !== null) lines.push(`  live page    http://${at(http)}/`, `  metrics      http://${at(http)}/metrics`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** What to do about the failures that happen at every second installation. */
function startFailure(error: unknown): string {
  const { code, message, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  const where = port === undefined ? '' : ` ${address ?? ''}:${port}`;
  if (code === 'EADDRINUSE')
    return `${where.trim()} is in use: another relay runs, or give other --listen-ng and --listen-http addresses`;
  if (code === 'EADDRNOTAVAIL') return `${where.trim()} is not an address of this machine`;
  return message;
}

/** Resolves with the exit code when a drain has ended the last call, or a second signal everything. */
function untilOver(
  app: AnchorApp,
  handle: ConfigHandle,
  logger: RootLogger,
  notifier: ServiceNotifier,
): Promise<number> {
  let { loaded } = handle;
  return new Promise((resolve) => {
    let check: NodeJS.Timeout | undefined;
    let signalled = false;
    const finish = (code: number): void => {
      clearInterval(check);
      resolve(code);
    };
    // By a signal or over HTTP.
    app.onDrain = () => {
      notifier.stopping(`draining, ${app.service.calls.size} calls`);
      const deadline = drainDeadline(loaded.config.drainTimeoutSeconds);
      const isOver = (): boolean => app.service.calls.size === 0 || performance.now() >= deadline;
      check = setInterval(() => isOver() && finish(EXIT.ok), DRAIN_CHECK_MILLISECONDS);
    };
    const leave = (signal: NodeJS.Signals): void => {
      if (signalled) {
        logger.warn('ended-at-once', { signal, calls: app.service.calls.size });
        finish(EXIT.ok);
        return;
      }
      signalled = true;
      app.drain();
      if (app.service.calls.size === 0) finish(EXIT.ok);
    };
    process.on('SIGTERM', leave);
    process.on('SIGINT', leave);
    process.on('SIGHUP', () => {
      loaded = reload(app, handle, loaded, logger);
    });
  });
}

function startWatchdog(app: AnchorApp, notifier: ServiceNotifier): Watchdog | null {
  const interval = watchdogInterval(process.env, process.pid);
  return interval === null ? null : new Watchdog(app.health, notifier, interval);
}

/** By `performance.now`: a wall clock that is set must not cut the calls off, nor keep them. */
function drainDeadline(seconds: number): number {
  return seconds === 0 ? Infinity : performance.now() + seconds * 1_000;
}

/** Gives what is in force from now on. A file that cannot be read, or holds a mistake, changes nothing. */
function reload(app: AnchorApp, handle: ConfigHandle, current: LoadedConfig, logger: RootLogger): LoadedConfig {
  const read = handle.read();
  if (!read.ok) {
    for (const problem of read.error) logger.error('reload-refused', { problem: describeProblem(problem) });
    return current;
  }
  app.reload(read.value.config);
  logger.info('reloaded', { changed: compareConfigs(current.values, read.value.values).reloadable });
  // What needs a restart is compared with the start: it has not taken effect since.
  const { restart } = compareConfigs(handle.loaded.values, read.value.values);
  if (restart.length > 0) logger.warn('reload-needs-restart', { options: restart });
  return read.value;
}

/** Lines that a slow reader cost are counted where they can be seen. */
function watchLogDrops(sink: DescriptorSink, app: AnchorApp): NodeJS.Timeout {
  let seen = 0;
  return setInterval(() => {
    const { dropped } = sink;
    app.metrics.recorder.logLinesDropped(dropped - seen);
    seen = dropped;
  }, LOG_DROPS_MILLISECONDS).unref();
}
