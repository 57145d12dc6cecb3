import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.js';
import type { LimitedLog } from '../log/limited-log.js';
import type { RootLogger } from '../log/logger.js';
import type { MetricsRecorder } from '../metrics/recorder.js';
import type { Addon } from '../relay/addon.js';
import { Relay } from '../relay/relay.js';
import { Admission } from '../session/admission.js';
import { AnchorService } from '../session/anchor-service.js';
import type { Interfaces } from '../session/interfaces.js';
import { LoadMeter } from '../session/load-meter.js';
import { OfferAnswer } from '../session/offer-answer.js';
import { PortAllocator } from '../session/port-allocator.js';
import { PortPlan } from '../session/port-plan.js';
import { Sweeper } from '../session/sweeper.js';
import type { Clock } from '../shared/clock.js';
import { DEFAULT_WEBHOOK_OPTIONS, Webhook } from '../webhook/webhook.js';
import { addressPolicyOf, interfacesOf, limitsOf, policyBookOf, relayOptions, timeoutsOf } from './from-config.js';
import { RecentRefusals } from './recent-refusals.js';
import { relayEventLog } from './relay-log.js';
import { SessionLog } from './session-log.js';
import { usableSuitesOf } from './usable-suites.js';

export interface SessionRoomParts {
  readonly config: Config;
  readonly addon: Addon;
  readonly logger: RootLogger;
  readonly log: LimitedLog;
  readonly clock: Clock;
  /** Asked when something happens: the recorder is made after the room that it watches. */
  readonly recorder: () => MetricsRecorder;
}

/** The calls, the native relay that carries them, and what runs on timers beside them. */
export class SessionRoom {
  readonly relay: Relay;
  readonly interfaces: Interfaces;
  readonly service: AnchorService;
  readonly refusals = new RecentRefusals();
  readonly #exchange: OfferAnswer;
  readonly #plan: PortPlan;
  readonly #sweeper: Sweeper;
  readonly #loadMeter: LoadMeter;
  readonly #webhook: Webhook;

  constructor(parts: SessionRoomParts) {
    const { config, addon, clock, log, recorder } = parts;
    this.relay = new Relay(addon, relayOptions(config), relayEventLog(log, recorder));
    this.interfaces = interfacesOf(config, clock);
    this.#webhook = webhookOf(config, log);
    const observer = new SessionLog({
      logger: parts.logger,
      recorder,
      webhook: this.#webhook,
      report: (call) => this.service.report(call),
      refusals: this.refusals,
    });
    this.#plan = new PortPlan(mediaDefaultsOf(config));
    const allocator = new PortAllocator(this.relay, (name) => observer.portAllocationFailed(name));
    this.#exchange = new OfferAnswer(
      {
        interfaces: this.interfaces,
        allocator,
        plan: this.#plan,
        observer,
        addresses: addressPolicyOf(config),
        usableSuites: usableSuitesOf(addon),
        trafficClass: config.trafficClass,
        instanceId: randomBytes(8).toString('hex'),
      },
      policyBookOf(config),
    );
    const admission = new Admission(limitsOf(config));
    this.service = new AnchorService({
      relay: this.relay,
      exchange: this.#exchange,
      allocator,
      observer,
      clock,
      admission,
      defaultDeleteDelaySeconds: config.deleteDelaySeconds,
    });
    this.#sweeper = new Sweeper(this.service, observer, clock, timeoutsOf(config));
    this.#loadMeter = new LoadMeter(this.relay, admission, clock);
  }

  start(): void {
    this.#sweeper.start();
    this.#loadMeter.start();
  }

  /** Calls in progress keep what they negotiated. */
  reload(config: Config): void {
    this.service.admission.limits = limitsOf(config);
    this.service.defaultDeleteDelaySeconds = config.deleteDelaySeconds;
    this.#sweeper.timeouts = timeoutsOf(config);
    this.#exchange.policies = policyBookOf(config);
    this.#webhook.url = config.webhookUrl;
    this.#plan.defaults = { ...this.#plan.defaults, endpointLearning: config.endpointLearning };
    for (const { pool } of this.interfaces.all) pool.quarantineMilliseconds = config.portQuarantineSeconds * 1_000;
  }

  /** Ends every call and joins the workers. */
  stop(): void {
    this.#sweeper.stop();
    this.#loadMeter.stop();
    for (const call of [...this.service.calls]) this.service.close(call, 'drain');
    this.#webhook.close();
    this.relay.close();
  }
}

function mediaDefaultsOf(config: Config): ConstructorParameters<typeof PortPlan>[0] {
  const { endpointLearning, replayWindowPackets, trafficClass } = config;
  return { endpointLearning, replayWindow: replayWindowPackets, trafficClass };
}

function webhookOf(config: Config, log: LimitedLog): Webhook {
  return new Webhook(
    { ...DEFAULT_WEBHOOK_OPTIONS, url: config.webhookUrl },
    {
      delivered: () => undefined,
      failed: (reason) => log.log('warn', 'webhook-failed', { reason }),
      dropped: () => log.log('warn', 'webhook-queue-full'),
    },
  );
}
