import { Admission } from './admission.js';
import type { Dispatcher, Origin } from './dispatcher.js';
import { encodingOf } from './ng-message.js';
import { SILENT_OBSERVER, type ControlObserver } from './observer.js';
import { isForeignOrigin } from './origin-check.js';
import { plainAddress } from './peer-address.js';
import { STREAM_LIMITS } from './stream-limits.js';

/** A request as the HTTP server hands it over. Header names are in lower case. */
export interface HttpControlRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

export interface HttpControlResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpControlRoute {
  readonly path: '/ng' | '/ng-plain';
  /** Octets of a body; the server stops reading there and answers 413. */
  readonly maxBody: number;
  readonly handle: (request: HttpControlRequest) => Promise<HttpControlResponse>;
}

export interface HttpControlOptions {
  readonly dispatcher: Pick<Dispatcher, 'handle' | 'handlePlain'>;
  readonly admission?: Admission;
  readonly observer?: ControlObserver;
  readonly maxBody?: number;
}

const NG_TYPE = 'application/x-rtpengine-ng';

/** `POST /ng` (with cookie) and `POST /ng-plain` (without), to be mounted by the HTTP server. */
export function createControlRoutes(options: HttpControlOptions): readonly HttpControlRoute[] {
  const { dispatcher } = options;
  const maxBody = options.maxBody ?? STREAM_LIMITS.message;
  const gate = createGate(options, maxBody);
  return [
    {
      path: '/ng',
      maxBody,
      handle: async (request) => {
        const refused = gate(request);
        if (refused !== null) return refused;
        const reply = await dispatcher.handle(request.body, originOf(request));
        return reply === null ? plainText(400, 'a cookie, a space and a message are expected') : octets(NG_TYPE, reply);
      },
    },
    {
      path: '/ng-plain',
      maxBody,
      handle: async (request) => {
        const refused = gate(request);
        if (refused !== null) return refused;
        const reply = await dispatcher.handlePlain(request.body, originOf(request));
        return octets(encodingOf(request.body) === 'json' ? 'application/json' : NG_TYPE, reply);
      },
    },
  ];
}

type Gate = (request: HttpControlRequest) => HttpControlResponse | null;

function createGate(options: HttpControlOptions, maxBody: number): Gate {
  const admission = options.admission ?? new Admission();
  const observer = options.observer ?? SILENT_OBSERVER;
  return (request) => {
    if (request.method !== 'POST') return { ...plainText(405, 'POST only'), headers: { allow: 'POST' } };
    if (isForeignOrigin(request.headers)) return plainText(403, 'not from a web page');
    if (request.body.length > maxBody) {
      observer.malformed('http', 'too-large');
      return plainText(413, 'too large');
    }
    const refusal = admission.admit(plainAddress(request.remoteAddress));
    if (refusal === null) return null;
    observer.turnedAway('http', refusal);
    return refusal === 'rate-limit' ? plainText(429, 'too many requests') : plainText(403, 'not allowed');
  };
}

function originOf(request: HttpControlRequest): Origin {
  const address = plainAddress(request.remoteAddress);
  return { transport: 'http', address, port: request.remotePort, room: STREAM_LIMITS.unread };
}

function octets(type: string, body: Buffer): HttpControlResponse {
  return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-store' }, body };
}

function plainText(status: number, text: string): HttpControlResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(`${text}\n`) };
}
