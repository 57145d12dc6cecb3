import type { CommandName } from './command-table.js';

export type ControlTransport = 'udp' | 'tcp' | 'http' | 'websocket';

/** unframed: no space or no cookie, nobody to answer. The others are answered with an error. */
export type MalformedKind = 'unframed' | 'no-payload' | 'bad-format' | 'bad-bencode' | 'bad-json' | 'too-large';

/** Why something never became a request. */
export type TurnedAway = 'peer-not-allowed' | 'rate-limit' | 'queue-full' | 'too-many-connections' | 'slow-client';

export interface FinishedRequest {
  readonly command: CommandName | 'unknown';
  readonly transport: ControlTransport;
  readonly result: 'ok' | 'error' | 'load limit';
  /** From the first octet looked at to the reply encoded. */
  readonly seconds: number;
}

/** Where the control room reports what the metrics count. Every call is cheap and must not throw. */
export interface ControlObserver {
  requestFinished(request: FinishedRequest): void;
  /** A reply was repeated, or a request in work waited for. */
  retransmission(transport: ControlTransport): void;
  malformed(transport: ControlTransport, kind: MalformedKind): void;
  /** Keys or flags that no row of the table knows, in one request. */
  unknownFlags(count: number): void;
  turnedAway(transport: ControlTransport, why: TurnedAway): void;
  /** A reply could not be sent. */
  sendFailed(transport: ControlTransport): void;
  /** The system reported an error of the socket, by its name; it may do so with every datagram. */
  socketFailed(code: string): void;
  /** Open connections of a transport that has them. */
  connections(transport: ControlTransport, open: number): void;
}

export const SILENT_OBSERVER: ControlObserver = {
  requestFinished: () => undefined,
  retransmission: () => undefined,
  malformed: () => undefined,
  unknownFlags: () => undefined,
  turnedAway: () => undefined,
  sendFailed: () => undefined,
  socketFailed: () => undefined,
  connections: () => undefined,
};

type LogMethod = (fields: Record<string, unknown>, message: string) => void;

/** The part of a logger that this room uses. No SDP and no option value is ever given to it. */
export interface ControlLogger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

export const SILENT_LOGGER: ControlLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
