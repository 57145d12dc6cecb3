/**
 * Numbers of one address, handed out at random (RFC 6056 §3.1 asks for unpredictable ones). RTP gets an even number and
 * RTCP the next (RFC 3550 §11). A number that was given back rests before it is used again, so that a late packet of
 * the old call cannot enter a new one; when nothing else is left, the one that has rested longest goes first.
 */
export class PortPool {
  readonly minimum: number;
  readonly maximum: number;
  /** How long a number rests. */
  quarantineMilliseconds: number;
  readonly #now: () => number;
  readonly #random: () => number;
  /** 1 for a number in use, by its distance from the first: a set would take forty octets for each. */
  readonly #used: Uint8Array;
  #usedCount = 0;
  /** Number → when it was given back, oldest first (a Map keeps its order). */
  readonly #resting = new Map<number, number>();

  constructor(options: {
    minimum: number;
    maximum: number;
    quarantineMilliseconds: number;
    now: () => number;
    random?: () => number;
  }) {
    if (options.minimum > options.maximum) throw new RangeError('a port range runs upward');
    this.minimum = options.minimum;
    this.maximum = options.maximum;
    this.quarantineMilliseconds = options.quarantineMilliseconds;
    this.#now = options.now;
    this.#random = options.random ?? Math.random;
    this.#used = new Uint8Array(this.size);
  }

  get size(): number {
    return this.maximum - this.minimum + 1;
  }

  get used(): number {
    return this.#usedCount;
  }

  /** Even numbers whose successor is free too, in the order to try them. Nothing is taken yet. */
  *pairCandidates(): Generator<number> {
    const firstEven = this.minimum + (this.minimum % 2);
    const count = Math.floor((this.maximum - firstEven + 1) / 2);
    yield* this.#ordered(count, (index) => firstEven + 2 * index, 2);
  }

  /** Single numbers in the order to try them, `preferred` first when it is free. */
  *singleCandidates(preferred: number | null): Generator<number> {
    if (preferred !== null && preferred >= this.minimum && preferred <= this.maximum && !this.#isUsed(preferred))
      yield preferred;
    yield* this.#ordered(this.size, (index) => this.minimum + index, 1);
  }

  take(number: number): void {
    if (!this.#isUsed(number)) this.#usedCount += 1;
    this.#used[number - this.minimum] = 1;
    this.#resting.delete(number);
  }

  giveBack(number: number): void {
    if (!this.#isUsed(number)) return;
    this.#used[number - this.minimum] = 0;
    this.#usedCount -= 1;
    this.#resting.set(number, this.#now());
  }

  *#ordered(count: number, numberAt: (index: number) => number, width: number): Generator<number> {
    this.#endRests();
    const start = Math.floor(this.#random() * count);
    const tired: number[] = [];
    for (let step = 0; step < count; step += 1) {
      const number = numberAt((start + step) % count);
      if (this.#isUsed(number) || (width === 2 && this.#isUsed(number + 1))) continue;
      if (this.#resting.has(number) || (width === 2 && this.#resting.has(number + 1))) tired.push(number);
      else yield number;
    }
    const restedSince = (number: number): number =>
      Math.max(...this.#span(number, width).map((one) => this.#resting.get(one) ?? 0));
    yield* tired.sort((a, b) => restedSince(a) - restedSince(b));
  }

  #endRests(): void {
    const over = this.#now() - this.quarantineMilliseconds;
    for (const [number, since] of this.#resting) {
      if (since > over) return;
      this.#resting.delete(number);
    }
  }

  #isUsed(number: number): boolean {
    return this.#used[number - this.minimum] === 1;
  }

  #span(first: number, width: number): number[] {
    return Array.from({ length: width }, (_, index) => first + index);
  }
}
