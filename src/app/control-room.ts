import type { ListenAddress } from '../config/addresses.js';
import type { Config } from '../config/config.js';
import { Admission } from '../control/admission.js';
import { createDispatcher, type Dispatcher } from '../control/dispatcher.js';
import type { ControlLogger, ControlObserver } from '../control/observer.js';
import { UdpControlServer } from '../control/udp-server.js';
import type { LimitedLog } from '../log/limited-log.js';
import type { RootLogger } from '../log/logger.js';
import type { MetricsRecorder } from '../metrics/recorder.js';
import type { SessionService } from '../session/requests.js';
import type { Clock } from '../shared/clock.js';
import { controlLogger, controlMetrics } from './control-log.js';
import { controlAdmissionOf } from './from-config.js';

export interface ControlRoomParts {
  readonly config: Config;
  readonly service: SessionService;
  readonly logger: RootLogger;
  readonly log: LimitedLog;
  readonly recorder: MetricsRecorder;
  readonly clock: Clock;
}

/** The control protocol on all its transports, over one dispatcher and one admission. */
export class ControlRoom {
  readonly #config: Config;
  readonly #observer: ControlObserver;
  readonly #logger: ControlLogger;
  readonly #admission: Admission;
  readonly #dispatcher: Dispatcher;
  #udp: UdpControlServer | null = null;

  constructor(parts: ControlRoomParts) {
    const { config, service, clock } = parts;
    this.#config = config;
    this.#observer = controlMetrics(parts.recorder, parts.log);
    this.#logger = controlLogger(parts.logger);
    this.#admission = new Admission(controlAdmissionOf(config));
    this.#dispatcher = createDispatcher({ service, observer: this.#observer, logger: this.#logger, clock });
  }

  /** Where it listens over UDP; empty before `start`. */
  get addresses(): readonly ListenAddress[] {
    return (this.#udp?.addresses ?? []).map(({ address, port }) => ({ address, port }));
  }

  get isListening(): boolean {
    return this.#udp !== null;
  }

  async start(): Promise<void> {
    this.#udp = await UdpControlServer.start({
      dispatcher: this.#dispatcher,
      listeners: this.#config.listenNg,
      admission: this.#admission,
      observer: this.#observer,
      logger: this.#logger,
    });
  }

  async stop(): Promise<void> {
    const udp = this.#udp;
    this.#udp = null;
    await udp?.close();
  }
}
