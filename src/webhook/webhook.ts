/** What is posted when a timer ends a call, as JSON. */
export interface CallEndedNote {
  readonly event: 'call-ended';
  readonly callId: string;
  readonly reason: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly ageSeconds: number;
  readonly tags: readonly string[];
  readonly packets: { readonly rtp: number; readonly rtcp: number };
}

export interface WebhookOptions {
  /** null = notes are dropped. */
  readonly url: string | null;
  /** Waits between tries, milliseconds; as many tries as there are entries, plus the first. */
  readonly retryDelays: readonly number[];
  readonly timeoutMilliseconds: number;
  /** Notes that wait at most; beyond, new ones are dropped and reported. */
  readonly maximumWaiting: number;
  /** Posts under way at once. */
  readonly concurrency: number;
}

export const DEFAULT_WEBHOOK_OPTIONS: WebhookOptions = {
  url: null,
  retryDelays: [1_000, 5_000, 15_000],
  timeoutMilliseconds: 5_000,
  maximumWaiting: 1_000,
  concurrency: 4,
};

export interface WebhookObserver {
  delivered(): void;
  failed(reason: string): void;
  dropped(): void;
}

/**
 * Tells the proxy's side of calls that timers ended. A receiver that hangs or fails costs a bounded queue and a few
 * tries, never a call: everything here is asynchronous and nothing waits for it.
 */
export class Webhook {
  url: string | null;
  readonly #options: WebhookOptions;
  readonly #observer: WebhookObserver;
  readonly #waiting: CallEndedNote[] = [];
  readonly #abort = new AbortController();
  #active = 0;

  constructor(options: WebhookOptions, observer: WebhookObserver) {
    this.url = options.url;
    this.#options = options;
    this.#observer = observer;
  }

  post(note: CallEndedNote): void {
    if (this.url === null || this.#abort.signal.aborted) return;
    if (this.#waiting.length >= this.#options.maximumWaiting) {
      this.#observer.dropped();
      return;
    }
    this.#waiting.push(note);
    this.#next();
  }

  /** Ends what is under way; notes that wait are lost. */
  close(): void {
    this.#abort.abort();
    this.#waiting.length = 0;
  }

  #next(): void {
    if (this.#active >= this.#options.concurrency) return;
    const note = this.#waiting.shift();
    if (note === undefined) return;
    this.#active += 1;
    void this.#deliver(note).finally(() => {
      this.#active -= 1;
      this.#next();
    });
  }

  async #deliver(note: CallEndedNote): Promise<void> {
    let problem = '';
    for (const delay of [0, ...this.#options.retryDelays]) {
      if (delay > 0) await pause(delay, this.#abort.signal);
      if (this.#abort.signal.aborted) return;
      problem = await this.#try(note);
      if (problem === '') {
        this.#observer.delivered();
        return;
      }
    }
    this.#observer.failed(problem);
  }

  /** Empty = delivered; else what went wrong. */
  async #try(note: CallEndedNote): Promise<string> {
    if (this.url === null) return 'no url';
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(note),
        redirect: 'error',
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.#options.timeoutMilliseconds)]),
      });
      await response.body?.cancel();
      return response.ok ? '' : `status ${response.status}`;
    } catch (error) {
      return error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : 'unknown';
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds).unref();
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
