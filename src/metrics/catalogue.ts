/**
 * Every metric once: name, type, help, unit, labels with their closed lists of values, and where the value comes from.
 * docs/metrics.md is generated from here; alerts and dashboards are checked against it.
 */
import { BATCH_BOUNDS, DROP_REASONS, LATENCY_BOUNDS } from '../relay/counters.js';
import { CRYPTO_SUITES } from '../srtp/crypto-suite.js';
import { BRIDGES, ROC_RESYNC_RESULTS, SESSION_STATES } from './source.js';

/** Values of a label: a closed list, or a short reason why an open one is bounded. */
export type LabelValues = readonly string[] | { readonly boundedBy: string };

export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Base unit, as in the name; null for a plain count. */
  readonly unit: 'seconds' | 'bytes' | 'packets' | null;
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** `snapshot`: read from native counters and tables once a scrape. `event`: counted when it happens. */
  readonly source: 'snapshot' | 'event';
  /** Upper bounds of a histogram, ascending, without +Inf. */
  readonly buckets: readonly number[];
}

export const METRIC_PREFIX = 'srtp_anchor_';

export const CLOSE_REASONS = [
  'delete',
  'media_timeout',
  'silent_timeout',
  'offer_timeout',
  'final_timeout',
  'forced',
  'drain',
  'error',
] as const;
export const LIMITS = ['sessions', 'ports', 'load', 'cpu', 'packets', 'bandwidth', 'draining'] as const;
export const COMMANDS = [
  'ping',
  'offer',
  'answer',
  'delete',
  'query',
  'list',
  'statistics',
  'block',
  'unblock',
  'other',
] as const;
export const TRANSPORTS = ['udp', 'tcp', 'http', 'websocket'] as const;
export const REQUEST_RESULTS = ['ok', 'error', 'load_limit'] as const;
export const MALFORMED_KINDS = ['no_cookie', 'format', 'bencode', 'json', 'too_large', 'other'] as const;
export const REFUSALS = ['peer', 'rate', 'queue', 'connections', 'slow'] as const;
export const NEGOTIATION_LEGS = ['offerer', 'answerer'] as const;
export const NEGOTIATION_RESULTS = ['ok', 'no_common_suite', 'refused_by_policy', 'answer_mismatch'] as const;
/** The reasons of negotiation/judge-crypto.ts, which this room does not import; a test compares the two. */
export const LINE_REASONS = [
  'syntax',
  'line_count',
  'tag',
  'duplicate_tag',
  'suite_name',
  'suite_unknown',
  'suite_not_supported',
  'suite_not_usable',
  'suite_not_allowed',
  'suite_not_offered',
  'key_method',
  'key_base64',
  'key_length',
  'key_count',
  'lifetime',
  'mki',
  'kdr',
  'fec',
  'session_parameter',
  'unknown_parameter',
  'unencrypted_srtp',
  'unencrypted_srtcp',
  'unauthenticated_srtp',
  'parameter_mismatch',
  'session_level',
  'plain_transport',
  'other',
] as const;
export const SOCKET_ERRORS = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOBUFS',
  'ENOMEM',
  'EPERM',
  'EACCES',
  'EAGAIN',
  'EMSGSIZE',
  'EINVAL',
  'other',
] as const;

const SUITES = CRYPTO_SUITES.map((suite) => suite.name);
const INTERFACE: LabelValues = { boundedBy: 'the configured interfaces' };
const WORKER: LabelValues = { boundedBy: 'the number of workers, from 0' };
const DIRECTION = { direction: ['in', 'out'], kind: ['rtp', 'rtcp'] } as const;

const microsecond = 1e-6;
const CONTROL_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

type Labels = MetricRow['labels'];
type Unit = MetricRow['unit'];

function counter<Source extends MetricRow['source']>(
  source: Source,
  help: string,
  labels: Labels = {},
  unit: Unit = null,
) {
  return { type: 'counter', help, unit, labels, source, buckets: [] } as const;
}

function gauge(help: string, labels: Labels = {}, unit: Unit = null) {
  return { type: 'gauge', help, unit, labels, source: 'snapshot', buckets: [] } as const;
}

function eventGauge(help: string, labels: Labels) {
  return { type: 'gauge', help, unit: null, labels, source: 'event', buckets: [] } as const;
}

function histogram<Source extends MetricRow['source']>(
  source: Source,
  help: string,
  unit: Unit,
  buckets: readonly number[],
  labels: Labels = {},
) {
  return { type: 'histogram', help, unit, labels, source, buckets } as const;
}

/** Names without the prefix. */
export const METRICS = {
  build_info: gauge('What runs: always 1', {
    version: { boundedBy: 'one build' },
    node: { boundedBy: 'one build' },
    libsrtp: { boundedBy: 'one build' },
    openssl: { boundedBy: 'one build' },
  }),
  ready: gauge('1 while new calls are taken, as /readyz says'),
  draining: gauge('1 after a drain began'),

  sessions: gauge('Calls now, by state', { state: SESSION_STATES }),
  sessions_total: counter('snapshot', 'Calls since start'),
  sessions_closed_total: counter('event', 'Calls that ended, by why', { reason: CLOSE_REASONS }),
  session_duration_seconds: histogram(
    'event',
    'Length of calls that ended',
    'seconds',
    [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200],
  ),
  session_limit_rejections_total: counter('event', 'Offers turned away because of a limit', { limit: LIMITS }),
  sessions_one_way_total: counter('event', 'Answered calls that ended with media in one direction only'),
  streams: gauge('Streams now, by what comes in and what goes out', { bridge: BRIDGES }),

  control_requests_total: counter('event', 'Control requests answered', {
    command: COMMANDS,
    transport: TRANSPORTS,
    result: REQUEST_RESULTS,
  }),
  control_request_duration_seconds: histogram(
    'event',
    'From the request read to the reply written',
    'seconds',
    CONTROL_BUCKETS,
    { command: COMMANDS },
  ),
  control_retransmissions_total: counter('event', 'Requests answered from the reply cache'),
  control_malformed_total: counter('event', 'Control messages that could not be read', { kind: MALFORMED_KINDS }),
  control_refused_total: counter(
    'event',
    'Control messages not looked at: peer not allowed, over its rate, queue full, too many connections, or a client that does not read',
    {
      reason: REFUSALS,
    },
  ),

  control_unknown_flags_total: counter(
    'event',
    'Keys and flags of control requests that we do not know; they are ignored',
  ),
  control_replies_unsent_total: counter('event', 'Control replies that could not be sent', { transport: TRANSPORTS }),
  control_connections: eventGauge('Open control connections', { transport: ['tcp', 'websocket'] }),

  sdes_negotiations_total: counter('event', 'SDES negotiations of one m= line with one party', {
    suite: [...SUITES, 'none'],
    leg: NEGOTIATION_LEGS,
    result: NEGOTIATION_RESULTS,
  }),
  sdes_lines_ignored_total: counter('event', 'a=crypto lines that were not usable', { reason: LINE_REASONS }),
  sdes_answer_tag_mismatch_total: counter('event', 'Answers whose tag we had not offered, matched by suite'),

  packets_total: counter('snapshot', 'Media packets accepted from parties (in) and sent to them (out)', DIRECTION),
  bytes_total: counter('snapshot', 'UDP payload of media packets accepted (in) and sent (out)', DIRECTION, 'bytes'),
  datagrams_received_total: counter('snapshot', 'Datagrams read from media sockets: packets in plus packets dropped'),
  packets_dropped_total: counter('snapshot', 'Datagrams that were not forwarded, by why', { reason: DROP_REASONS }),
  srtp_packets_total: counter('snapshot', 'Packets encrypted (protect) and verified and decrypted (unprotect)', {
    op: ['protect', 'unprotect'],
    suite: SUITES,
    kind: ['rtp', 'rtcp'],
  }),
  srtp_roc_resync_total: counter('snapshot', 'Searches for the rollover counter of a peer after a re-key, by outcome', {
    result: ROC_RESYNC_RESULTS,
  }),
  srtp_rekeys_total: counter('snapshot', 'New keys on a running leg, by what the peer did with its rollover counter', {
    roc: ['kept', 'reset'],
  }),
  sequence_restarts_total: counter(
    'snapshot',
    'Plain senders that restarted their sequence numbers; bridged without repeating an SRTP index',
  ),
  relay_latency_seconds: histogram(
    'snapshot',
    'From the kernel receiving a packet to its send call (sampled)',
    'seconds',
    LATENCY_BOUNDS.map((bound) => round(bound * microsecond)),
  ),

  worker_cpu_seconds_total: counter('snapshot', 'CPU time of a media worker', { worker: WORKER }, 'seconds'),
  worker_wakeups_total: counter('snapshot', 'Times a worker woke', { worker: WORKER }),
  worker_packets_total: counter('snapshot', 'Datagrams a worker handled', { worker: WORKER }),
  worker_batch_packets: histogram('snapshot', 'Packets handled in one wake-up', 'packets', BATCH_BOUNDS),
  worker_heartbeat_age_seconds: gauge('Time since the loop of a worker last turned', { worker: WORKER }, 'seconds'),
  worker_events_lost_total: counter('snapshot', 'Events of a worker that found the queue full', { worker: WORKER }),

  control_socket_dropped_total: counter(
    'snapshot',
    'Control datagrams that the kernel dropped: their sender was muted for flooding, or the socket buffer was full',
  ),
  socket_rx_overflow_total: counter('snapshot', 'Datagrams that the kernel dropped because a socket buffer was full'),
  socket_tx_errors_total: counter('event', 'Send errors of media sockets, coalesced to one a port and second', {
    errno: SOCKET_ERRORS,
  }),
  ports: gauge('Media ports that there are', { interface: INTERFACE }),
  ports_used: gauge('Media ports in use or in quarantine', { interface: INTERFACE }),
  port_allocation_failures_total: counter('event', 'Offers and answers that found no free port', {
    interface: INTERFACE,
  }),

  endpoint_relearned_total: counter('snapshot', 'Changes of a settled media source', { kind: ['plain', 'secure'] }),
  rtp_lost_packets_total: counter('snapshot', 'Packets that parties sent and that never came (RFC 3550 A.3)'),
  rtp_reordered_packets_total: counter('snapshot', 'Packets that came after a later one'),
  rtp_duplicate_packets_total: counter('snapshot', 'Packets that came twice'),
  rtp_jitter_seconds: histogram(
    'event',
    'Interarrival jitter of a stream (RFC 3550 A.8), once a stream and report',
    'seconds',
    [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2],
  ),
  rtcp_rtt_seconds: histogram(
    'event',
    'Round-trip time between parties by RTCP (RFC 3550 §6.4.1)',
    'seconds',
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1],
  ),
  mos: histogram(
    'event',
    'Mean opinion score of a stream by the E-model, 1 to 5',
    null,
    [1.5, 2, 2.5, 3, 3.2, 3.4, 3.6, 3.8, 4, 4.1, 4.2, 4.3, 4.4],
  ),

  log_lines_dropped_total: counter('event', 'Log lines lost because the reader of stdout was too slow or gone'),
  http_requests_refused_total: counter(
    'event',
    'HTTP requests refused: host, origin, token, over a limit, or the client does not read',
    {
      reason: ['host', 'origin', 'token', 'limit', 'slow'],
    },
  ),
} as const satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof METRICS;
export type SnapshotMetricName = {
  [Name in MetricName]: (typeof METRICS)[Name]['source'] extends 'snapshot' ? Name : never;
}[MetricName];
export type EventMetricName = Exclude<MetricName, SnapshotMetricName>;

export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

export function metricRow(name: MetricName): MetricRow {
  return METRICS[name];
}

/** A bound as it should print: 25 µs is 0.000025, not 0.000024999999999999998. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
