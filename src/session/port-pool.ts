const FREE = 0;
const USED = 1;
const RESTING = 2;

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
  /** What is with each number, by its distance from the first: looked through where free ones are few. */
  readonly #state: Uint8Array;
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
    this.#state = new Uint8Array(this.size);
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
    yield* this.#rested(count, (index) => firstEven + 2 * index, 2);
    // A pair has rested since the second of its numbers was given back: it is the turn of each once.
    for (const [number, since] of this.#resting) {
      const first = number - (number % 2);
      const other = this.#resting.get(first === number ? number + 1 : first);
      const isLast = other === undefined || other < since || (other === since && number > first);
      if (isLast && first >= firstEven && first < this.maximum && !this.#isUsed(first) && !this.#isUsed(first + 1))
        yield first;
    }
  }

  /** Single numbers in the order to try them, `preferred` first when it is free. */
  *singleCandidates(preferred: number | null): Generator<number> {
    if (preferred !== null && preferred >= this.minimum && preferred <= this.maximum && !this.#isUsed(preferred))
      yield preferred;
    yield* this.#rested(this.size, (index) => this.minimum + index, 1);
    yield* this.#resting.keys();
  }

  take(number: number): void {
    if (!this.#isUsed(number)) this.#usedCount += 1;
    this.#state[number - this.minimum] = USED;
    this.#resting.delete(number);
  }

  giveBack(number: number): void {
    if (!this.#isUsed(number)) return;
    this.#state[number - this.minimum] = RESTING;
    this.#usedCount -= 1;
    this.#resting.set(number, this.#now());
  }

  /** Those that are free and have rested, from a random one on. */
  *#rested(count: number, numberAt: (index: number) => number, width: 1 | 2): Generator<number> {
    this.#endRests();
    if (this.#usedCount + this.#resting.size >= this.size) return;
    const start = Math.floor(this.#random() * count);
    for (let step = 0; step < count; step += 1) {
      const number = numberAt((start + step) % count);
      if (this.#isFree(number) && (width === 1 || this.#isFree(number + 1))) yield number;
    }
  }

  #endRests(): void {
    const over = this.#now() - this.quarantineMilliseconds;
    for (const [number, since] of this.#resting) {
      if (since > over) return;
      this.#resting.delete(number);
      this.#state[number - this.minimum] = FREE;
    }
  }

  #isUsed(number: number): boolean {
    return this.#state[number - this.minimum] === USED;
  }

  #isFree(number: number): boolean {
    return this.#state[number - this.minimum] === FREE;
  }
}
