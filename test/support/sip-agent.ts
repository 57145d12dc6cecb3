import { randomUUID } from 'node:crypto';
import type { TestHost } from './host.js';
import {
  header,
  headerValues,
  methodOf,
  parseSip,
  printSip,
  statusOf,
  tagOf,
  uriOf,
  type SipMessage,
} from './sip-message.js';
import { UdpEndpoint, type SocketAddress } from './udp-endpoint.js';
import { waitFor } from './wait.js';

/** A SIP endpoint that does what a test tells it, over UDP through one proxy; every message it got is on record. */
export class SipAgent {
  readonly messages: SipMessage[] = [];
  #read = 0;

  private constructor(
    readonly name: string,
    readonly endpoint: UdpEndpoint,
    readonly proxy: SocketAddress,
  ) {}

  static async open(host: TestHost, name: string, proxy: SocketAddress, address = '127.0.0.1'): Promise<SipAgent> {
    return new SipAgent(name, await UdpEndpoint.open(host, address), proxy);
  }

  get uri(): string {
    const { address, port } = this.endpoint.local;
    return `sip:${this.name}@${address}:${port}`;
  }

  /** Starts a dialogue. `target` is the request URI; null sends no SDP (late offer). Another method sends that instead. */
  async invite(
    target: string,
    sdp: string | null,
    extra: readonly (readonly [string, string])[] = [],
    method = 'INVITE',
  ): Promise<SipDialog> {
    const dialog = new SipDialog(this, {
      callId: randomUUID(),
      local: `<${this.uri}>;tag=${randomUUID().slice(0, 8)}`,
      remote: `<${target}>`,
      target,
      routes: [],
    });
    await dialog.request(method, sdp ?? '', extra);
    return dialog;
  }

  /** The next INVITE that begins a dialogue here. */
  async waitForInvite(timeoutMilliseconds = 5_000): Promise<SipDialog> {
    const invite = await this.waitForMessage(
      'an INVITE',
      (message) =>
        statusOf(message) === undefined && methodOf(message) === 'INVITE' && tagOf(header(message, 'to')) === '',
      timeoutMilliseconds,
    );
    return new SipDialog(
      this,
      {
        callId: header(invite, 'call-id'),
        local: `${header(invite, 'to')};tag=${randomUUID().slice(0, 8)}`,
        remote: header(invite, 'from'),
        target: uriOf(headerValues(invite, 'contact')[0] ?? ''),
        routes: headerValues(invite, 'record-route'),
      },
      invite,
    );
  }

  /** Takes the first unread message that matches out of the record. */
  async waitForMessage(
    what: string,
    matches: (message: SipMessage) => boolean,
    timeoutMilliseconds = 5_000,
  ): Promise<SipMessage> {
    return waitFor(
      `${what} at ${this.name}`,
      () => {
        this.#readNew();
        const at = this.messages.findIndex(matches);
        return at < 0 ? undefined : this.messages.splice(at, 1)[0];
      },
      { timeoutMilliseconds, intervalMilliseconds: 5 },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; unread: ${this.messages.map(({ start }) => start).join(' | ')}`, {
        cause: error,
      });
    });
  }

  /** Whether a message that matches has come and was not taken. */
  has(matches: (message: SipMessage) => boolean): boolean {
    this.#readNew();
    return this.messages.some(matches);
  }

  async send(message: SipMessage): Promise<void> {
    await this.endpoint.send(Buffer.from(printSip(message)), this.proxy);
  }

  async close(): Promise<void> {
    await this.endpoint.close();
  }

  /** Retransmissions are dropped: the same octets again. */
  #readNew(): void {
    const { received } = this.endpoint;
    for (; this.#read < received.length; this.#read++) {
      const { data } = received[this.#read]!;
      const repeated = received.slice(0, this.#read).some((earlier) => earlier.data.equals(data));
      if (!repeated) this.messages.push(parseSip(data.toString()));
    }
  }
}

interface DialogState {
  readonly callId: string;
  readonly local: string;
  remote: string;
  target: string;
  routes: readonly string[];
}

/** One dialogue as one agent sees it (RFC 3261 §12). */
export class SipDialog {
  #sequence = 1;
  #lastInvite: { sequence: number; branch: string } = { sequence: 0, branch: '' };
  /** The last request from the other side, to be answered. */
  #pending: SipMessage | undefined;
  /** The last INVITE from the other side; still open while its CANCEL is answered. */
  #invite: SipMessage | undefined;

  constructor(
    readonly agent: SipAgent,
    readonly state: DialogState,
    invite?: SipMessage,
  ) {
    this.#pending = invite;
    this.#invite = invite;
  }

  get callId(): string {
    return this.state.callId;
  }

  /** The last request from the other side. */
  get lastRequest(): SipMessage {
    if (this.#pending === undefined) throw new Error('nothing was asked');
    return this.#pending;
  }

  /** The SDP of the request that waits for an answer. */
  get offeredSdp(): string {
    return this.#pending?.body ?? '';
  }

  async request(method: string, body = '', extra: readonly (readonly [string, string])[] = []): Promise<void> {
    const branch = `z9hG4bK${randomUUID().replaceAll('-', '')}`;
    const sequence = this.#sequence++;
    if (method === 'INVITE') this.#lastInvite = { sequence, branch };
    await this.agent.send(this.#message(method, sequence, branch, body, extra));
  }

  async reinvite(sdp: string | null): Promise<void> {
    await this.request('INVITE', sdp ?? '');
  }

  /** CANCEL of the pending INVITE: the same branch and number (RFC 3261 §9.1). */
  async cancel(): Promise<void> {
    await this.agent.send(this.#message('CANCEL', this.#lastInvite.sequence, this.#lastInvite.branch, ''));
  }

  /** ACK of a 2xx: a branch of its own, the INVITE's number (RFC 3261 §13.2.2.4). */
  async ack(sdp = ''): Promise<void> {
    const branch = `z9hG4bK${randomUUID().replaceAll('-', '')}`;
    await this.agent.send(this.#message('ACK', this.#lastInvite.sequence, branch, sdp));
  }

  /** Waits for a response to the last INVITE (or another method) with this status, and adopts the far end's tag and route. */
  async waitForStatus(status: number, method = 'INVITE', timeoutMilliseconds = 10_000): Promise<SipMessage> {
    const response = await this.agent.waitForMessage(
      `${status} to ${method}`,
      (message) =>
        statusOf(message) === status && methodOf(message) === method && header(message, 'call-id') === this.callId,
      timeoutMilliseconds,
    );
    if (status > 100 && status < 300) this.#adopt(response);
    return response;
  }

  /** Waits for a request inside the dialogue; a re-INVITE, ACK, BYE. */
  async waitForRequest(method: string, timeoutMilliseconds = 5_000): Promise<SipMessage> {
    const request = await this.agent.waitForMessage(
      method,
      (message) =>
        statusOf(message) === undefined && methodOf(message) === method && header(message, 'call-id') === this.callId,
      timeoutMilliseconds,
    );
    if (method !== 'ACK') this.#pending = request;
    if (method === 'INVITE') this.#invite = request;
    return request;
  }

  /** Takes a CANCEL: 200 to it, 487 to the INVITE it ends (RFC 3261 §9.2). */
  async acceptCancel(): Promise<void> {
    await this.waitForRequest('CANCEL');
    await this.respond(200);
    this.#pending = this.#invite;
    await this.respond(487);
  }

  async respond(status: number, sdp = '', reason = 'As Told'): Promise<void> {
    const request = this.#pending;
    if (request === undefined) throw new Error('nothing to answer');
    const echoed = request.headers.filter(([name]) =>
      ['via', 'record-route', 'from', 'call-id', 'cseq'].includes(name),
    );
    const to = tagOf(header(request, 'to')) === '' ? this.state.local : header(request, 'to');
    const headers = [...echoed, ['to', to] as const, ['contact', `<${this.agent.uri}>`] as const];
    await this.agent.send({ start: `SIP/2.0 ${status} ${reason}`, headers, body: sdp });
  }

  /** Ends the call from here and waits until the far side's answer is back. */
  async bye(): Promise<void> {
    await this.request('BYE');
    await this.waitForStatus(200, 'BYE');
  }

  async answerBye(): Promise<void> {
    await this.waitForRequest('BYE');
    await this.respond(200);
  }

  #message(
    method: string,
    sequence: number,
    branch: string,
    body: string,
    extra: readonly (readonly [string, string])[] = [],
  ): SipMessage {
    const { callId, local, remote, target, routes } = this.state;
    const { address, port } = this.agent.endpoint.local;
    const headers = [
      ['via', `SIP/2.0/UDP ${address}:${port};branch=${branch};rport`],
      ['max-forwards', '70'],
      ['from', local],
      ['to', remote],
      ['call-id', callId],
      ['cseq', `${sequence} ${method}`],
      ['contact', `<${this.agent.uri}>`],
      ...routes.map((route) => ['route', route] as const),
      ...extra,
    ] as const;
    return { start: `${method} ${target} SIP/2.0`, headers, body };
  }

  #adopt(response: SipMessage): void {
    this.state.remote = header(response, 'to');
    const contact = headerValues(response, 'contact')[0];
    if (contact !== undefined) this.state.target = uriOf(contact);
    const routes = headerValues(response, 'record-route');
    if (routes.length > 0) this.state.routes = routes.reverse();
  }
}
