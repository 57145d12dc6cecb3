/** A small seeded generator (mulberry32), so that a failing run can be repeated. Answers 0 ≤ x < 1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The items in an order where none moves further than `depth` places from its own. */
export function reorder<T>(items: readonly T[], depth: number, random: () => number): T[] {
  return items
    .map((item, at) => ({ item, key: at + random() * depth }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
