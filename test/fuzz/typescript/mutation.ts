import fc from 'fast-check';

/** One change to an input; positions count modulo its length, so that any change fits any input. */
type Edit =
  | { readonly kind: 'flip'; readonly at: number; readonly mask: number }
  | { readonly kind: 'insert'; readonly at: number; readonly octets: Buffer }
  | { readonly kind: 'remove'; readonly at: number; readonly count: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly count: number; readonly times: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'splice'; readonly at: number; readonly from: Buffer };

const position = fc.nat(0xffff);

/** Inputs near the seeds: one of them, after up to eight edits with octets, with words of the format, and with other seeds. */
export function mutated(seeds: readonly Buffer[], words: readonly string[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(editOf(seeds, words), { maxLength: 8 }))
    .map(([seed, edits]) => edits.reduce(apply, seed));
}

function editOf(seeds: readonly Buffer[], words: readonly string[]): fc.Arbitrary<Edit> {
  const noise = fc.uint8Array({ maxLength: 12 }).map((octets) => Buffer.from(octets));
  const word = fc.constantFrom(...words).map((text) => Buffer.from(text, 'latin1'));
  const number = fc.oneof(fc.integer(), fc.bigInt(), fc.constantFrom(-1, 65_536, 2 ** 32, 1e10));
  const digits = number.map((value) => Buffer.from(String(value)));
  return fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: position, mask: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant('insert' as const), at: position, octets: fc.oneof(word, word, noise, digits) }),
    fc.record({ kind: fc.constant('remove' as const), at: position, count: fc.integer({ min: 1, max: 40 }) }),
    fc.record({
      kind: fc.constant('repeat' as const),
      at: position,
      count: fc.integer({ min: 1, max: 80 }),
      times: fc.integer({ min: 1, max: 20 }),
    }),
    fc.record({ kind: fc.constant('cut' as const), at: position }),
    fc.record({ kind: fc.constant('splice' as const), at: position, from: fc.constantFrom(...seeds) }),
  );
}

function apply(input: Buffer, edit: Edit): Buffer {
  const at = edit.at % (input.length + 1);
  const [before, after] = [input.subarray(0, at), input.subarray(at)];
  switch (edit.kind) {
    case 'flip':
      return Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ edit.mask]), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, edit.octets, after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(edit.count)]);
    case 'repeat': {
      const piece = after.subarray(0, edit.count);
      return Buffer.concat([before, ...Array.from({ length: edit.times }, () => piece), after]);
    }
    case 'cut':
      return before;
    case 'splice':
      return Buffer.concat([before, edit.from.subarray(at % (edit.from.length + 1))]);
  }
}
