import { Dispatcher, type DispatcherOptions, type Origin } from '../../../src/control/dispatcher.js';
import { decodeBencode } from '../../../src/control/bencode.js';
import { isDictionary, isList, type NgDictionary, type NgValue } from '../../../src/control/ng-value.js';
import type { CommandName } from '../../../src/control/command-table.js';
import type { ControlObserver, FinishedRequest, MalformedKind, TurnedAway } from '../../../src/control/observer.js';
import type { Clock } from '../../../src/shared/clock.js';
import { FakeSessionService } from './fake-session-service.js';

export const SDP =
  'v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n';

export const PROXY: Origin = { transport: 'udp', address: '192.0.2.1', port: 40_000, room: 65_507 };

/** Plain values for comparison: Maps become objects without a prototype. */
export function plain(value: NgValue): unknown {
  if (isList(value)) return value.map(plain);
  if (isDictionary(value)) return plainDictionary(value);
  return value;
}

function plainDictionary(dictionary: NgDictionary): Record<string, unknown> {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of dictionary) object[key] = plain(value);
  return { ...object };
}

/** What the inside of a test writes as an object, as a message. */
export function dictionary(object: Record<string, unknown>): NgDictionary {
  return ngValue(object) as NgDictionary;
}

export function ngValue(value: unknown): NgValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(ngValue);
  return new Map(Object.entries(value as object).map(([key, item]) => [key, ngValue(item)]));
}

/** Splits and decodes a bencode reply. */
export function readReply(octets: Buffer | null): { cookie: string; reply: Record<string, unknown> } {
  if (octets === null) throw new Error('no reply');
  const space = octets.indexOf(' ');
  const decoded = decodeBencode(octets.subarray(space + 1), { missingEnd: false });
  if (!decoded.ok) throw new Error(`not a reply: ${decoded.error.reason}`);
  return { cookie: octets.toString('latin1', 0, space), reply: plain(decoded.value.value) as Record<string, unknown> };
}

export class ManualClock implements Clock {
  now = 1_000_000;
  monotonicMilliseconds(): number {
    return this.now;
  }
  wallMilliseconds(): number {
    return this.now;
  }
}

export class RecordingObserver implements ControlObserver {
  readonly finished: FinishedRequest[] = [];
  readonly malformedKinds: MalformedKind[] = [];
  readonly turnedAwayFor: TurnedAway[] = [];
  retransmissions = 0;
  unknown = 0;
  sendFailures = 0;
  socketFailures = 0;
  open = 0;

  requestFinished(request: FinishedRequest): void {
    this.finished.push(request);
  }
  retransmission(): void {
    this.retransmissions++;
  }
  malformed(_transport: string, kind: MalformedKind): void {
    this.malformedKinds.push(kind);
  }
  unknownFlags(count: number): void {
    this.unknown += count;
  }
  turnedAway(_transport: string, why: TurnedAway): void {
    this.turnedAwayFor.push(why);
  }
  socketFailed(): void {
    this.socketFailures++;
  }

  sendFailed(): void {
    this.sendFailures++;
  }
  connections(_transport: string, open: number): void {
    this.open = open;
  }

  commands(): (CommandName | 'unknown')[] {
    return this.finished.map((request) => request.command);
  }
}

export interface LogLine {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

export function recordingLogger(lines: LogLine[]) {
  const at = (level: string) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, fields, message });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export function rig(options: Partial<DispatcherOptions> = {}) {
  const service = new FakeSessionService();
  const observer = new RecordingObserver();
  const clock = new ManualClock();
  const log: LogLine[] = [];
  const dispatcher = new Dispatcher({ service, observer, clock, logger: recordingLogger(log), ...options });
  return { service, observer, clock, log, dispatcher };
}

/** Milliseconds of the fastest of several runs: other work on the machine only ever adds. */
export function fastestOf(runs: number, work: () => void): number {
  const times = Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return Math.min(...times);
}
