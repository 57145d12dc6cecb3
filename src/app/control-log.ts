import type { ControlLogger, ControlObserver, MalformedKind, TurnedAway } from '../control/observer.js';
import type { LimitedLog } from '../log/limited-log.js';
import type { LogFields, Logger, LogLevel, LogValue } from '../log/logger.js';
import type { MetricsRecorder } from '../metrics/recorder.js';

const MALFORMED_LABELS: Readonly<Record<MalformedKind, string>> = {
  unframed: 'no_cookie',
  'no-payload': 'format',
  'bad-format': 'format',
  'bad-bencode': 'bencode',
  'bad-json': 'json',
  'too-large': 'too_large',
};

const REFUSAL_LABELS = {
  'peer-not-allowed': 'peer',
  'rate-limit': 'rate',
  'queue-full': 'queue',
  'too-many-connections': 'connections',
  'slow-client': 'slow',
} as const satisfies Record<TurnedAway, string>;

/** Counts what the control room reports. */
export function controlMetrics(recorder: MetricsRecorder, log: LimitedLog): ControlObserver {
  return {
    requestFinished: ({ command, transport, result, seconds }) =>
      recorder.controlRequest({
        command,
        transport,
        result: result === 'load limit' ? 'load_limit' : result,
        durationSeconds: seconds,
      }),
    retransmission: () => recorder.controlRetransmission(),
    malformed: (_transport, kind) => recorder.controlMalformed(MALFORMED_LABELS[kind]),
    unknownFlags: (count) => recorder.controlUnknownFlags(count),
    turnedAway: (transport, why) => {
      recorder.controlRefused(REFUSAL_LABELS[why]);
      log.log('warn', 'control-refused', { transport, why });
    },
    sendFailed: (transport) => {
      recorder.controlReplyUnsent(transport);
      log.log('warn', 'control-reply-not-sent', { transport });
    },
    socketFailed: (code) => log.log('error', 'control-socket-error', { code }),
    connections: (transport, open) => {
      if (transport === 'tcp' || transport === 'websocket') recorder.controlConnections(transport, open);
    },
  };
}

/** The product's logger in the shape that the control room asks for: values that are no plain ones become text. */
export function controlLogger(logger: Logger): ControlLogger {
  const write =
    (level: LogLevel) =>
    (fields: Record<string, unknown>, message: string): void =>
      logger[level](message.replaceAll(' ', '-'), plainFields(fields));
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function plainFields(fields: Record<string, unknown>): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): LogValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'number' ? item : String(item)));
  return value === undefined ? null : JSON.stringify(value);
}
