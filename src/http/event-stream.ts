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
/** A reader that is this far behind is cut off rather than fed. */
const longestBacklogOctets = 1024 * 1024;

/** Server-sent events: one picture a second, made once for all listeners, and only while there are any. */
export class EventStream {
  readonly #sources: HttpSources;
  readonly #listeners = new Set<ServerResponse>();
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
    this.#listeners.add(response);
    response.write(this.#picture());
    this.#timer ??= setInterval(() => this.#tick(), everyMilliseconds).unref();
    return null;
  }

  /** Ends every stream. */
  close(): void {
    for (const response of [...this.#listeners]) {
      response.end();
      this.#remove(response);
    }
  }

  #tick(): void {
    const picture = this.#picture();
    for (const response of [...this.#listeners]) {
      if (response.writableLength > longestBacklogOctets) response.destroy();
      else response.write(picture);
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
