import { afterEach, describe, expect, it } from 'vitest';
import type { NativeRelay } from '../../src/relay/addon.js';
import { addon, closeRelays, newRelay, openPort, plainConfig, portOptions, relayOptions, srtpKeys } from './seam.js';

/** The same call with one value replaced; typed loosely, since the point is to pass what the types forbid. */
type Call = (value: unknown) => unknown;
type Step = string | number;

interface WrongValue {
  readonly path: string;
  readonly what: string;
  readonly value: unknown;
}

const MISSING = Symbol('missing');

/** A deep copy with one member replaced, or left out. */
function replaced(original: unknown, steps: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (Array.isArray(original)) {
    return (original as unknown[]).map((item, index) => (index === step ? replaced(item, rest, value) : item));
  }
  const members = Object.entries(original as object).map(([name, member]) =>
    name === step ? [name, replaced(member, rest, value)] : [name, member as unknown],
  );
  return Object.fromEntries(members.filter(([, member]) => member !== MISSING));
}

function spell(steps: readonly Step[]): string {
  return steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
}

const WRONG_FOR: Readonly<Record<string, readonly unknown[]>> = {
  number: [MISSING, undefined, null, '1', true, {}, NaN, Infinity, -1, 0.5, 2 ** 60, 1n],
  boolean: [MISSING, undefined, null, 0, 1, 'true', {}],
  string: [MISSING, undefined, 7, true, {}, ['rtp']],
  octets: [
    MISSING,
    undefined,
    null,
    'AAAA',
    [1, 2, 3],
    new ArrayBuffer(30),
    new Uint16Array(15),
    new Int8Array(30),
    new Uint8Array(200),
  ],
  array: [MISSING, undefined, null, 'none', 3, {}, { length: 0 }, new Array<number>(5_000).fill(0)],
  object: [MISSING, undefined, 'x', 1, true],
};

function kindOf(value: unknown): string {
  if (value instanceof Uint8Array) return 'octets';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Every member of a valid value, with what must not be accepted in its place. */
function wrongValues(valid: unknown, steps: readonly Step[] = []): WrongValue[] {
  const own = steps.length === 0 ? [] : (WRONG_FOR[kindOf(valid)] ?? []).map((value) => ({ steps, value }));
  const here = own.map(({ value }) => ({ path: spell(steps), what: describeValue(value), value: { steps, value } }));
  if (valid instanceof Uint8Array || typeof valid !== 'object' || valid === null) return here;
  const inner = Array.isArray(valid)
    ? valid.flatMap((item, index) => wrongValues(item, [...steps, index]))
    : Object.entries(valid).flatMap(([name, item]) => wrongValues(item, [...steps, name]));
  return [...here, ...inner];
}

function describeValue(value: unknown): string {
  if (value === MISSING) return 'nothing';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null)
    return `${value.constructor.name} ${JSON.stringify(value)}`.slice(0, 40);
  return `${typeof value} ${String(value)}`;
}

function cases(root: string, valid: unknown): [string, string, unknown][] {
  return wrongValues(valid).map(({ path, what, value }) => {
    const { steps, value: wrong } = value as { steps: readonly Step[]; value: unknown };
    return [`${root}${path}`, what, replaced(valid, steps, wrong)];
  });
}

function expectTypeError(call: Call, path: string, value: unknown): void {
  expect(() => call(value)).toThrow(TypeError);
  expect(() => call(value)).toThrow(`${path}: expected `);
}

function anyRelay(): NativeRelay {
  return newRelay({ workers: 1 }).relay;
}

const validRelayOptions = { ...relayOptions, cpus: [0] };
const validConfig = {
  ...plainConfig,
  remote: { address: '127.0.0.1', port: 4000 },
  allowedSources: ['127.0.0.0/8'],
  inbound: srtpKeys(1),
  outbound: srtpKeys(2),
  cryptoFrom: 70_000,
  rtpTo: 70_000,
  rtcpTo: 70_000,
  blockedPayloadTypes: [101],
};
/** `null` says something at these. */
const NULL_IS_VALID = /\.(remote|inbound|outbound|cryptoFrom|rtpTo|rtcpTo)$/;

afterEach(closeRelays);

describe('createRelay refuses with a TypeError that names the path', () => {
  const create: Call = (value) => addon.createRelay(value as never, () => undefined);

  it.each(cases('options', validRelayOptions))('%s = %s', (path, _what, value) => {
    expectTypeError(create, path, value);
  });

  it.each([undefined, null, 1, 'x', {}])('onEvent = %s', (value) => {
    expectTypeError((callback) => addon.createRelay(relayOptions, callback as never), 'onEvent', value);
  });

  it.each([undefined, null, 1, 'x'])('options = %s', (value) => {
    expectTypeError(create, 'options', value);
  });
});

describe('openPort refuses with a TypeError that names the path', () => {
  it.each(cases('options', portOptions))('%s = %s', (path, _what, value) => {
    const relay = anyRelay();
    expectTypeError((options) => relay.openPort(options as never), path, value);
  });

  it.each([undefined, null, 1, 'x'])('options = %s', (value) => {
    const relay = anyRelay();
    expectTypeError((options) => relay.openPort(options as never), 'options', value);
  });
});

describe('configurePort refuses with a TypeError that names the path', () => {
  const wrong = cases('config', validConfig).filter(
    ([path, what]) => !(NULL_IS_VALID.test(path) && what === 'object null'),
  );

  it.each(wrong)('%s = %s', (path, _what, value) => {
    const relay = anyRelay();
    const { id } = openPort(relay);
    expectTypeError((config) => relay.configurePort(id, config as never), path, value);
  });

  it.each([
    ['config.kind', { ...plainConfig, kind: 'RTP' }],
    ['config.learning', { ...plainConfig, learning: 'never' }],
    ['config.remote.address', { ...plainConfig, remote: { address: 'localhost', port: 4000 } }],
    ['config.remote.address', { ...plainConfig, remote: { address: '127.0.0.1\0', port: 4000 } }],
    ['config.remote.port', { ...plainConfig, remote: { address: '127.0.0.1', port: 0 } }],
    ['config.allowedSources[1]', { ...plainConfig, allowedSources: ['10.0.0.0/8', '10.0.0.0/33'] }],
    ['config.blockedPayloadTypes[0]', { ...plainConfig, blockedPayloadTypes: [128] }],
    ['config.trafficClass', { ...plainConfig, trafficClass: 256 }],
    ['config.inbound.suite', { ...plainConfig, inbound: { ...srtpKeys(1), suite: 'NULL_HMAC_SHA1_80' } }],
    ['config.inbound.keys', { ...plainConfig, inbound: { ...srtpKeys(1), keys: [] } }],
    ['config.inbound.replayWindow', { ...plainConfig, inbound: { ...srtpKeys(1), replayWindow: 64 } }],
    ['config.outbound.srtpLifetime', { ...plainConfig, outbound: { ...srtpKeys(1), srtpLifetime: 2 ** 48 + 2 } }],
  ])('%s out of its range', (path, config) => {
    const relay = anyRelay();
    const { id } = openPort(relay);
    expectTypeError((value) => relay.configurePort(id, value as never), path, config);
  });

  it('a key of the wrong length, saying the right one and none of its octets', () => {
    const relay = anyRelay();
    const { id } = openPort(relay);
    const keys = [{ keySalt: new Uint8Array(29).fill(0xab), mki: new Uint8Array(0) }];
    expect(() => relay.configurePort(id, { ...plainConfig, inbound: { ...srtpKeys(1), keys } })).toThrow(
      new TypeError('config.inbound.keys[0].keySalt: expected Uint8Array of 30 octets'),
    );
  });
});

describe('The other methods refuse with a TypeError that names the argument', () => {
  const wrongNumbers = [undefined, null, '1', NaN, -1, 0.5, {}];

  it.each(wrongNumbers)('configurePort, closePort: id = %s', (value) => {
    const relay = anyRelay();
    expectTypeError((id) => relay.configurePort(id as never, plainConfig), 'id', value);
    expectTypeError((id) => relay.closePort(id as never), 'id', value);
  });

  it.each(wrongNumbers)('releaseSlot, slab: worker = %s', (value) => {
    const relay = anyRelay();
    expectTypeError((worker) => relay.releaseSlot(worker as never, 0), 'worker', value);
    expectTypeError((worker) => relay.slab(worker as never), 'worker', value);
    expectTypeError((slot) => relay.releaseSlot(0, slot as never), 'slot', value);
  });
});

describe('Hostile values', () => {
  it('a getter that throws: its error passes unchanged', () => {
    const options = {
      ...portOptions,
      get address(): string {
        throw new Error('from the getter');
      },
    };
    expect(() => anyRelay().openPort(options)).toThrow('from the getter');
  });

  it('a getter that closes the relay: the call says so', () => {
    const relay = anyRelay();
    const options = {
      ...portOptions,
      get address(): string {
        relay.close();
        return '127.0.0.1';
      },
    };
    expect(() => relay.openPort(options)).toThrow('relay is closed');
  });

  it('methods taken from their relay refuse to run', () => {
    const relay = anyRelay();
    const methods = Object.getPrototypeOf(relay) as Record<string, (...values: unknown[]) => unknown>;
    for (const name of ['openPort', 'configurePort', 'closePort', 'releaseSlot', 'hold', 'release', 'slab', 'close']) {
      expect(() => Reflect.apply(methods[name]!, {}, [])).toThrow();
    }
  });

  it('a refused configuration leaves the port as it was', () => {
    const relay = anyRelay();
    const { id } = openPort(relay);
    expect(() => relay.configurePort(id, { ...plainConfig, trafficClass: 999 })).toThrow(TypeError);
    expect(() => relay.configurePort(id, plainConfig)).not.toThrow();
  });
});
