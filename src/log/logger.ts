import pino from 'pino';
import type { LogSink } from './log-sink.js';
import { redactText } from './redact.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Plain values only, so that no key, request or SDP object can slip into a line. */
export type LogValue = string | number | boolean | null | readonly (string | number)[];
/** `callId` is the name of the field that holds a call-id, everywhere. */
export type LogFields = Readonly<Record<string, LogValue>>;

/** One line an event: `event` is a fixed name such as `call-opened`, everything that varies is a field. */
export interface Logger {
  trace(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line; it follows the level of this one. */
  with(fields: LogFields): Logger;
  isEnabled(level: LogLevel): boolean;
}

/** The logger of the process: its level can change while it runs. */
export interface RootLogger extends Logger {
  readonly level: LogLevel;
  setLevel(level: LogLevel): void;
}

export function createLogger(sink: LogSink, level: LogLevel): RootLogger {
  const options = {
    level,
    base: null,
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new PinoLogger(pino(options, sink), {});
}

class PinoLogger implements RootLogger {
  readonly #pino: pino.Logger;
  readonly #fields: LogFields;

  constructor(destination: pino.Logger, fields: LogFields) {
    this.#pino = destination;
    this.#fields = fields;
  }

  trace(event: string, fields?: LogFields): void {
    this.#write('trace', event, fields);
  }

  debug(event: string, fields?: LogFields): void {
    this.#write('debug', event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.#write('info', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.#write('warn', event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.#write('error', event, fields);
  }

  with(fields: LogFields): Logger {
    return new PinoLogger(this.#pino, { ...this.#fields, ...redactFields(fields) });
  }

  isEnabled(level: LogLevel): boolean {
    return this.#pino.isLevelEnabled(level);
  }

  get level(): LogLevel {
    return LOG_LEVELS.find((level) => level === this.#pino.level) ?? 'info';
  }

  setLevel(level: LogLevel): void {
    this.#pino.level = level;
  }

  #write(level: LogLevel, event: string, fields: LogFields | undefined): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    this.#pino[level]({ ...this.#fields, ...redactFields(fields ?? {}) }, redactText(event));
  }
}

const longestText = 4_096;

function redactFields(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactValue(name, value)]));
}

/** Takes `unknown`: a value that was smuggled past the compiler must not be printed either. */
function redactValue(name: string, value: unknown): LogValue {
  if (typeof value === 'string') return redactString(name, value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (!Array.isArray(value)) return '[not a plain value]';
  return value.map((item: unknown) =>
    typeof item === 'number' ? item : typeof item === 'string' ? redactString(name, item) : '[not a plain value]',
  );
}

/** A call-id may be any long run of letters; it is never a key, and must stay searchable. */
function redactString(name: string, text: string): string {
  const bounded = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
  return name === 'callId' && !/inline/i.test(bounded) ? bounded : redactText(bounded);
}
