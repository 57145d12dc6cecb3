import { randomUUID } from 'node:crypto';
import { decodeBencode, encodeBencode, type BencodeDictionary, type BencodeValue } from './bencode.js';
import type { TestHost } from './host.js';
import { UdpEndpoint, type SocketAddress } from './udp-endpoint.js';
import { waitFor } from './wait.js';

export type NgRequest = Readonly<Record<string, BencodeValue>> & { readonly command: string };

/** A reply with the few keys that every test reads; the rest under `dictionary`. */
export interface NgReply {
  readonly result: string;
  readonly errorReason: string | undefined;
  readonly warning: string | undefined;
  readonly message: string | undefined;
  readonly sdp: string | undefined;
  readonly dictionary: BencodeDictionary;
}

export interface NgClientOptions {
  /** Sends after the first, each `retryMilliseconds` apart, with the same cookie. */
  readonly retransmissions?: number;
  readonly retryMilliseconds?: number;
}

/** The proxy's side of the NG protocol over UDP: bencode with a cookie. */
export class NgClient {
  readonly #endpoint: UdpEndpoint;
  readonly #options: Required<NgClientOptions>;

  private constructor(
    endpoint: UdpEndpoint,
    readonly server: SocketAddress,
    options: NgClientOptions,
  ) {
    this.#endpoint = endpoint;
    this.#options = { retransmissions: 0, retryMilliseconds: 1_000, ...options };
  }

  static async open(host: TestHost, server: SocketAddress, options: NgClientOptions = {}): Promise<NgClient> {
    return new NgClient(await UdpEndpoint.open(host, '127.0.0.1'), server, options);
  }

  /** A request under a fresh cookie (or the given one), answered within `timeoutMilliseconds`. */
  async request(request: NgRequest, timeoutMilliseconds = 20_000, cookie: string = randomUUID()): Promise<NgReply> {
    const datagram = Buffer.concat([Buffer.from(`${cookie} `), encodeBencode(request)]);
    const reply = await this.exchange(datagram, cookie, timeoutMilliseconds);
    if (reply === undefined) throw new Error(`no reply to ${request.command} in ${timeoutMilliseconds} ms`);
    return readReply(reply);
  }

  /** A request that must succeed. */
  async ok(request: NgRequest): Promise<NgReply> {
    const reply = await this.request(request);
    if (reply.result !== 'ok' && reply.result !== 'pong') {
      throw new Error(`${request.command}: ${reply.result}: ${reply.errorReason ?? reply.message ?? ''}`);
    }
    return reply;
  }

  /** Sends octets as they are; the reply's message that carries `cookie`, or undefined when none came in time. */
  async exchange(datagram: Buffer, cookie: string, timeoutMilliseconds: number): Promise<Buffer | undefined> {
    const mark = Buffer.from(`${cookie} `);
    const deadline = performance.now() + timeoutMilliseconds;
    let sends = 0;
    const found = waitFor(
      'a reply',
      async () => {
        const due = (sends - 1) * this.#options.retryMilliseconds;
        const elapsed = timeoutMilliseconds - (deadline - performance.now());
        if (
          sends === 0 ||
          (sends <= this.#options.retransmissions && elapsed - due > this.#options.retryMilliseconds)
        ) {
          sends++;
          await this.#endpoint.send(datagram, this.server);
        }
        return this.#takeReply(mark);
      },
      { timeoutMilliseconds, intervalMilliseconds: 1 },
    );
    return found.catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#endpoint.close();
  }

  #takeReply(mark: Buffer): Buffer | undefined {
    const { received } = this.#endpoint;
    const at = received.findIndex(({ data }) => data.subarray(0, mark.length).equals(mark));
    if (at < 0) return undefined;
    return received.splice(at, 1)[0]?.data.subarray(mark.length);
  }
}

export function readReply(message: Buffer): NgReply {
  const dictionary = decodeBencode(message);
  if (typeof dictionary !== 'object' || Array.isArray(dictionary)) throw new Error('the reply is no dictionary');
  const entries = dictionary as BencodeDictionary;
  const text = (key: string): string | undefined => (typeof entries[key] === 'string' ? entries[key] : undefined);
  return {
    result: text('result') ?? '',
    errorReason: text('error-reason'),
    warning: text('warning'),
    message: text('message'),
    sdp: text('sdp'),
    dictionary: entries,
  };
}
