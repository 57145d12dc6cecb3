import { describe, expect, it } from 'vitest';
import { bitRate, columns, duration, grouped, printable } from '../../../src/ctl/columns.js';

describe('columns', () => {
  it('are as wide as their widest cell, numbers standing right', () => {
    expect(
      columns(
        ['name', 'n'],
        [
          ['a', '5'],
          ['long one', '1,000'],
        ],
      ),
    ).toBe('name          n\na             5\nlong one  1,000');
  });

  it('are a head alone where there is no row', () => {
    expect(columns(['a', 'b'], [])).toBe('a  b');
  });
});

describe('numbers', () => {
  it('read as people write them', () => {
    expect(grouped(1_234_567.4)).toBe('1,234,567');
    expect([0, 75, 720, 10_800, 400_000].map(duration)).toEqual(['0 s', '75 s', '12 min', '3 h', '5 d']);
    expect([100, 2_000_000, 200_000_000].map(bitRate)).toEqual(['1 kbit/s', '16.0 Mbit/s', '1.60 Gbit/s']);
  });
});

describe('text of strangers', () => {
  it('cannot steer the terminal or turn its direction', () => {
    expect(printable('a\u001b[2Jb\u0007\r\n\u202ec\u200b')).toBe('a?[2Jb???' + '?c?');
    expect(printable('Grüße-日本@host')).toBe('Grüße-日本@host');
  });
});
