import type { IncomingMessage, ServerResponse } from 'node:http';
import { callSummaries, relayStats, type CallSummary, type RelayStats } from './api-views.js';
import { text, type Reply } from './reply.js';
import type { HttpSources } from './sources.js';

/** What the live page gets once a second. */
export interface LiveEvent {
  readonly stats: RelayStats;
  /** The oldest of them; `stats.calls` says how many there are. */
  readonly calls: readonly CallSummary[];
}

const everyMilliseconds = 1_000;
const mostListeners = 32;
const mostCallsShown = 50;
/** Ticks that a reader may owe the picture before; then it is cut off. The live page connects again by itself. */
const longestBacklogTicks = 3;

/**
 * Server-sent events: one picture a second, made once for all listeners, and only while there are any. A reader that has
 * not taken the picture before gets none, so that at most one waits for it in our memory.
 */
export class EventStream {
  readonly #sources: HttpSources;
  /** To each the ticks in a row at which its picture still waited. */
  readonly #listeners = new Map<ServerResponse, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(sources: HttpSources) {
    this.#sources = sources;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** null = the stream has begun. */
  add(request: IncomingMessage, response: ServerResponse): Reply | null {
    if (this.#listeners.size >= mostListeners) {
      this.#sources.refused('limit');
      return text(503, `at most ${mostListeners} listeners`);
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    request.socket.setTimeout(0);
    response.on('close', () => this.#remove(response));
    this.#listeners.set(response, 0);
    response.write(this.#picture());
    this.#timer ??= setInterval(() => this.#tick(), everyMilliseconds).unref();
    return null;
  }

  /** Ends every stream. */
  close(): void {
    for (const response of [...this.#listeners.keys()]) {
      response.end();
      this.#remove(response);
    }
  }

  #tick(): void {
    const picture = this.#picture();
    for (const [response, behind] of [...this.#listeners]) this.#feed(response, picture, behind);
  }

  #feed(response: ServerResponse, picture: string, behind: number): void {
    if (response.writableLength === 0) {
      this.#listeners.set(response, 0);
      response.write(picture);
    } else if (behind < longestBacklogTicks) {
      this.#listeners.set(response, behind + 1);
    } else {
      this.#sources.refused('slow');
      response.destroy();
    }
  }

  #picture(): string {
    const event: LiveEvent = { stats: relayStats(this.#sources), calls: callSummaries(this.#sources, mostCallsShown) };
    return `data: ${JSON.stringify(event)}\n\n`;
  }

  #remove(response: ServerResponse): void {
    this.#listeners.delete(response);
    if (this.#listeners.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
