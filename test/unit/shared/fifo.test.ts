import { describe, expect, it } from 'vitest';
import { Fifo } from '../../../src/shared/fifo.js';

describe('a first-in-first-out list', () => {
  it('gives what it was given in that order, however pushes and shifts alternate', () => {
    const fifo = new Fifo<number>();
    let pushed = 0;
    let shifted = 0;
    for (let round = 0; round < 200; round++) {
      for (let n = 0; n < 50; n++) fifo.push(pushed++);
      // Nearly as many leave, so that the list is copied now and then.
      for (let n = 0; n < 49; n++) {
        expect(fifo.peek()).toBe(shifted);
        expect(fifo.shift()).toBe(shifted++);
      }
    }
    while (shifted < pushed) expect(fifo.shift()).toBe(shifted++);
    expect(fifo.peek()).toBeUndefined();
  });

  it('is usable again after it was emptied, and gives nothing while it is empty', () => {
    const fifo = new Fifo<string>();
    expect(fifo.shift()).toBeUndefined();
    fifo.push('a');
    expect(fifo.shift()).toBe('a');
    expect(fifo.shift()).toBeUndefined();
    fifo.push('b');
    expect(fifo.peek()).toBe('b');
  });
});
