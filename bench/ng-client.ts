import { decodeBencode, encodeBencode, type Bencodable } from './bencode.js';
import { UdpRequester } from './udp-request.js';

export type NgDictionary = Readonly<Record<string, Bencodable>>;

/** Drives one NG daemon in lock-step, as a proxy's worker does. */
export class NgClient {
  readonly #requester: UdpRequester;
  readonly #prefix = `${process.pid}_${Math.floor(Math.random() * 1e9)}`;
  #sequence = 0;

  private constructor(requester: UdpRequester) {
    this.#requester = requester;
  }

  static async open(port: number): Promise<NgClient> {
    return new NgClient(await UdpRequester.open(port));
  }

  /** Whether it answers a ping within a tenth of a second. */
  async isReady(): Promise<boolean> {
    return this.#send({ command: 'ping' }, 1, 100).then(
      () => true,
      () => false,
    );
  }

  /** The reply's dictionary; throws when the daemon reports an error. */
  async request(message: NgDictionary): Promise<NgDictionary> {
    const reply = await this.#send(message, 5, 2_000);
    const { result } = reply;
    if (result !== 'ok' && result !== 'pong') {
      const reason = reply['error-reason'] ?? reply['message'] ?? result;
      throw new Error(`${text(message['command'])} failed: ${text(reason)}`);
    }
    return reply;
  }

  close(): void {
    this.#requester.close();
  }

  #send(message: NgDictionary, tries: number, timeoutMilliseconds: number): Promise<NgDictionary> {
    const cookie = `${this.#prefix}_${++this.#sequence}`;
    return this.#requester.request(
      `${cookie} ${encodeBencode(message)}`,
      (reply) => readReply(cookie, reply),
      tries,
      timeoutMilliseconds,
    );
  }
}

function text(value: Bencodable | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readReply(cookie: string, reply: Buffer): NgDictionary | undefined {
  const space = reply.indexOf(' ');
  if (reply.toString('latin1', 0, space) !== cookie) return undefined;
  const value = decodeBencode(reply.subarray(space + 1));
  return isDictionary(value) ? value : undefined;
}

function isDictionary(value: Bencodable): value is NgDictionary {
  return typeof value === 'object' && !Array.isArray(value);
}
