import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import {
  COMMANDS,
  LINE_REASONS,
  MALFORMED_KINDS,
  METRIC_NAMES,
  METRIC_PREFIX,
  metricRow,
  SOCKET_ERRORS,
  type CLOSE_REASONS,
  type EventMetricName,
  type LabelValues,
  type LIMITS,
  type MetricRow,
  type NEGOTIATION_LEGS,
  type NEGOTIATION_RESULTS,
  type REFUSALS,
  type REQUEST_RESULTS,
  type TRANSPORTS,
} from './catalogue.js';
import type { CryptoSuiteName } from '../srtp/crypto-suite.js';

type One<List extends readonly string[]> = List[number];

export type CloseReason = One<typeof CLOSE_REASONS>;
export type Limit = One<typeof LIMITS>;
export type Transport = One<typeof TRANSPORTS>;
export type RequestResult = One<typeof REQUEST_RESULTS>;

export interface ControlRequestEvent {
  /** As on the wire; what the catalogue does not know counts as `other`. */
  readonly command: string;
  readonly transport: Transport;
  readonly result: RequestResult;
  readonly durationSeconds: number;
}

export interface NegotiationEvent {
  /** null = none was agreed. */
  readonly suite: CryptoSuiteName | null;
  readonly leg: One<typeof NEGOTIATION_LEGS>;
  readonly result: One<typeof NEGOTIATION_RESULTS>;
}

export interface SessionClosedEvent {
  readonly reason: CloseReason;
  readonly durationSeconds: number;
  /** Answered, and media came from one party only. */
  readonly oneWay: boolean;
}

/** null = not measured. `mos` from 1 to 5. */
export interface StreamQualityEvent {
  readonly jitterSeconds: number | null;
  readonly roundTripSeconds: number | null;
  readonly mos: number | null;
}

/** What is counted when it happens. One method an event; label values that the catalogue does not list become `other`. */
export class MetricsRecorder {
  readonly #counters: ReadonlyMap<string, Counter>;
  readonly #histograms: ReadonlyMap<string, Histogram>;
  readonly #connections: Gauge;
  readonly #interfaces: ReadonlySet<string>;

  /** `interfaces`: names of the configured ones, the only values of that label. */
  constructor(registry: Registry, interfaces: readonly string[]) {
    this.#interfaces = new Set(interfaces);
    this.#connections = registerGauge(registry, 'control_connections');
    this.#counters = new Map(eventNames('counter').map((name) => [name, registerCounter(registry, name)]));
    this.#histograms = new Map(eventNames('histogram').map((name) => [name, registerHistogram(registry, name)]));
  }

  controlRequest({ command, transport, result, durationSeconds }: ControlRequestEvent): void {
    const known = commandLabel(command);
    this.#count('control_requests_total', { command: known, transport, result });
    this.#observe('control_request_duration_seconds', durationSeconds, { command: known });
  }

  controlRetransmission(): void {
    this.#count('control_retransmissions_total');
  }

  controlMalformed(kind: string): void {
    this.#count('control_malformed_total', { kind: oneOf(MALFORMED_KINDS, kind) });
  }

  controlRefused(reason: One<typeof REFUSALS>): void {
    this.#count('control_refused_total', { reason });
  }

  controlUnknownFlags(count: number): void {
    this.#count('control_unknown_flags_total', {}, count);
  }

  controlReplyUnsent(transport: Transport): void {
    this.#count('control_replies_unsent_total', { transport });
  }

  /** Open now. */
  controlConnections(transport: 'tcp' | 'websocket', open: number): void {
    this.#connections.set({ transport }, open);
  }

  negotiation({ suite, leg, result }: NegotiationEvent): void {
    this.#count('sdes_negotiations_total', { suite: suite ?? 'none', leg, result });
  }

  cryptoLineIgnored(reason: string): void {
    this.#count('sdes_lines_ignored_total', { reason: oneOf(LINE_REASONS, reason.replaceAll('-', '_')) });
  }

  answerTagMismatch(): void {
    this.#count('sdes_answer_tag_mismatch_total');
  }

  sessionClosed({ reason, durationSeconds, oneWay }: SessionClosedEvent): void {
    this.#count('sessions_closed_total', { reason });
    this.#observe('session_duration_seconds', durationSeconds);
    if (oneWay) this.#count('sessions_one_way_total');
  }

  limitRejection(limit: Limit): void {
    this.#count('session_limit_rejections_total', { limit });
  }

  portAllocationFailure(interfaceName: string): void {
    this.#count('port_allocation_failures_total', {
      interface: this.#interfaces.has(interfaceName) ? interfaceName : 'other',
    });
  }

  socketError(errno: string): void {
    this.#count('socket_tx_errors_total', { errno: oneOf(SOCKET_ERRORS, errno) });
  }

  streamQuality({ jitterSeconds, roundTripSeconds, mos }: StreamQualityEvent): void {
    if (jitterSeconds !== null) this.#observe('rtp_jitter_seconds', jitterSeconds);
    if (roundTripSeconds !== null) this.#observe('rtcp_rtt_seconds', roundTripSeconds);
    if (mos !== null) this.#observe('mos', mos);
  }

  logLinesDropped(lines: number): void {
    if (lines > 0) this.#count('log_lines_dropped_total', {}, lines);
  }

  httpRefused(reason: 'host' | 'origin' | 'token' | 'limit' | 'slow'): void {
    this.#count('http_requests_refused_total', { reason });
  }

  #count(name: EventMetricName, labels: Record<string, string> = {}, by = 1): void {
    const counter = this.#counters.get(name);
    if (counter === undefined) throw new RangeError(`${name} is not a counter of events`);
    counter.inc(labels, by);
  }

  #observe(name: EventMetricName, value: number, labels: Record<string, string> = {}): void {
    const histogram = this.#histograms.get(name);
    if (histogram === undefined) throw new RangeError(`${name} is not a histogram of events`);
    histogram.observe(labels, value);
  }
}

/** Of a command as on the wire, its first word. */
function commandLabel(command: string): One<typeof COMMANDS> | 'other' {
  const plain = oneOf(COMMANDS, command);
  if (plain !== 'other') return plain;
  const [word = ''] = command
    .trim()
    .toLowerCase()
    .split(/[\s_-]/);
  return oneOf(COMMANDS, word);
}

function eventNames(type: 'counter' | 'histogram'): EventMetricName[] {
  return METRIC_NAMES.filter(
    (name): name is EventMetricName => metricRow(name).source === 'event' && metricRow(name).type === type,
  );
}

function registerGauge(registry: Registry, name: EventMetricName): Gauge {
  const { help, labels } = metricRow(name);
  const gauge = new Gauge({ name: METRIC_PREFIX + name, help, labelNames: Object.keys(labels), registers: [registry] });
  for (const combination of fewCombinations(labels)) gauge.set(combination, 0);
  return gauge;
}

function registerCounter(registry: Registry, name: EventMetricName): Counter {
  const { help, labels } = metricRow(name);
  const counter = new Counter({
    name: METRIC_PREFIX + name,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  for (const combination of fewCombinations(labels)) counter.inc(combination, 0);
  return counter;
}

function registerHistogram(registry: Registry, name: EventMetricName): Histogram {
  const { help, labels, buckets } = metricRow(name);
  return new Histogram({
    name: METRIC_PREFIX + name,
    help,
    labelNames: Object.keys(labels),
    buckets: [...buckets],
    registers: [registry],
  });
}

const mostSeriesAtStart = 32;

/** A counter that appears only with its first event hides that event from `rate()`: short lists start at 0. */
function fewCombinations(labels: MetricRow['labels']): Record<string, string>[] {
  let combinations: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (!isClosed(values)) return [];
    combinations = combinations.flatMap((combination) => values.map((value) => ({ ...combination, [label]: value })));
  }
  return combinations.length > mostSeriesAtStart ? [] : combinations;
}

function isClosed(values: LabelValues): values is readonly string[] {
  return Array.isArray(values);
}

function oneOf<const List extends readonly string[]>(list: List, value: string): List[number] | 'other' {
  return list.find((candidate) => candidate === value) ?? 'other';
}
