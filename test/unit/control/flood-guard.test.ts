import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Admission } from '../../../src/control/admission.js';
import { FloodGuard } from '../../../src/control/flood-guard.js';
import { looksLikeRequest } from '../../../src/control/ng-message.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = { monotonicMilliseconds: () => Date.now(), wallMilliseconds: () => Date.now() };

function guard(): { guard: FloodGuard; told: (readonly string[])[] } {
  const told: (readonly string[])[] = [];
  return { guard: new FloodGuard(clock, (addresses) => told.push(addresses)), told };
}

function flood(target: FloodGuard, address: string, count: number): void {
  for (let i = 0; i < count; i++) target.refused(address);
}

describe('the flood guard', () => {
  it('mutes who is refused a hundred times in a tenth of a second, once, and for a moment', () => {
    const { guard: target, told } = guard();
    flood(target, 'a', 99);
    expect(told).toEqual([]);
    flood(target, 'a', 500);
    expect(told).toEqual([['a']]);
    vi.advanceTimersByTime(249);
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(2);
    expect(told.at(-1)).toEqual([]);
    flood(target, 'a', 100);
    expect(told.at(-1)).toEqual(['a']);
    target.close();
  });

  it('mutes who goes on for twice as long each time, a second at most, and starts anew with who has stopped', () => {
    const { guard: target, told } = guard();
    for (const milliseconds of [250, 500, 1_000, 1_000]) {
      flood(target, 'a', 100);
      vi.advanceTimersByTime(milliseconds - 1);
      expect(told.at(-1)).toEqual(['a']);
      vi.advanceTimersByTime(2);
      expect(told.at(-1)).toEqual([]);
    }
    vi.advanceTimersByTime(1_001);
    flood(target, 'a', 100);
    vi.advanceTimersByTime(251);
    expect(told.at(-1)).toEqual([]);
    target.close();
  });

  it('lets an address be heard again on time that is muted after one with longer to wait', () => {
    const { guard: target, told } = guard();
    flood(target, 'a', 100);
    vi.advanceTimersByTime(251);
    flood(target, 'a', 100);
    flood(target, 'b', 100);
    vi.advanceTimersByTime(251);
    expect(told.at(-1)).toEqual(['a']);
    vi.advanceTimersByTime(250);
    expect(told.at(-1)).toEqual([]);
    target.close();
  });

  it('leaves alone who is refused now and then', () => {
    const { guard: target, told } = guard();
    for (let i = 0; i < 50; i++) {
      flood(target, 'a', 50);
      vi.advanceTimersByTime(101);
    }
    expect(told).toEqual([]);
  });

  it('lets each be heard again at its own time, and mutes 64 at most', () => {
    const { guard: target, told } = guard();
    flood(target, 'a', 100);
    vi.advanceTimersByTime(90);
    flood(target, 'b', 100);
    vi.advanceTimersByTime(170);
    expect(told.at(-1)).toEqual(['b']);
    for (let i = 0; i < 200; i++) flood(target, `c${i}`, 100);
    expect(told.at(-1)).toHaveLength(64);
    vi.advanceTimersByTime(1_000);
    expect(told.at(-1)).toEqual([]);
    target.close();
  });
});

describe('garbage', () => {
  it('is known at a glance, and costs its sender twenty messages', () => {
    expect(['1 d7:command4:pinge', '1 {"a":1}'].map((text) => looksLikeRequest(Buffer.from(text)))).toEqual([
      true,
      true,
    ]);
    const garbage = ['', ' ', 'x', ' d', '1 x', '1  d', `${'k'.repeat(20_000)} d`];
    expect(garbage.map((text) => looksLikeRequest(Buffer.from(text)))).toEqual(garbage.map(() => false));
    const admission = new Admission({ messagesPerSecond: 100, burst: 200, clock });
    let admitted = 0;
    while (admission.admit('a') === null) {
      admission.charge('a', 19);
      admitted++;
    }
    expect(admitted).toBe(10);
    // It never owes more than a second.
    admission.charge('a', 1_000_000);
    vi.advanceTimersByTime(1_050);
    expect([admission.admit('a'), admission.admit('b')]).toEqual([null, null]);
  });
});
