import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStream, type LiveEvent } from '../../../src/http/event-stream.js';
import { call, FakeRelay, party, stream } from './fake-sources.js';

class FakeResponse extends EventEmitter {
  written: string[] = [];
  writableLength = 0;
  destroyed = false;
  ended = false;

  writeHead(): this {
    return this;
  }

  write(text: string): void {
    this.written.push(text);
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

let relay: FakeRelay;
let events: EventStream;

function listen(): { response: FakeResponse; refused: boolean } {
  const response = new FakeResponse();
  const request = { socket: { setTimeout: () => undefined } } as unknown as IncomingMessage;
  const reply = events.add(request, response as unknown as ServerResponse);
  return { response, refused: reply !== null };
}

beforeEach(() => {
  vi.useFakeTimers();
  relay = new FakeRelay();
  events = new EventStream(relay.sources());
});

afterEach(() => {
  events.close();
  vi.useRealTimers();
});

describe('the event stream', () => {
  it('sends a picture at once and one a second, made once for all', () => {
    const listeners = [listen(), listen(), listen()];
    relay.snapshots = 0;
    vi.advanceTimersByTime(3_000);
    expect(listeners.map(({ response }) => response.written.length)).toEqual([4, 4, 4]);
    expect(relay.snapshots).toBe(3);
  });

  it('shows at most fifty calls and says how many there are', () => {
    for (let index = 0; index < 60; index++)
      relay.calls.set(`c${index}`, call(`c${index}`, [party('x', 'y', [stream()])]));
    const { response } = listen();
    const picture = JSON.parse(response.written[0]!.slice('data: '.length)) as LiveEvent;
    expect([picture.calls.length, picture.stats.calls]).toEqual([50, 60]);
  });

  it('keeps no second picture for a reader that has not taken the first, and goes on with it when it has', () => {
    const { response } = listen();
    response.writableLength = 1;
    vi.advanceTimersByTime(3_000);
    expect([response.written.length, response.destroyed]).toEqual([1, false]);
    response.writableLength = 0;
    vi.advanceTimersByTime(2_000);
    response.writableLength = 1;
    vi.advanceTimersByTime(3_000);
    expect([response.written.length, response.destroyed, relay.refusals]).toEqual([3, false, []]);
  });

  it('cuts off a reader that takes no picture for four seconds and counts it, and nobody else', () => {
    const [slow, good] = [listen(), listen()];
    slow.response.writableLength = 1;
    vi.advanceTimersByTime(4_000);
    expect([slow.response.destroyed, good.response.destroyed, good.response.written.length]).toEqual([true, false, 5]);
    expect([events.listeners, relay.refusals]).toEqual([1, ['slow']]);
  });

  it('takes thirty-two listeners and refuses the next', () => {
    const listeners = Array.from({ length: 33 }, () => listen());
    expect(listeners.filter(({ refused }) => refused)).toHaveLength(1);
    expect(relay.refusals).toEqual(['limit']);
    listeners[0]!.response.emit('close');
    expect(listen().refused).toBe(false);
  });

  it('costs nothing when nobody listens', () => {
    const { response } = listen();
    response.emit('close');
    relay.snapshots = 0;
    vi.advanceTimersByTime(10_000);
    expect(relay.snapshots).toBe(0);
  });

  it('never holds a key', () => {
    relay.calls.set('a', call('a', [party('x', 'y', [stream({ cryptoSuite: 'AEAD_AES_128_GCM' })])]));
    expect(listen().response.written.join()).not.toMatch(/inline|keySalt/i);
  });
});
