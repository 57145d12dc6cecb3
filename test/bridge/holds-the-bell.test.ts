import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { NativeRelay } from '../../src/relay/addon.js';
import { Slab, SlabIndex } from '../../src/relay/slab.js';
import { waitFor } from '../support/wait.js';
import { addon, closeRelays, newRelay, openPort, plainConfig } from './seam.js';

afterEach(closeRelays);

function commandsOf(relay: NativeRelay): () => number {
  const slab = new Slab(relay.slab(0), new SlabIndex(addon.slabLayout()));
  return () => slab.worker('commands');
}

it('a relay that is held wakes no worker until it is released', async () => {
  const { relay } = newRelay({ workers: 1 });
  const commands = commandsOf(relay);
  let slept = 0;
  // An idle worker turns four times a second by itself and may do so in any one of these.
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = commands();
    relay.hold();
    const { id } = openPort(relay);
    relay.configurePort(id, plainConfig);
    await sleep(20);
    if (commands() === before) slept++;
    relay.release();
    await waitFor('the commands to be carried out', () => commands() === before + 2);
  }
  expect(slept).toBeGreaterThan(0);
});

it('what a held relay was asked for is carried out although nobody releases it', async () => {
  const { relay, events } = newRelay({ workers: 1 });
  relay.hold();
  const { id } = openPort(relay);
  relay.closePort(id);
  await waitFor('the closed event', () => events.length === 1);
});

it('a relay that is held closes', () => {
  const { relay } = newRelay();
  relay.hold();
  openPort(relay);
  relay.close();
  expect(() => relay.release()).toThrow('relay is closed');
});
