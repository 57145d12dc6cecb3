import { DEFAULT_MEDIA_OPTIONS, type MediaOptions } from '../../../src/negotiation/media-options.js';
import { Relay } from '../../../src/relay/relay.js';
import { AddressPolicy } from '../../../src/session/address-policy.js';
import { Admission } from '../../../src/session/admission.js';
import { AnchorService } from '../../../src/session/anchor-service.js';
import type { CloseReason } from '../../../src/session/call.js';
import { Interfaces } from '../../../src/session/interfaces.js';
import type { SessionObserver } from '../../../src/session/observer.js';
import { OfferAnswer } from '../../../src/session/offer-answer.js';
import { PolicyBook } from '../../../src/session/policy-book.js';
import { PortAllocator } from '../../../src/session/port-allocator.js';
import { PortPlan } from '../../../src/session/port-plan.js';
import { PortPool } from '../../../src/session/port-pool.js';
import type { DeleteRequest } from '../../../src/session/requests.js';
import { Sweeper } from '../../../src/session/sweeper.js';
import { callId, tag } from '../../../src/shared/brand.js';
import type { Clock } from '../../../src/shared/clock.js';
import { CRYPTO_SUITES } from '../../../src/srtp/crypto-suite.js';
import { FakeAddon } from './fake-addon.js';

export const KEY_A = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
export const KEY_B = 'NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj';

/** A body with one audio line, as a phone would write it. */
export function sdp(
  options: { port?: number; protocol?: string; attributes?: readonly string[]; address?: string; media?: string } = {},
): string {
  const { port = 4_000, protocol = 'RTP/AVP', attributes = [], address = '192.0.2.1', media } = options;
  return [
    'v=0',
    `o=phone 1 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    media ?? `m=audio ${port} ${protocol} 0 101`,
    'a=rtpmap:101 telephone-event/8000',
    ...attributes.map((attribute) => `a=${attribute}`),
    '',
  ].join('\r\n');
}

export function crypto(tagNumber: number, key: string, suite = 'AES_CM_128_HMAC_SHA1_80'): string {
  return `crypto:${tagNumber} ${suite} inline:${key}`;
}

export function options(some: Partial<MediaOptions> = {}): MediaOptions {
  return { ...DEFAULT_MEDIA_OPTIONS, ...some };
}

export interface Harness {
  readonly addon: FakeAddon;
  readonly service: AnchorService;
  readonly sweeper: Sweeper;
  readonly clock: Clock & { now: number };
  readonly closed: CloseReason[];
  readonly timers: CloseReason[];
  readonly failedPorts: string[];
  readonly pool: PortPool;
  offer(
    names: { from?: string; to?: string; branch?: string; call?: string },
    body: string,
    some?: Partial<MediaOptions>,
  ): string;
  answer(
    names: { from?: string; to?: string; branch?: string; call?: string },
    body: string,
    some?: Partial<MediaOptions>,
  ): string;
  remove(names?: { from?: string; to?: string; branch?: string; delay?: number }): string;
}

/** The calls over a seam of the test's own. Offers and answers give the SDP, or `code: detail` of the error. */
export function harness(
  range: { minimum?: number; maximum?: number; maximumSessions?: number; policies?: PolicyBook } = {},
): Harness {
  const addon = new FakeAddon();
  const clock = {
    now: 1_000_000,
    monotonicMilliseconds: () => clock.now,
    wallMilliseconds: () => 1_700_000_000_000 + clock.now,
  };
  const relay = new Relay(
    addon,
    {
      workers: 1,
      portsPerWorker: 4_096,
      coalesceMicroseconds: 0,
      receiveBufferBytes: 0,
      sendBufferBytes: 0,
      cpus: [],
      rekeyOverlapMilliseconds: 0,
      learningWindowMilliseconds: 0,
    },
    () => undefined,
  );
  const { minimum = 30_000, maximum = 30_099, maximumSessions = 0 } = range;
  const pool = new PortPool({ minimum, maximum, quarantineMilliseconds: 5_000, now: () => clock.now, random: () => 0 });
  const interfaces = new Interfaces([
    { name: 'default', family: 'IP4', address: '127.0.0.1', advertised: '198.51.100.1', allowedSources: [], pool },
    { name: 'six', family: 'IP6', address: '::1', advertised: '2001:db8::1', allowedSources: [], pool },
  ]);
  const closed: CloseReason[] = [];
  const timers: CloseReason[] = [];
  const failedPorts: string[] = [];
  const observer: SessionObserver = {
    callOpened: () => undefined,
    negotiated: () => undefined,
    requestFailed: () => undefined,
    callClosed: (_call, reason) => closed.push(reason),
    timerFired: (_call, reason) => timers.push(reason),
    portAllocationFailed: (name) => failedPorts.push(name),
    qualitySampled: () => undefined,
  };
  const allocator = new PortAllocator(relay, (name) => observer.portAllocationFailed(name));
  const exchange = new OfferAnswer(
    {
      interfaces,
      allocator,
      plan: new PortPlan({ endpointLearning: 'heuristic', replayWindow: 128, trafficClass: 0 }),
      observer,
      addresses: new AddressPolicy(['127.0.0.1', '::1'], new Set(['192.0.2.9 2223'])),
      usableSuites: new Set(CRYPTO_SUITES.map((suite) => suite.name)),
      trafficClass: 0,
      instanceId: 'test',
    },
    range.policies ?? new PolicyBook(),
  );
  const limits = {
    maximumSessions,
    maximumPacketRate: 0,
    maximumByteRate: 0,
    maximumCpuPercent: 0,
    maximumLoadAverage: 0,
  };
  const admission = new Admission(limits);
  const service = new AnchorService({
    relay,
    exchange,
    allocator,
    observer,
    clock,
    admission,
    defaultDeleteDelaySeconds: 30,
  });
  const timeouts = {
    mediaTimeoutSeconds: 60,
    silentTimeoutSeconds: 3_600,
    offerTimeoutSeconds: 600,
    finalTimeoutSeconds: 0,
  };
  const sweeper = new Sweeper(service, observer, clock, timeouts);
  const text = (reply: ReturnType<AnchorService['offer']>): string =>
    reply.ok ? reply.value.sdp : `${reply.error.code}: ${reply.error.detail ?? ''}`;
  return {
    addon,
    service,
    sweeper,
    clock,
    closed,
    timers,
    failedPorts,
    pool,
    offer: ({ from = 'a', to, branch, call = 'call' }, body, some) =>
      text(
        service.offer({
          callId: callId(call),
          fromTag: tag(from),
          toTag: to === undefined ? null : tag(to),
          viaBranch: branch ?? null,
          sdp: body,
          options: options(some),
        }),
      ),
    answer: ({ from = 'a', to = 'b', branch, call = 'call' }, body, some) =>
      text(
        service.answer({
          callId: callId(call),
          fromTag: tag(from),
          toTag: tag(to),
          viaBranch: branch ?? null,
          sdp: body,
          options: options(some),
        }),
      ),
    remove: (names = {}) => {
      const request: DeleteRequest = {
        callId: callId('call'),
        fromTag: names.from === undefined ? null : tag(names.from),
        toTag: names.to === undefined ? null : tag(names.to),
        viaBranch: names.branch ?? null,
        selectByToTag: false,
        deleteDelaySeconds: names.delay ?? null,
      };
      const reply = service.delete(request);
      return reply.ok ? 'ok' : reply.error.code;
    },
  };
}

/** Port number of the first m= line. */
export function portOf(body: string): number {
  return Number(/^m=\S+ (\d+)/m.exec(body)?.[1] ?? NaN);
}
