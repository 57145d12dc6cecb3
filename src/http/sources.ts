/** What the HTTP side needs to know and to do; the composition root supplies it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LogLevel } from '../log/logger.js';
import type { Exposition } from '../metrics/exposition.js';
import type { MetricsSource } from '../metrics/source.js';
import type { CallReport } from '../session/reports.js';

export interface CallSource {
  /** Calls now. */
  count(): number;
  /** Call-ids, oldest first. */
  list(limit: number): readonly string[];
  /** null = no such call. */
  report(callId: string): CallReport | null;
}

export interface RefusalSource {
  /** Why an offer or answer of this call was refused lately, in one line; null = none was. */
  reason(callId: string): string | null;
}

export interface HealthSource {
  /** Longest recent delay of the event loop. */
  eventLoopLagMilliseconds(): number;
  /** By worker: time since its loop last turned. */
  workerHeartbeatAgesMilliseconds(): readonly number[];
  draining(): boolean;
  /** The control protocol is served. */
  listening(): boolean;
}

export interface RelayControl {
  /** Takes no new calls from now on; a second request changes nothing. */
  drain(): void;
  /** Ends a call at once; false = no such call. */
  terminate(callId: string): boolean;
  setLogLevel(level: LogLevel): void;
  logLevel(): LogLevel;
}

export interface MetricsPage {
  render(accept: string | undefined): Promise<Exposition>;
}

/** Answers a POST whose body was read whole and is within bounds. */
export interface BodyHandler {
  (body: Buffer, request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

export interface UpgradeHandler {
  (request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface HttpSources {
  readonly calls: CallSource;
  readonly refusals: RefusalSource;
  readonly totals: MetricsSource;
  readonly health: HealthSource;
  readonly control: RelayControl;
  readonly metrics: MetricsPage;
  readonly version: string;
  readonly startedUnixSeconds: number;
  /** POST handlers by path: `/ng`, `/ng-plain`. They check the peer themselves, as on every other transport. */
  readonly posts: ReadonlyMap<string, BodyHandler>;
  /** WebSocket; null = refused. */
  readonly upgrade: UpgradeHandler | null;
  /** Counts a refusal, or a client that is cut off because it does not read (`slow`). */
  readonly refused: (reason: 'host' | 'origin' | 'token' | 'limit' | 'slow') => void;
}
