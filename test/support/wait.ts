import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds. */
export async function sleep(milliseconds: number): Promise<void> {
  await delay(milliseconds);
}

/** The promise's value, or an error that says what was awaited after `milliseconds`. */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const timeout = delay(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`waited ${milliseconds} ms for ${what}`);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    timer.abort();
    timeout.catch(() => undefined);
  }
}

export interface WaitOptions {
  readonly timeoutMilliseconds?: number;
  readonly intervalMilliseconds?: number;
}

/**
 * Polls until the probe answers something other than undefined or false; fails loudly when time is up. Where the whole
 * machine stood still, time is up before this process has read its sockets: hence one more look once it has.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions = {},
): Promise<T> {
  const { timeoutMilliseconds = 5_000, intervalMilliseconds = 20 } = options;
  const deadline = performance.now() + timeoutMilliseconds;
  let late = false;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (late) throw new Error(`waited ${timeoutMilliseconds} ms for ${what}`);
    late = performance.now() > deadline;
    await sleep(intervalMilliseconds);
  }
}
