import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNgClient, type Anchor } from '../support/anchor.js';
import { TestHost } from '../support/host.js';
import { readMetrics, total } from '../support/metrics.js';
import { countDescriptors } from '../support/process-status.js';
import { RelayProcess } from '../support/relay-process.js';
import { buildSdp } from '../support/sdp.js';
import { waitFor, within } from '../support/wait.js';
import { attackHttp, type HttpAttack } from './support/http-attack.js';
import { MEGABYTE, PROMPT, underAttack } from './support/under-attack.js';

const LONGEST_BODY = 2 * 1_048_576;

let host: TestHost;
let anchor: Anchor;

beforeEach(async () => {
  host = await TestHost.open();
  anchor = await RelayProcess.start(host, { extraArguments: ['--receive-buffer', '8388608'] });
});
afterEach(async () => {
  await host.close();
});

async function counted(name: string, reason: string): Promise<number> {
  return total(await readMetrics(anchor), name, { reason });
}

/** Answers how many connections the attacker saw closed. */
async function attackAnchor(attack: HttpAttack, { megabytes = 16, page = PROMPT } = {}): Promise<number> {
  let closed = 0;
  const run = async (): Promise<void> => {
    ({ closed } = await attackHttp(anchor, attack));
  };
  await underAttack(anchor, run, { memory: megabytes * MEGABYTE, page });
  return closed;
}

/** Fifty calls whose names are long, so that each picture of the live page is some 400 kB. */
async function fillThePage(): Promise<void> {
  const client = await openNgClient(anchor);
  const offer = { command: 'offer', 'from-tag': 'a', sdp: buildSdp({ port: 40_000 }) };
  for (let i = 0; i < 50; i++) await client.ok({ ...offer, 'call-id': `${i}-${'x'.repeat(8_000)}` });
  await client.close();
}

/** Answers all that the relay sends on one connection until the relay closes it. */
async function untilClosed(...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = await host.connect(anchor.http.address, anchor.http.port);
  const answers: Buffer[] = [];
  socket.on('data', (octets: Buffer) => answers.push(octets));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const part of parts) socket.write(part);
  await within(5_000, 'the connection to be closed', closed);
  return Buffer.concat(answers).toString();
}

function head(first: string, ...lines: readonly string[]): string {
  const { address, port } = anchor.http;
  return [first, `Host: ${address}:${port}`, ...lines, '\r\n'].join('\r\n');
}

function chunk(octets: number): Buffer {
  return Buffer.concat([Buffer.from(`${octets.toString(16)}\r\n`), Buffer.alloc(octets, 0x78), Buffer.from('\r\n')]);
}

describe('an HTTP client', () => {
  it('that sends requests over WebSockets and reads no reply is cut off each time, which is counted', async () => {
    // Four for the replies that may be unread; the rest is V8's heap at some thousand replies a second, which stays
    // between 50 and 65 however long that goes on. The client is a proxy whose requests are worked on at its full rate:
    // a page may wait for that, other proxies do not.
    const closed = await attackAnchor(
      { kind: 'unread-websockets', connections: 1, seconds: 3 },
      { megabytes: 96, page: 1_000 },
    );
    expect(closed).toBeGreaterThan(1);
    expect(await counted('srtp_anchor_control_refused_total', 'slow')).toBeGreaterThan(1);
  });

  it('that stops reading the event stream is cut off within seconds, which is counted', async () => {
    // With the loopback's frames of 64 kB the kernel would take megabytes off the relay's hands first.
    if (host.isolated) expect((await host.run('ip', ['link', 'set', 'lo', 'mtu', '1500'])).code).toBe(0);
    await fillThePage();
    const before = countDescriptors(anchor.process.pid);
    await attackAnchor({ kind: 'unread-events', connections: 8, seconds: 7 });
    expect(await counted('srtp_anchor_http_requests_refused_total', 'slow')).toBe(8);
    await waitFor('their descriptors', () => countDescriptors(anchor.process.pid) <= before);
  });

  it('that reads an octet a second costs bounded memory and keeps nobody waiting', async () => {
    await attackAnchor({ kind: 'slow-readers', connections: 100, seconds: 2.5 });
  });

  it('that sends requests without waiting for the answers is cut off, which is counted', async () => {
    // Each answer is 50 kB; the 5,000 requests that Node has parsed by then are some 8 MiB.
    expect(await attackAnchor({ kind: 'pipeliners', connections: 10, seconds: 2 }, { megabytes: 32 })).toBe(10);
    expect(await counted('srtp_anchor_http_requests_refused_total', 'limit')).toBe(10);
  });

  it('that leaves six hundred requests half open keeps nobody else waiting, and is closed', async () => {
    expect(await attackAnchor({ kind: 'half-open', connections: 600, seconds: 7 })).toBe(600);
    expect(await counted('srtp_anchor_http_requests_refused_total', 'limit')).toBeGreaterThan(300);
  });

  it('that sends more than ten kilobytes of headers is answered 431 and closed', async () => {
    const long = `X-Long: ${'x'.repeat(10 * 1_024)}`;
    expect(await untilClosed(head('GET /metrics HTTP/1.1', long))).toMatch(/^HTTP\/1\.1 431 [^]*\r\n\r\n$/);
    const many = Array.from({ length: 110 }, (_, i) => `X-${i}: ${'x'.repeat(100)}`);
    expect(await untilClosed(head('GET /metrics HTTP/1.1', ...many))).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('that sends a body beyond the bound is answered 413 and closed, declared or in chunks', async () => {
    const declared = head('POST /ng HTTP/1.1', `Content-Length: ${LONGEST_BODY + 1}`);
    expect(await untilClosed(declared)).toMatch(/^HTTP\/1\.1 413 [^]*Connection: close\r\n/i);
    const chunked = head('POST /ng HTTP/1.1', 'Transfer-Encoding: chunked');
    expect(await untilClosed(chunked, chunk(LONGEST_BODY), chunk(1))).toMatch(
      /^HTTP\/1\.1 413 [^]*Connection: close\r\n/i,
    );
    expect(await counted('srtp_anchor_http_requests_refused_total', 'limit')).toBe(2);
  });
});
