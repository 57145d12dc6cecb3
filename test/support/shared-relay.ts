import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Anchor, AnchorOptions } from './anchor.js';
import { openNgClient } from './anchor.js';
import { AnchoredCall, type Flags } from './anchored-call.js';
import type { BencodeDictionary } from './bencode.js';
import { closeEnd, openEnd, openRtp, type CallEnd } from './call-end.js';
import { TestHost } from './host.js';
import type { NgClient, NgReply } from './ng-client.js';
import { RelayProcess } from './relay-process.js';
import type { SuiteName } from './srtp-keys.js';
import { sendInStep, type RtpStream } from './stream.js';
import { sleep } from './wait.js';

/** One relay for all tests of a file; what a test opens through it is closed after that test. */
export interface SharedRelay {
  readonly host: TestHost;
  readonly anchor: Anchor;
  readonly client: NgClient;
  connect(from: 'plain' | SuiteName, to: 'plain' | SuiteName, options?: Flags): Promise<AnchoredCall>;
  end(kind?: 'plain' | SuiteName, address?: string): Promise<CallEnd>;
  /** Signalling alone: bodies in, bodies out. */
  dialogue(callId?: string): Dialogue;
  /** To be done after the test. */
  later(close: () => Promise<unknown>): void;
}

/** Registers the hooks of the file or of the `describe` it is called in. */
export function sharedRelay(options: AnchorOptions = {}): SharedRelay {
  const shared = new OpenRelay();
  beforeAll(() => shared.open(options));
  afterEach(() => shared.clean());
  afterAll(() => shared.close());
  return shared;
}

class OpenRelay implements SharedRelay {
  #open: { host: TestHost; anchor: Anchor; client: NgClient } | null = null;
  readonly #closers: (() => Promise<unknown>)[] = [];

  async open(options: AnchorOptions): Promise<void> {
    const host = await TestHost.open();
    const anchor = await RelayProcess.start(host, options);
    this.#open = { host, anchor, client: await openNgClient(anchor) };
  }

  async clean(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }

  async close(): Promise<void> {
    if (this.#open === null) return;
    await this.#open.client.close();
    await this.#open.anchor.stop();
    await this.#open.host.close();
  }

  get host(): TestHost {
    return this.#opened.host;
  }
  get anchor(): Anchor {
    return this.#opened.anchor;
  }
  get client(): NgClient {
    return this.#opened.client;
  }
  get #opened(): { host: TestHost; anchor: Anchor; client: NgClient } {
    if (this.#open === null) throw new Error('the relay did not start');
    return this.#open;
  }

  async connect(from: 'plain' | SuiteName, to: 'plain' | SuiteName, options: Flags = {}): Promise<AnchoredCall> {
    const call = await AnchoredCall.open(this.anchor, { from, to, options });
    this.later(() => call.close());
    // The worker takes what was agreed a moment after the reply; on a busy machine that moment is seen.
    await sleep(20);
    return call;
  }

  async end(kind: 'plain' | SuiteName = 'plain', address?: string): Promise<CallEnd> {
    const one = await openEnd(this.host, kind, address);
    this.later(() => closeEnd(one));
    return one;
  }

  dialogue(callId: string = randomUUID()): Dialogue {
    const dialogue = new Dialogue(this.client, callId);
    this.later(() => this.client.request({ command: 'delete', 'call-id': callId, 'delete-delay': 0 }));
    return dialogue;
  }

  later(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }
}

/** The requests of one call, with tags `a` and `b` unless told. */
export class Dialogue {
  constructor(
    readonly client: NgClient,
    readonly callId: string,
  ) {}

  async offer(sdp: string, options: Flags = {}): Promise<NgReply> {
    return this.request('offer', { 'from-tag': 'a', sdp, ...options });
  }

  async answer(sdp: string, options: Flags = {}): Promise<NgReply> {
    return this.request('answer', { 'from-tag': 'a', 'to-tag': 'b', sdp, ...options });
  }

  /** The SDP that came back; an error fails the test. */
  async offered(sdp: string, options: Flags = {}): Promise<string> {
    return bodyOf(await this.offer(sdp, options));
  }

  async answered(sdp: string, options: Flags = {}): Promise<string> {
    return bodyOf(await this.answer(sdp, options));
  }

  async request(command: string, options: Flags = {}): Promise<NgReply> {
    return this.client.request({ 'call-id': this.callId, ...options, command });
  }

  /** What `query` says of the party with that tag. */
  async party(tag: string): Promise<BencodeDictionary> {
    const { dictionary } = await this.request('query');
    const found = (dictionary['tags'] as BencodeDictionary | undefined)?.[tag];
    if (found === undefined) throw new Error(`query knows no ${tag}: ${JSON.stringify(dictionary)}`);
    return found as BencodeDictionary;
  }

  /** The streams of the party's first m= line: RTP, and RTCP unless it is muxed. */
  async streams(tag: string): Promise<readonly BencodeDictionary[]> {
    const medias = (await this.party(tag))['medias'] as readonly BencodeDictionary[];
    return (medias[0]?.['streams'] ?? []) as readonly BencodeDictionary[];
  }

  /** Where the worker sends RTP for the party, `address:port`; undefined while it does not know. */
  async endpoint(tag: string): Promise<string | undefined> {
    const { address, port } = (await this.streams(tag))[0]?.['endpoint'] as { address?: string; port?: number };
    return address === undefined || port === undefined ? undefined : `${address}:${port}`;
  }
}

function bodyOf(reply: NgReply): string {
  if (reply.result !== 'ok' || reply.sdp === undefined)
    throw new Error(`${reply.result}: ${reply.errorReason ?? reply.message ?? 'no sdp'}`);
  return reply.sdp;
}

/** Three packets from `from` arrive at the other end as they were sent. */
export async function expectHeard(call: AnchoredCall, from: CallEnd, stream: RtpStream, count = 3): Promise<void> {
  const packets = stream.packets(count);
  const to = call.other(from);
  to.rtp.take();
  await sendInStep(call, from, packets);
  expect(openRtp(to).map((packet) => packet.toString('hex'))).toEqual(packets.map((packet) => packet.toString('hex')));
}

/** Nothing of what `from` sends arrives. */
export async function expectSilence(call: AnchoredCall, from: CallEnd, stream: RtpStream): Promise<void> {
  const to = call.other(from);
  to.rtp.take();
  for (const packet of stream.packets(3)) await call.sendRtp(from, packet);
  expect((await to.rtp.settle(100)).length).toBe(0);
}

export interface BodyParts {
  readonly address?: string;
  readonly port?: number;
  readonly protocol?: string;
  /** User name, session id, version. */
  readonly origin?: string;
  readonly name?: string;
  readonly formats?: string;
  /** Lines of the m= section, whole. */
  readonly lines?: readonly string[];
}

/** A body as a phone at 127.0.0.5 would write it. */
export function phoneBody(parts: BodyParts = {}): string {
  const { address = '127.0.0.5', port = 45_000, protocol = 'RTP/AVP', origin = 'jane 100 7' } = parts;
  const { name = 'call', formats = '0 8', lines = [] } = parts;
  return [
    'v=0',
    `o=${origin} IN IP4 127.0.0.5`,
    `s=${name}`,
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} ${protocol} ${formats}`,
    ...lines,
    '',
  ].join('\r\n');
}

/** The lines of a body that start with `prefix`. */
export function linesOf(sdp: string, prefix: string): readonly string[] {
  return sdp.split('\r\n').filter((line) => line.startsWith(prefix));
}
