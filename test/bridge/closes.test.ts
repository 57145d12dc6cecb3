import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait.js';
import { closeRelays, newRelay, openPort, plainConfig, portOptions } from './seam.js';
import type { PortId } from '../../src/relay/addon.js';

afterEach(closeRelays);

const unknownId = (2 ** 20 + 3) as PortId;

describe('A port', () => {
  it('that is not known cannot be configured, and closing it does nothing', () => {
    const { relay } = newRelay();
    expect(() => relay.configurePort(unknownId, plainConfig)).toThrow(RangeError);
    expect(relay.closePort(unknownId)).toBe(false);
  });

  it('closes once, tells it by an event, and closes no second time', async () => {
    const { relay, events } = newRelay();
    const { id, slot } = openPort(relay, { worker: 1 });
    expect(relay.closePort(id)).toBe(true);
    expect(relay.closePort(id)).toBe(false);
    expect(() => relay.configurePort(id, plainConfig)).toThrow(RangeError);
    await waitFor('the closed event', () => events.length > 0);
    expect(events).toEqual([{ kind: 'closed', port: id, slot, worker: 1, detail: '' }]);
  });

  it('gives its number back to the system when it is closed', async () => {
    const { relay, events } = newRelay();
    const { id, port } = openPort(relay);
    expect(relay.openPort({ ...portOptions, port })).toEqual({ error: 'EADDRINUSE' });
    relay.closePort(id);
    await waitFor('the closed event', () => events.length > 0);
    expect(openPort(relay, { port }).port).toBe(port);
  });

  it('has an id of its own, even in a slot that was used before', async () => {
    const { relay, events } = newRelay({ workers: 1, portsPerWorker: 2 });
    const seen = new Set<PortId>();
    for (let round = 1; round <= 5; round++) {
      const { id, slot } = openPort(relay);
      expect(seen.has(id)).toBe(false);
      seen.add(id);
      relay.closePort(id);
      await waitFor('the closed event', () => events.length === round);
      relay.releaseSlot(0, slot);
    }
  });

  it('cannot forward to a port of another worker', () => {
    const { relay } = newRelay();
    const here = openPort(relay, { worker: 0 });
    const there = openPort(relay, { worker: 1 });
    expect(() => relay.configurePort(here.id, { ...plainConfig, rtpTo: there.id })).toThrow(RangeError);
  });

  it.each([
    ['EADDRNOTAVAIL', { address: '192.0.2.1' }],
    ['EINVAL', { address: 'localhost' }],
    ['EINVAL', { worker: 7 }],
  ])('that cannot be opened answers %s as a value', (error, options) => {
    const { relay } = newRelay();
    expect(relay.openPort({ ...portOptions, ...options })).toEqual({ error });
  });

  it('beyond what a worker holds answers ENOBUFS', () => {
    const { relay } = newRelay({ workers: 1, portsPerWorker: 2 });
    openPort(relay);
    openPort(relay);
    expect(relay.openPort(portOptions)).toEqual({ error: 'ENOBUFS' });
  });
});

describe('A relay', () => {
  it('closes twice without complaint', () => {
    const { relay } = newRelay();
    openPort(relay);
    relay.close();
    expect(() => relay.close()).not.toThrow();
  });

  it('throws from every other method once it is closed', () => {
    const { relay } = newRelay();
    const { id, slot } = openPort(relay);
    relay.close();
    expect(() => relay.openPort(portOptions)).toThrow('relay is closed');
    expect(() => relay.configurePort(id, plainConfig)).toThrow('relay is closed');
    expect(() => relay.closePort(id)).toThrow('relay is closed');
    expect(() => relay.releaseSlot(0, slot)).toThrow('relay is closed');
    expect(() => relay.slab(0)).toThrow('relay is closed');
  });

  it('closes every socket with itself', () => {
    const { relay } = newRelay();
    const { port } = openPort(relay);
    relay.close();
    expect(openPort(newRelay().relay, { port }).port).toBe(port);
  });

  it('leaves its counters readable after it is closed', () => {
    const { relay } = newRelay();
    const slab = relay.slab(0);
    relay.close();
    const words = new BigUint64Array(slab);
    expect(words.length).toBeGreaterThan(16);
    expect(words.reduce((sum, word) => sum + word, 0n)).toBeGreaterThan(0n);
  });

  it('lives beside another in one process: ids, ports, slabs and ends are apart', async () => {
    const first = newRelay();
    const second = newRelay();
    const mine = openPort(first.relay);
    const theirs = openPort(second.relay);
    expect(first.relay.slab(0)).not.toBe(second.relay.slab(0));
    first.relay.close();
    expect(() => second.relay.configurePort(theirs.id, plainConfig)).not.toThrow();
    expect(second.relay.closePort(theirs.id)).toBe(true);
    await waitFor('the closed event', () => second.events.length > 0);
    expect(first.events).toEqual([]);
    expect(mine.port).not.toBe(theirs.port);
  });

  it('may be closed by its own event callback, and hears nothing more', async () => {
    const { relay, events } = newRelay();
    const ports = [openPort(relay), openPort(relay), openPort(relay)];
    const heard = events.push.bind(events);
    events.push = (...items) => {
      relay.close();
      return heard(...items);
    };
    for (const { id } of ports) relay.closePort(id);
    await waitFor('an event', () => events.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(events).toHaveLength(1);
  });
});
