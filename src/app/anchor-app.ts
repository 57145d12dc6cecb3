import { randomBytes } from 'node:crypto';
import type { ListenAddress } from '../config/addresses.js';
import type { Config } from '../config/config.js';
import { Admission as ControlAdmission } from '../control/admission.js';
import { createDispatcher, type Dispatcher } from '../control/dispatcher.js';
import type { ControlLogger, ControlObserver } from '../control/observer.js';
import { UdpControlServer } from '../control/udp-server.js';
import { EventLoopLag } from '../http/event-loop-lag.js';
import { HttpServer } from '../http/server.js';
import type { HttpSources } from '../http/sources.js';
import { LimitedLog } from '../log/limited-log.js';
import type { RootLogger } from '../log/logger.js';
import { MetricsCollector } from '../metrics/collector.js';
import { loadAddon, type Addon } from '../relay/addon.js';
import { Relay } from '../relay/relay.js';
import { Admission } from '../session/admission.js';
import { AnchorService } from '../session/anchor-service.js';
import { LoadMeter } from '../session/load-meter.js';
import { OfferAnswer } from '../session/offer-answer.js';
import { PortAllocator } from '../session/port-allocator.js';
import { PortPlan } from '../session/port-plan.js';
import { Sweeper } from '../session/sweeper.js';
import type { Clock } from '../shared/clock.js';
import { systemClock } from '../shared/clock.js';
import { DEFAULT_WEBHOOK_OPTIONS, Webhook } from '../webhook/webhook.js';
import { controlLogger, controlMetrics } from './control-log.js';
import { controlAdmissionOf, interfacesOf, limitsOf, policyBookOf, relayOptions, timeoutsOf } from './from-config.js';
import { httpSources } from './http-sources.js';
import { MetricsAdapter } from './metrics-adapter.js';
import { relayEventLog } from './relay-log.js';
import { SessionLog } from './session-log.js';
import { usableSuitesOf } from './usable-suites.js';

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
  readonly service: AnchorService;
  readonly relay: Relay;
  readonly metrics: MetricsCollector;
  #config: Config;
  readonly #logger: RootLogger;
  readonly #sweeper: Sweeper;
  readonly #loadMeter: LoadMeter;
  readonly #exchange: OfferAnswer;
  readonly #webhook: Webhook;
  readonly #dispatcher: Dispatcher;
  readonly #controlObserver: ControlObserver;
  readonly #controlLogger: ControlLogger;
  readonly #controlAdmission: ControlAdmission;
  readonly #lag: EventLoopLag;
  readonly #log: LimitedLog;
  readonly #http: HttpServer;
  #udp: UdpControlServer | null = null;
  #listening: Listening = { ng: [], http: null };

  constructor(options: AnchorAppOptions) {
    const { config, logger, version } = options;
    const clock = options.clock ?? systemClock;
    const addon = options.addon ?? loadAddon();
    this.#config = config;
    this.#logger = logger;
    this.#log = new LimitedLog(logger, clock);

    const log = this.#log;
    this.relay = new Relay(addon, relayOptions(config), relayEventLog(log, () => this.metrics.recorder));
    const interfaces = interfacesOf(config, clock);
    this.#webhook = new Webhook(
      { ...DEFAULT_WEBHOOK_OPTIONS, url: config.webhookUrl },
      {
        delivered: () => undefined,
        failed: (reason) => log.log('warn', 'webhook-failed', { reason }),
        dropped: () => log.log('warn', 'webhook-queue-full'),
      },
    );
    const observer = new SessionLog({
      logger,
      recorder: () => this.metrics.recorder,
      webhook: this.#webhook,
      report: (call) => this.service.report(call),
    });
    const allocator = new PortAllocator(this.relay, (name) => observer.portAllocationFailed(name));
    const { endpointLearning, replayWindowPackets, trafficClass } = config;
    this.#exchange = new OfferAnswer(
      {
        interfaces,
        allocator,
        plan: new PortPlan({ endpointLearning, replayWindow: replayWindowPackets, trafficClass }),
        observer,
        usableSuites: usableSuitesOf(addon),
        trafficClass,
        instanceId: randomBytes(8).toString('hex'),
      },
      policyBookOf(config),
    );
    const admission = new Admission(limitsOf(config));
    const { deleteDelaySeconds } = config;
    const exchange = this.#exchange;
    this.service = new AnchorService({
      relay: this.relay,
      exchange,
      allocator,
      observer,
      clock,
      admission,
      defaultDeleteDelaySeconds: deleteDelaySeconds,
    });
    this.#sweeper = new Sweeper(this.service, observer, clock, timeoutsOf(config));
    this.#loadMeter = new LoadMeter(this.relay, admission, clock);
    const adapter = new MetricsAdapter(this.relay, this.service, interfaces, () => this.isReady);
    this.metrics = new MetricsCollector(
      adapter,
      { version, node: process.version, ...addon.versions() },
      config.interfaces.map((one) => one.name),
      clock,
    );
    this.#lag = new EventLoopLag(clock);
    this.#controlObserver = controlMetrics(this.metrics.recorder, log);
    this.#controlLogger = controlLogger(logger);
    this.#controlAdmission = new ControlAdmission(controlAdmissionOf(config));
    this.#dispatcher = createDispatcher({
      service: this.service,
      observer: this.#controlObserver,
      logger: this.#controlLogger,
      clock,
    });
    this.#http = new HttpServer({ sources: this.#sources(adapter, clock, version), rules: () => this.#httpRules(), log });
  }

  /** Opens all listeners, or closes everything and rejects. */
  async start(): Promise<Listening> {
    try {
      this.#udp = await UdpControlServer.start({
        dispatcher: this.#dispatcher,
        listeners: this.#config.listenNg,
        admission: this.#controlAdmission,
        observer: this.#controlObserver,
        logger: this.#controlLogger,
      });
      const http = this.#config.listenHttp === null ? null : await this.#http.listen(this.#config.listenHttp);
      this.#listening = { ng: this.#udp.addresses.map(({ address, port }) => ({ address, port })), http };
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#sweeper.start();
    this.#loadMeter.start();
    return this.#listening;
  }

  get isReady(): boolean {
    return this.#udp !== null && !this.service.admission.draining;
  }

  /** From here on new calls are turned away; those in progress go on. */
  drain(): void {
    if (this.service.admission.draining) return;
    this.service.admission.draining = true;
    this.#logger.info('drain-began', { calls: this.service.calls.size });
  }

  /** Takes over what can change while calls are in progress. */
  reload(config: Config): void {
    this.#config = config;
    this.service.admission.limits = limitsOf(config);
    this.#sweeper.timeouts = timeoutsOf(config);
    this.#exchange.policies = policyBookOf(config);
    this.#webhook.url = config.webhookUrl;
    this.#logger.setLevel(config.logLevel);
  }

  /** Ends calls, sockets and threads. Idempotent. */
  async stop(): Promise<void> {
    this.#sweeper.stop();
    this.#loadMeter.stop();
    const udp = this.#udp;
    this.#udp = null;
    await udp?.close();
    if (this.#listening.http !== null) await this.#http.close();
    for (const call of [...this.service.calls]) this.service.close(call, 'drain');
    this.#webhook.close();
    this.#lag.close();
    this.relay.close();
  }

  #httpRules(): { token: Config['httpToken']; allowedHosts: Config['httpAllowedHosts'] } {
    return { token: this.#config.httpToken, allowedHosts: this.#config.httpAllowedHosts };
  }

  #sources(adapter: MetricsAdapter, clock: Clock, version: string): HttpSources {
    return httpSources({
      app: this,
      adapter,
      clock,
      version,
      lag: this.#lag,
      logger: this.#logger,
      listening: () => this.#udp !== null,
      posts: new Map(),
      upgrade: null,
    });
  }
}
