/**
 * THE table of options: one row an option, from which flags, environment variables, the file's keys, the typed
 * configuration, its checks, `--help` and docs/configuration.md all come.
 */
import { availableParallelism } from 'node:os';
import { DEFAULT_POLICY } from '../negotiation/policy.js';
import { err, ok, type Result } from '../shared/result.js';
import {
  parseInterface,
  parseListenAddress,
  parseNetwork,
  type ListenAddress,
  type MediaInterface,
} from './addresses.js';
import { choice, decimal, integer, list, orNone, parsed, structure, toggle, type OptionKind } from './option-kinds.js';
import { Secret } from './secret.js';
import {
  parseSuite,
  PROFILE_KEYS,
  SECURE_POLICIES,
  SUITE_NAMES,
  TRUNK_PROFILES_SCHEMA,
  type ProfileSettings,
} from './trunk-profiles.js';

export const OPTION_GROUPS = [
  'Control protocol',
  'HTTP',
  'Interfaces and ports',
  'Limits',
  'Timers',
  'SRTP policy',
  'Media plane',
  'Logging',
] as const;

export interface OptionRow<T> {
  /** Flag without dashes and key of the YAML file; upper case with underscores after SRTP_ANCHOR_ in the environment. */
  readonly name: string;
  readonly group: (typeof OPTION_GROUPS)[number];
  readonly kind: OptionKind<T>;
  readonly default: () => T;
  /** The default in words for documentation; null = printed from the value. */
  readonly defaultText: string | null;
  readonly help: string;
  /** SIGHUP applies a new value without a restart. */
  readonly reloadable: boolean;
  /** Never printed. */
  readonly secret: boolean;
}

type Group = OptionRow<unknown>['group'];
interface Extras {
  readonly reloadable?: boolean;
  readonly secret?: boolean;
  readonly defaultText?: string;
}

function rowOf(group: Group) {
  return <T>(
    name: string,
    kind: OptionKind<T>,
    fallback: T | (() => T),
    help: string,
    extras: Extras = {},
  ): OptionRow<T> => ({
    name,
    group,
    kind,
    default: typeof fallback === 'function' ? (fallback as () => T) : () => fallback,
    defaultText: extras.defaultText ?? null,
    help,
    reloadable: extras.reloadable ?? false,
    secret: extras.secret ?? false,
  });
}

const reloadable = { reloadable: true } as const;
const listen = parsed<ListenAddress>('ADDR:PORT', 'ADDR:PORT', parseListenAddress);
const networks = list(parsed('NETWORK', 'a network as 192.0.2.0/24', parseNetwork));
const suites = list({ ...parsed('SUITE', 'a crypto suite', parseSuite), choices: SUITE_NAMES });
const mediaInterface = parsed<MediaInterface>('[NAME/]ADDR[!ADVERTISED]', '[NAME/]ADDR[!ADVERTISED]', parseInterface);
const profiles = structure<Record<string, ProfileSettings>>(
  '{NAME: {KEY: VALUE}}',
  'a mapping from profile name to settings',
  TRUNK_PROFILES_SCHEMA,
);

function parseWebhook(text: string): Result<string, string> {
  const right = 'an http:// or https:// URL without user and password';
  if (!URL.canParse(text)) return err(right);
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? ok(url.href) : err(right);
}

function parseToken(text: string): Result<Secret, string> {
  return /^[\x21-\x7e]{16,256}$/.test(text)
    ? ok(new Secret(text))
    : err('16 to 256 printable ASCII characters without spaces');
}

function parseHost(text: string): Result<string, string> {
  return /^[A-Za-z0-9.-]{1,253}$/.test(text) ? ok(text.toLowerCase()) : err('a host name without port');
}

const control = rowOf('Control protocol');
const http = rowOf('HTTP');
const ports = rowOf('Interfaces and ports');
const limit = rowOf('Limits');
const timer = rowOf('Timers');
const policy = rowOf('SRTP policy');
const media = rowOf('Media plane');
const logging = rowOf('Logging');

export const OPTIONS = {
  listenNg: control(
    'listen-ng',
    list(listen),
    () => [{ address: '127.0.0.1', port: 2223 }],
    'where the NG control protocol is served over UDP',
  ),
  listenNgTcp: control('listen-ng-tcp', list(listen), () => [], 'where the NG control protocol is served over TCP'),
  ngAllow: control(
    'ng-allow',
    networks,
    () => ['127.0.0.0/8', '::1/128'],
    'networks whose control requests are answered, on every transport; an empty list stands for all',
    reloadable,
  ),
  ngRateLimit: control(
    'ng-rate-limit',
    integer('N', 0, 1_000_000),
    20_000,
    'control requests a second taken from one peer address; 0 = no limit',
    reloadable,
  ),

  listenHttp: http(
    'listen-http',
    orNone(listen),
    () => ({ address: '127.0.0.1', port: 2225 }),
    'where the live page, metrics, health and API are served; none = not at all',
  ),
  httpToken: http(
    'http-token',
    orNone(parsed('TOKEN', '16 to 256 printable characters', parseToken)),
    null,
    'bearer token that requests which change state must carry; without one they are taken from loopback only. Prefer the file or the environment: flags show in process lists',
    { secret: true },
  ),
  httpAllowedHosts: http(
    'http-allowed-hosts',
    list(parsed('HOST', 'a host name', parseHost)),
    () => [],
    'names under which the HTTP server may be addressed, beside localhost and IP addresses (guards against DNS rebinding)',
    reloadable,
  ),

  interfaces: ports(
    'interface',
    list(mediaInterface),
    () => [{ name: 'default', address: '127.0.0.1', advertised: '127.0.0.1', family: 'IP4' as const }],
    'logical media interface: bound address, and the address that the SDP says if another; the first is the default one',
  ),
  portMin: ports('port-min', integer('N', 1_024, 65_534), 30_000, 'lowest media port'),
  portMax: ports('port-max', integer('N', 1_025, 65_535), 40_000, 'highest media port'),
  portQuarantineSeconds: ports(
    'port-quarantine',
    decimal('S', 0, 3_600),
    5,
    'seconds before a released port may serve another call',
    reloadable,
  ),
  trafficClass: ports(
    'tos',
    integer('N', 0, 255),
    184,
    'TOS or traffic class octet of media packets; 184 = Expedited Forwarding (RFC 3246)',
  ),

  maxSessions: limit(
    'max-sessions',
    integer('N', 0, 1_000_000),
    0,
    'calls at a time; 0 = no limit. Over it: `Parallel session limit reached`',
    reloadable,
  ),
  maxCpuPercent: limit(
    'max-cpu',
    decimal('PERCENT', 0, 100),
    0,
    'no new calls while the busiest media worker uses more than this share of its core; 0 = no limit',
    reloadable,
  ),
  maxPacketRate: limit(
    'max-packet-rate',
    integer('N', 0, 100_000_000),
    0,
    'no new calls while more packets a second than this arrive; 0 = no limit',
    reloadable,
  ),
  maxBandwidthBitsPerSecond: limit(
    'max-bandwidth',
    integer('BITS', 0, 1_000_000_000_000),
    0,
    'no new calls while more than this many bits a second are received; 0 = no limit',
    reloadable,
  ),
  maxLoad: limit(
    'max-load',
    decimal('N', 0, 10_000),
    0,
    'no new calls while the 1-minute load average is above this; 0 = no limit',
    reloadable,
  ),

  mediaTimeoutSeconds: timer(
    'timeout',
    integer('S', 1, 86_400),
    60,
    'a call without a packet on any stream for this long ends',
    reloadable,
  ),
  silentTimeoutSeconds: timer(
    'silent-timeout',
    integer('S', 1, 604_800),
    3_600,
    'the same while every stream is on hold',
    reloadable,
  ),
  offerTimeoutSeconds: timer(
    'offer-timeout',
    integer('S', 1, 604_800),
    3_600,
    'an offer without an answer for this long ends',
    reloadable,
  ),
  finalTimeoutSeconds: timer(
    'final-timeout',
    integer('S', 0, 31_536_000),
    0,
    'no call is longer than this; 0 = off',
    reloadable,
  ),
  deleteDelaySeconds: timer(
    'delete-delay',
    integer('S', 0, 3_600),
    30,
    'ports of a deleted call stay open this long when the proxy says nothing else',
    reloadable,
  ),
  drainTimeoutSeconds: timer(
    'drain-timeout',
    integer('S', 0, 604_800),
    3_600,
    'after a drain began, end with the calls that are left after this long; 0 = wait for the last one',
    reloadable,
  ),
  webhookUrl: timer(
    'webhook-url',
    orNone(parsed('URL', 'an http:// or https:// URL', parseWebhook)),
    null,
    'POST a JSON note there when a timer ends a call',
    reloadable,
  ),

  offeredSuites: policy(
    'offered-suites',
    suites,
    DEFAULT_POLICY.offeredSuites,
    'crypto suites that we offer, in this order',
    reloadable,
  ),
  acceptedSuites: policy(
    'accepted-suites',
    suites,
    DEFAULT_POLICY.acceptedSuites,
    'crypto suites that we accept, in our order of preference',
    reloadable,
  ),
  followOffererOrder: policy(
    'follow-offerer-order',
    toggle(),
    DEFAULT_POLICY.followOffererOrder,
    "answer with the offerer's first acceptable line instead of our favourite",
    reloadable,
  ),
  secure: policy(
    'secure',
    choice(SECURE_POLICIES),
    DEFAULT_POLICY.secure,
    'SRTP on legs without a profile: off, preferred, required, or as the proxy and the SDP say',
    reloadable,
  ),
  allowUnencryptedSrtp: policy(
    'allow-unencrypted-srtp',
    toggle(),
    DEFAULT_POLICY.allowUnencryptedSrtp,
    'accept UNENCRYPTED_SRTP (RFC 4568 §6.3.2)',
    reloadable,
  ),
  allowUnencryptedSrtcp: policy(
    'allow-unencrypted-srtcp',
    toggle(),
    DEFAULT_POLICY.allowUnencryptedSrtcp,
    'accept UNENCRYPTED_SRTCP (RFC 4568 §6.3.2)',
    reloadable,
  ),
  allowUnauthenticatedSrtp: policy(
    'allow-unauthenticated-srtp',
    toggle(),
    DEFAULT_POLICY.allowUnauthenticatedSrtp,
    'accept UNAUTHENTICATED_SRTP (RFC 4568 §6.3.3)',
    reloadable,
  ),
  writeLifetime: policy(
    'write-lifetime',
    toggle(),
    DEFAULT_POLICY.writeLifetime,
    'write `|2^31` after the keys of our a=crypto lines',
    reloadable,
  ),
  writePadding: policy(
    'write-padding',
    toggle(),
    DEFAULT_POLICY.writePadding,
    'keep the base64 padding in our a=crypto lines',
    reloadable,
  ),
  firstTag: policy(
    'first-tag',
    integer('N', 0, 1),
    DEFAULT_POLICY.firstTag as number,
    'tag of the first a=crypto line that we offer',
    reloadable,
  ),
  trunkProfiles: policy(
    'trunk-profiles',
    profiles,
    {},
    `policies by far end, selected by the proxy or by interface; settings: ${PROFILE_KEYS.join(', ')}`,
    { reloadable: true, defaultText: 'the built-in profiles' },
  ),

  workers: media('workers', integer('N', 1, 64), () => Math.min(availableParallelism(), 64), 'media threads', {
    defaultText: 'number of CPU cores',
  }),
  portsPerWorker: media(
    'ports-per-worker',
    integer('N', 2, 65_536),
    16_384,
    'media ports that one worker can hold; reserves address space only',
  ),
  coalesceMicroseconds: media(
    'coalesce',
    integer('US', 0, 5_000),
    500,
    'longest time a packet waits for company before its worker wakes, in microseconds; 0 = wake at once',
  ),
  cpus: media(
    'cpus',
    list(integer('CPU', 0, 4_095)),
    () => [],
    'CPUs to pin the workers to, in turn; empty = not pinned',
    { defaultText: 'none' },
  ),
  receiveBufferBytes: media(
    'receive-buffer',
    integer('BYTES', 0, 67_108_864),
    0,
    "receive buffer of a media socket; 0 = the system's default",
  ),
  sendBufferBytes: media(
    'send-buffer',
    integer('BYTES', 0, 67_108_864),
    0,
    "send buffer of a media socket; 0 = the system's default",
  ),
  replayWindowPackets: media(
    'replay-window',
    integer('PACKETS', 128, 32_768),
    128,
    'packets that may arrive late and are still told from replays (RFC 3711 §3.3.2)',
  ),
  rekeyOverlapMilliseconds: media(
    'rekey-overlap',
    integer('MS', 0, 60_000),
    5_000,
    'how long packets under the key before a re-key are still accepted, in milliseconds',
  ),
  learningWindowMilliseconds: media(
    'learning-window',
    integer('MS', 0, 60_000),
    3_000,
    'how long after signalling the source of a plain leg may still change, in milliseconds',
  ),
  endpointLearning: media(
    'endpoint-learning',
    choice(['heuristic', 'immediate', 'delayed', 'off']),
    'heuristic',
    'how the source of a plain leg is learned when the proxy does not say',
    reloadable,
  ),

  logLevel: logging(
    'log-level',
    choice(['trace', 'debug', 'info', 'warn', 'error']),
    'info',
    'least severe event that is logged',
    reloadable,
  ),
  logFormat: logging('log-format', choice(['json', 'text']), 'json', 'one JSON object a line, or one line for people'),
} as const;

export type OptionKey = keyof typeof OPTIONS;

export const OPTION_KEYS = Object.keys(OPTIONS) as readonly OptionKey[];

/** Rows as an untyped view, for code that treats all alike. */
export function optionRow(key: OptionKey): OptionRow<unknown> {
  return OPTIONS[key];
}

const keyByName = new Map(OPTION_KEYS.map((key) => [OPTIONS[key].name, key]));

export function optionKeyOf(name: string): OptionKey | undefined {
  return keyByName.get(name);
}

export function environmentName(name: string): string {
  return `SRTP_ANCHOR_${name.toUpperCase().replaceAll('-', '_')}`;
}
