import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLoopLag } from '../../../src/http/event-loop-lag.js';
import { serviceNotifier, watchdogInterval, type ServiceNotifier } from '../../../src/http/service-notifier.js';
import { Watchdog } from '../../../src/http/watchdog.js';
import { FakeRelay } from './fake-sources.js';

let said: string[];
const notifier: ServiceNotifier = {
  ready: () => said.push('ready'),
  status: (text) => said.push(text),
  alive: () => said.push('alive'),
  stopping: () => said.push('stopping'),
  close: () => undefined,
};

beforeEach(() => {
  said = [];
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the watchdog', () => {
  it('is fed while everything moves, starved by one stalled worker, and fed again when it recovers', () => {
    const relay = new FakeRelay();
    const watchdog = new Watchdog(relay.sources().health, notifier, 5_000);
    vi.advanceTimersByTime(5_000);
    relay.heartbeats = [10, 2_000];
    vi.advanceTimersByTime(5_000);
    relay.heartbeats = [10, 10];
    vi.advanceTimersByTime(5_000);
    watchdog.close();
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual(['alive', 'alive', 'worker 1 stalled for 2000 ms', 'alive']);
  });

  it('is fed while draining: calls go on', () => {
    const relay = new FakeRelay();
    relay.isDraining = true;
    new Watchdog(relay.sources().health, notifier, 5_000).close();
    expect(said).toEqual(['alive']);
  });
});

describe('the interval', () => {
  it.each([
    [{ WATCHDOG_USEC: '10000000' }, 5_000],
    [{ WATCHDOG_USEC: '10000000', WATCHDOG_PID: '7' }, 5_000],
    [{ WATCHDOG_USEC: '10000000', WATCHDOG_PID: '8' }, null],
    [{}, null],
    [{ WATCHDOG_USEC: 'x' }, null],
  ])('%j → %j ms', (environment, expected) => {
    expect(watchdogInterval(environment, 7)).toBe(expected);
  });
});

describe('without a service manager', () => {
  it('nothing is started and nothing is said', () => {
    const silent = serviceNotifier({});
    silent.ready('x');
    silent.alive();
    silent.stopping('x');
    silent.close();
    expect(said).toEqual([]);
  });
});

describe('the lag of the event loop', () => {
  it('is what a tick is late by, remembered for two seconds, and seen while the tick is overdue', () => {
    let now = 0;
    const lag = new EventLoopLag({ monotonicMilliseconds: () => now, wallMilliseconds: () => now });
    now = 250;
    lag.tick();
    expect(lag.milliseconds()).toBe(0);
    now = 1_000;
    expect(lag.milliseconds()).toBe(500);
    lag.tick();
    now = 1_250;
    lag.tick();
    expect(lag.milliseconds()).toBe(500);
    for (; now < 3_000; now += 250) lag.tick();
    expect(lag.milliseconds()).toBe(0);
    lag.close();
  });
});
