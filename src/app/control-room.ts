import type { ListenAddress } from '../config/addresses.js';
import type { Config } from '../config/config.js';
import { Admission } from '../control/admission.js';
import type { SocketSystem } from '../control/datagram-socket.js';
import { createDispatcher, type Dispatcher } from '../control/dispatcher.js';
import { createControlRoutes, type HttpControlRoute } from '../control/http-routes.js';
import type { ControlLogger, ControlObserver } from '../control/observer.js';
import { TcpControlServer } from '../control/tcp-server.js';
import { UdpControlServer } from '../control/udp-server.js';
import { WebSocketControlServer } from '../control/websocket-server.js';
import type { BodyHandler, UpgradeHandler } from '../http/sources.js';
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
  readonly system: SocketSystem;
}

/** The control protocol on all its transports, over one dispatcher and one admission. */
export class ControlRoom {
  readonly #config: Config;
  readonly #observer: ControlObserver;
  readonly #logger: ControlLogger;
  readonly #admission: Admission;
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;
  readonly #system: SocketSystem;
  readonly #webSocket: WebSocketControlServer;
  #udp: UdpControlServer | null = null;
  #tcp: TcpControlServer | null = null;

  constructor(parts: ControlRoomParts) {
    const { config, service, clock } = parts;
    this.#config = config;
    this.#clock = clock;
    this.#system = parts.system;
    this.#observer = controlMetrics(parts.recorder, parts.log);
    this.#logger = controlLogger(parts.logger);
    this.#admission = new Admission(controlAdmissionOf(config));
    this.#dispatcher = createDispatcher({ service, observer: this.#observer, logger: this.#logger, clock });
    this.#webSocket = new WebSocketControlServer(this.#shared());
  }

  /** Where it listens over UDP; empty before `start`. */
  get addresses(): readonly ListenAddress[] {
    return (this.#udp?.addresses ?? []).map(({ address, port }) => ({ address, port }));
  }

  get isListening(): boolean {
    return this.#udp !== null;
  }

  /** Datagrams that the kernel dropped on the control sockets. */
  get dropped(): number {
    return this.#udp?.dropped ?? 0;
  }

  async start(): Promise<void> {
    const { listenNg, listenNgTcp } = this.#config;
    const own = { listeners: listenNg, clock: this.#clock, system: this.#system };
    this.#udp = await UdpControlServer.start({ ...this.#shared(), ...own });
    if (listenNgTcp.length > 0) this.#tcp = await TcpControlServer.start({ ...this.#shared(), listeners: listenNgTcp });
  }

  /** Who may speak, and how often; connections that are open stay. */
  reload(config: Config): void {
    this.#admission.update(controlAdmissionOf(config));
  }

  async stop(): Promise<void> {
    const servers = [this.#udp, this.#tcp];
    this.#udp = null;
    this.#tcp = null;
    this.#webSocket.close();
    for (const server of servers) await server?.close();
  }

  /** For the HTTP server: `/ng` and `/ng-plain`. */
  get posts(): ReadonlyMap<string, BodyHandler> {
    return new Map(createControlRoutes(this.#shared()).map((route) => [route.path, bodyHandler(route)]));
  }

  /** For the HTTP server: the WebSocket transport. */
  get upgrade(): UpgradeHandler {
    return (request, socket, head) => {
      if (this.#webSocket.handleUpgrade(request, socket, head)) return;
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    };
  }

  #shared(): { dispatcher: Dispatcher; admission: Admission; observer: ControlObserver } {
    return { dispatcher: this.#dispatcher, admission: this.#admission, observer: this.#observer };
  }
}

function bodyHandler(route: HttpControlRoute): BodyHandler {
  return async (body, request, response) => {
    const { remoteAddress = '', remotePort = 0 } = request.socket;
    const method = request.method ?? 'POST';
    const reply = await route.handle({ method, headers: request.headers, body, remoteAddress, remotePort });
    response.writeHead(reply.status, reply.headers).end(reply.body);
  };
}
