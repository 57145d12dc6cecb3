/** Bounds of what waits, in octets. */
export interface FairQueueLimits {
  readonly perSender: number;
  readonly total: number;
}

export const FAIR_QUEUE_LIMITS: FairQueueLimits = Object.freeze({ perSender: 4 << 20, total: 16 << 20 });

/** Reserved for the bookkeeping of one item. */
const ITEM_OVERHEAD = 256;

interface Waiting<Item> {
  readonly items: { readonly item: Item; readonly octets: number }[];
  /** Index of the first item that is still there. */
  head: number;
  octets: number;
}

/** First in, first out for each sender, and the senders in turn: one who floods waits for himself. */
export class FairQueue<Item> {
  readonly #limits: FairQueueLimits;
  /** Senders with something waiting; the one whose turn it is comes first. */
  readonly #senders = new Map<string, Waiting<Item>>();
  #octets = 0;

  constructor(limits: FairQueueLimits = FAIR_QUEUE_LIMITS) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#senders.size === 0;
  }

  /** False, and the item is not taken, when the sender or the queue has too much waiting. */
  push(sender: string, item: Item, length: number): boolean {
    const octets = length + ITEM_OVERHEAD;
    const waiting = this.#senders.get(sender);
    const before = waiting?.octets ?? 0;
    if (before + octets > this.#limits.perSender || this.#octets + octets > this.#limits.total) return false;
    this.#octets += octets;
    if (waiting === undefined) this.#senders.set(sender, { items: [{ item, octets }], head: 0, octets });
    else {
      waiting.items.push({ item, octets });
      waiting.octets += octets;
    }
    return true;
  }

  /** The next item of the sender whose turn it is; that sender goes to the back. */
  shift(): Item | undefined {
    const [first] = this.#senders;
    if (first === undefined) return undefined;
    const [sender, waiting] = first;
    this.#senders.delete(sender);
    const next = waiting.items[waiting.head++];
    if (next === undefined) return undefined;
    waiting.octets -= next.octets;
    this.#octets -= next.octets;
    if (waiting.head < waiting.items.length) this.#senders.set(sender, compacted(waiting));
    return next.item;
  }
}

/** Items that were taken are let go now and then, so that the array does not only grow. */
function compacted<Item>(waiting: Waiting<Item>): Waiting<Item> {
  if (waiting.head > 64 && waiting.head * 2 > waiting.items.length) {
    waiting.items.splice(0, waiting.head);
    waiting.head = 0;
  }
  return waiting;
}
