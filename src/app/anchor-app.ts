import type { ListenAddress } from '../config/addresses.js';
import type { Config } from '../config/config.js';
import type { AccessRules } from '../http/access.js';
import { EventLoopLag } from '../http/event-loop-lag.js';
import { HttpServer } from '../http/server.js';
import type { HealthSource } from '../http/sources.js';
import { LimitedLog } from '../log/limited-log.js';
import type { RootLogger } from '../log/logger.js';
import { MetricsCollector } from '../metrics/collector.js';
import { loadAddon, type Addon } from '../relay/addon.js';
import type { Relay } from '../relay/relay.js';
import type { AnchorService } from '../session/anchor-service.js';
import { systemClock, type Clock } from '../shared/clock.js';
import { ControlRoom } from './control-room.js';
import { httpSources } from './http-sources.js';
import { MetricsAdapter } from './metrics-adapter.js';
import type { RecentRefusals } from './recent-refusals.js';
import { SessionRoom } from './session-room.js';

export interface AnchorAppOptions {
  readonly config: Config;
  readonly logger: RootLogger;
  readonly version: string;
  readonly clock?: Clock;
  readonly addon?: Addon;
}

/** Where a running relay can be reached. */
export interface Listening {
  readonly ng: readonly ListenAddress[];
  readonly http: ListenAddress | null;
}

/** One relay with everything around it. Two in one process do not know of each other. */
export class AnchorApp {
  readonly metrics: MetricsCollector;
  readonly health: HealthSource;
  /** Called once, when a drain begins. */
  onDrain: () => void = () => undefined;
  #config: Config;
  readonly #logger: RootLogger;
  readonly #lag: EventLoopLag;
  readonly #sessions: SessionRoom;
  readonly #control: ControlRoom;
  readonly #http: HttpServer;
  #httpAddress: ListenAddress | null = null;

  constructor(options: AnchorAppOptions) {
    const { config, logger, version } = options;
    const clock = options.clock ?? systemClock;
    const addon = options.addon ?? loadAddon();
    const log = new LimitedLog(logger, clock);
    this.#config = config;
    this.#logger = logger;
    this.#lag = new EventLoopLag(clock);
    this.#sessions = new SessionRoom({ config, addon, logger, log, clock, recorder: () => this.metrics.recorder });
    const adapter = new MetricsAdapter(this.#sessions, {
      isReady: () => this.isReady,
      controlDrops: () => this.#control.dropped,
    });
    const build = { version, node: process.version, ...addon.versions() };
    const interfaceNames = [...new Set(config.interfaces.map((one) => one.name))];
    this.metrics = new MetricsCollector(adapter, build, interfaceNames, clock);
    const { recorder } = this.metrics;
    this.#control = new ControlRoom({ config, service: this.service, logger, log, recorder, clock, system: addon });
    const sources = httpSources({ app: this, adapter, clock, version, lag: this.#lag, logger, control: this.#control });
    this.health = sources.health;
    this.#http = new HttpServer({ sources, rules: () => this.#accessRules(), log });
  }

  get service(): AnchorService {
    return this.#sessions.service;
  }

  get refusals(): RecentRefusals {
    return this.#sessions.refusals;
  }

  get relay(): Relay {
    return this.#sessions.relay;
  }

  get isReady(): boolean {
    return this.#control.isListening && !this.service.admission.draining;
  }

  /** Opens all listeners, or closes everything and rejects. */
  async start(): Promise<Listening> {
    try {
      await this.#control.start();
      const wanted = this.#config.listenHttp;
      if (wanted !== null) this.#httpAddress = await this.#http.listen(wanted);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#sessions.start();
    return { ng: this.#control.addresses, http: this.#httpAddress };
  }

  /** From here on new calls are turned away; those in progress go on. */
  drain(): void {
    if (this.service.admission.draining) return;
    this.service.admission.draining = true;
    this.#logger.info('drain-began', { calls: this.service.calls.size });
    this.onDrain();
  }

  /** Takes over what can change while calls are in progress. */
  reload(config: Config): void {
    this.#config = config;
    this.#sessions.reload(config);
    this.#control.reload(config);
    this.#logger.setLevel(config.logLevel);
  }

  /** Ends calls, sockets and threads. Idempotent. */
  async stop(): Promise<void> {
    await this.#control.stop();
    if (this.#httpAddress !== null) await this.#http.close();
    this.#httpAddress = null;
    this.#sessions.stop();
    this.#lag.close();
  }

  #accessRules(): AccessRules {
    return { token: this.#config.httpToken, allowedHosts: this.#config.httpAllowedHosts };
  }
}
