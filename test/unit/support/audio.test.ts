import { afterAll, describe, expect, it } from 'vitest';
import { judgeTone, toneLevel } from '../../support/goertzel.js';
import { decodeMuLaw, encodeMuLaw } from '../../support/mu-law.js';
import { TempDirectory } from '../../support/temp-directory.js';
import { readWav, tone, writeWav } from '../../support/wav.js';

const directory = new TempDirectory();
afterAll(() => directory.remove());

describe('the judge of audio', () => {
  it('reads back the wav that it wrote', () => {
    const sound = tone(440, 0.5);
    writeWav(directory.file('a.wav'), sound);
    expect(readWav(directory.file('a.wav'))).toEqual(sound);
  });

  it('measures the level of a tone and finds no other in it', () => {
    const sound = tone(440, 2, 0.5);
    expect(toneLevel(sound, 440)).toBeCloseTo(0.5, 2);
    expect(toneLevel(sound, 880)).toBeLessThan(0.001);
    const verdict = judgeTone(sound, 440, 880);
    expect(verdict.separation).toBeGreaterThan(40);
    expect(verdict.purity).toBeGreaterThan(0.99);
  });

  it('finds the wrong tone wanting, and silence, and noise', () => {
    expect(judgeTone(tone(880, 2), 440, 880).separation).toBeLessThan(-40);
    expect(judgeTone({ rate: 8_000, samples: new Int16Array(16_000) }, 440, 880).purity).toBe(0);
    let seed = 1;
    const samples = Int16Array.from({ length: 16_000 }, () => (seed = (seed * 48_271) % 0x7fffffff) % 30_000);
    expect(judgeTone({ rate: 8_000, samples }, 440, 880).purity).toBeLessThan(0.05);
  });

  it('keeps a tone through G.711 μ-law, and its known values', () => {
    const { rate, samples } = tone(440, 1);
    expect(judgeTone({ rate, samples: decodeMuLaw(encodeMuLaw(samples)) }, 440, 880).purity).toBeGreaterThan(0.99);
    // G.711 table 2a: silence is FF, full scale positive 80, negative 00.
    expect([...encodeMuLaw(Int16Array.from([0, 32_767, -32_768]))]).toEqual([0xff, 0x80, 0x00]);
    expect([...decodeMuLaw(Buffer.from([0xff, 0x80, 0x00]))]).toEqual([0, 32_124, -32_124]);
  });
});
