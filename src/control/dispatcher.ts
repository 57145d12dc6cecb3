import { anchorError, type AnchorError } from '../shared/errors.js';
import { systemClock, type Clock } from '../shared/clock.js';
import type { SessionService } from '../session/requests.js';
import { createCommandHandler, type CommandHandler } from './command-handlers.js';
import type { CommandName } from './command-table.js';
import { ControlStatistics } from './control-statistics.js';
import type { RequestDraft } from './flags/request-draft.js';
import { LogThrottle } from './log-throttle.js';
import { buildCommand, commandName, describeCommand } from './ng-command.js';
import {
  decodePayload,
  encodeFrame,
  encodePayload,
  encodingOf,
  splitFrame,
  type NgEncoding,
  type NgFrame,
} from './ng-message.js';
import { encodeReply, errorReply, MAX_DATAGRAM, toDictionary, type NgReply } from './ng-reply.js';
import type { NgDictionary } from './ng-value.js';
import {
  SILENT_LOGGER,
  SILENT_OBSERVER,
  type ControlLogger,
  type ControlObserver,
  type ControlTransport,
  type MalformedKind,
} from './observer.js';
import { readOptions } from './read-options.js';
import { ReplyCache, type ReplyCacheOptions } from './reply-cache.js';
import { UnknownNames } from './unknown-names.js';

/** Where a message came from, and what can be sent back. */
export interface Origin {
  readonly transport: ControlTransport;
  /** Address of the proxy, without port. */
  readonly address: string;
  /** Port of the proxy; together with the address it tells senders apart. */
  readonly port: number;
  /** Octets that a reply may have, cookie and all. */
  readonly room: number;
}

export interface DispatcherOptions {
  readonly service: SessionService;
  readonly observer?: ControlObserver;
  readonly logger?: ControlLogger;
  readonly clock?: Clock;
  readonly replyCache?: Partial<ReplyCacheOptions>;
  /** Carries out commands; the service's own handlers unless told. */
  readonly handler?: CommandHandler;
}

/** A request on its way: what is needed to answer it and to count it. */
interface Job {
  readonly frame: NgFrame;
  readonly origin: Origin;
  readonly startedAt: number;
  /** Under which the reply is remembered; null when it is not. */
  readonly cacheKey: string | null;
}

/** From octets to octets: frames, repeats, decodes, dispatches, encodes. What arrives never makes it throw. */
export class Dispatcher {
  readonly #handler: CommandHandler;
  readonly #observer: ControlObserver;
  readonly #logger: ControlLogger;
  readonly #cache: ReplyCache;
  readonly #throttle: LogThrottle;
  readonly #unknownNames: UnknownNames;
  readonly #statistics = new ControlStatistics();

  constructor(options: DispatcherOptions) {
    const clock = options.clock ?? systemClock;
    this.#observer = options.observer ?? SILENT_OBSERVER;
    this.#logger = options.logger ?? SILENT_LOGGER;
    this.#handler = options.handler ?? createCommandHandler(options.service, this.#statistics);
    this.#cache = new ReplyCache(clock, options.replyCache);
    this.#throttle = new LogThrottle(clock);
    this.#unknownNames = new UnknownNames(this.#logger);
  }

  /** Answers a message with a cookie, at once when its handler does; null when it is not framed, since nobody could match a reply. */
  handle(message: Buffer, origin: Origin): Buffer | null | Promise<Buffer> {
    const frame = splitFrame(message);
    if (frame === null) {
      this.#malformed(origin, 'unframed');
      return null;
    }
    const key = cacheKey(frame, origin);
    const repeated = key === null ? undefined : this.#cache.find(origin.address, key);
    if (repeated === undefined) return this.#answer({ frame, origin, startedAt: performance.now(), cacheKey: key });
    this.#observer.retransmission(origin.transport);
    return repeated;
  }

  /** Answers a message without a cookie (`/ng-plain`); there a repetition is a new request. */
  handlePlain(payload: Buffer, origin: Origin): Buffer | Promise<Buffer> {
    const frame = { cookie: null, payload };
    return this.#answer({ frame, origin, startedAt: performance.now(), cacheKey: null });
  }

  /** The reply to a message that a stream transport could not even cut out. */
  refuse(cookie: string, encoding: NgEncoding, error: AnchorError, origin: Origin): Buffer {
    this.#malformed(origin, error.code as MalformedKind);
    return encodeFrame(cookie, encodePayload(toDictionary(errorReply(error)), encoding));
  }

  /** Synchronous up to the handler, so that a repetition finds this one in the cache however soon it comes. */
  #answer(job: Job): Buffer | Promise<Buffer> {
    const decoded = decodePayload(job.frame.payload);
    if (!decoded.ok) {
      this.#malformed(job.origin, decoded.error.code as MalformedKind);
      return this.#finish(job, null, errorReply(decoded.error));
    }
    const name = commandName(decoded.value);
    if (!name.ok) {
      this.#logFailure(job, decoded.value, name.error);
      return this.#finish(job, null, errorReply(name.error));
    }
    const reply = this.#carryOut(job, name.value, decoded.value);
    if (job.cacheKey !== null && name.value !== 'ping') this.#cache.store(job.origin.address, job.cacheKey, reply);
    return reply;
  }

  #carryOut(job: Job, name: CommandName, message: NgDictionary): Buffer | Promise<Buffer> {
    const reply = this.#reply(name, message);
    if (!(reply instanceof Promise)) return this.#conclude(job, name, message, reply);
    return reply.then((settled) => this.#conclude(job, name, message, settled));
  }

  #conclude(job: Job, name: CommandName, message: NgDictionary, reply: NgReply): Buffer {
    if (reply.kind === 'error' || reply.kind === 'load limit') this.#logFailure(job, message, reply.error);
    try {
      return this.#finish(job, name, reply);
    } catch (thrown) {
      return this.#finish(job, name, this.#internalError(name, thrown));
    }
  }

  #reply(name: CommandName, message: NgDictionary): NgReply | Promise<NgReply> {
    try {
      const draft = readOptions(message);
      this.#noteUnknown(draft);
      const command = buildCommand(name, draft);
      if (!command.ok) return errorReply(command.error);
      const reply = this.#handler(command.value, draft.warnings);
      if (!(reply instanceof Promise)) return reply;
      return reply.catch((thrown: unknown) => this.#internalError(name, thrown));
    } catch (thrown) {
      return this.#internalError(name, thrown);
    }
  }

  #noteUnknown(draft: RequestDraft): void {
    if (draft.unknownCount === 0) return;
    this.#observer.unknownFlags(draft.unknownCount);
    this.#unknownNames.note(draft.unknown);
  }

  #finish(job: Job, name: CommandName | null, reply: NgReply): Buffer {
    const { frame, origin, startedAt } = job;
    const room = origin.room - (frame.cookie === null ? 0 : frame.cookie.length + 1);
    const encoding = encodingOf(frame.payload) ?? 'bencode';
    // Reports are shortened even where the transport could carry them: proxies read at most 64 KiB.
    const mayGrow = reply.kind !== 'report' && reply.kind !== 'calls';
    const octets = encodeReply(reply, encoding, mayGrow ? room : Math.min(room, MAX_DATAGRAM));
    if (octets === null) return this.#finish(job, name, errorReply(anchorError('reply-too-large')));
    this.#count(job, name, reply, (performance.now() - startedAt) / 1000);
    return encodeFrame(frame.cookie, octets);
  }

  #count({ origin }: Job, name: CommandName | null, reply: NgReply, seconds: number): void {
    const result = reply.kind === 'error' || reply.kind === 'load limit' ? reply.kind : 'ok';
    this.#observer.requestFinished({ command: name ?? 'unknown', transport: origin.transport, result, seconds });
    this.#statistics.count(origin.address, name, result === 'error', seconds);
  }

  #malformed(origin: Origin, kind: MalformedKind): void {
    this.#observer.malformed(origin.transport, kind);
    this.#throttle.write(kind, (suppressed) => {
      this.#logger.warn({ transport: origin.transport, peer: origin.address, kind, suppressed }, 'malformed message');
    });
  }

  #logFailure({ origin }: Job, message: NgDictionary, error: AnchorError): void {
    this.#throttle.write(error.code, (suppressed) => {
      const fields = { command: describeCommand(message), peer: origin.address, code: error.code, suppressed };
      this.#logger.warn({ ...fields, detail: error.detail }, 'request failed');
    });
  }

  #internalError(name: CommandName, thrown: unknown): NgReply {
    this.#throttle.write('internal', (suppressed) => {
      this.#logger.error({ command: name, suppressed, ...describeThrown(thrown) }, 'request handler threw');
    });
    return errorReply(anchorError('internal'));
  }
}

/** null for what cannot be a request: garbage is answered without being remembered. */
function cacheKey(frame: NgFrame, origin: Origin): string | null {
  if (frame.cookie === null || encodingOf(frame.payload) === null) return null;
  return ReplyCache.key(origin.port, frame.cookie, frame.payload);
}

/** Where it was thrown, without the message: that could quote a body, and a body can hold keys. */
function describeThrown(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { thrown: typeof thrown };
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: thrown.name, frames: frames.slice(0, 8).map((line) => line.trim()) };
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new Dispatcher(options);
}
