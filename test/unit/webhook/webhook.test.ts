import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  DEFAULT_WEBHOOK_OPTIONS,
  Webhook,
  type CallEndedNote,
  type WebhookOptions,
} from '../../../src/webhook/webhook.js';

const note: CallEndedNote = {
  event: 'call-ended',
  callId: 'a@b',
  reason: 'media_timeout',
  createdAt: 1,
  ageSeconds: 60,
  tags: ['x'],
  packets: { rtp: 1, rtcp: 0 },
};

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function receiver(statuses: number[]): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      const status = statuses.shift() ?? 200;
      if (status === 0) return;
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, bodies };
}

function hook(
  url: string | null,
  options: Partial<WebhookOptions> = {},
): { webhook: Webhook; log: string[]; settled: Promise<void> } {
  const log: string[] = [];
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => (settle = resolve));
  const tell = (text: string): void => {
    log.push(text);
    settle();
  };
  const observer = {
    delivered: () => tell('delivered'),
    failed: (reason: string) => tell(`failed ${reason}`),
    dropped: () => tell('dropped'),
  };
  const webhook = new Webhook(
    { ...DEFAULT_WEBHOOK_OPTIONS, url, retryDelays: [5, 5], timeoutMilliseconds: 200, ...options },
    observer,
  );
  closing.push(() => webhook.close());
  return { webhook, log, settled };
}

describe('the webhook', () => {
  it('posts the note as JSON', async () => {
    const { url, bodies } = await receiver([200]);
    const { webhook, log, settled } = hook(url);
    webhook.post(note);
    await settled;
    expect([log, bodies.map((body) => JSON.parse(body) as unknown)]).toEqual([['delivered'], [note]]);
  });

  it('tries again after a failure', async () => {
    const { url, bodies } = await receiver([500, 503, 204]);
    const { webhook, log, settled } = hook(url);
    webhook.post(note);
    await settled;
    expect([log, bodies.length]).toEqual([['delivered'], 3]);
  });

  it('gives up after the last try and says why', async () => {
    const { url, bodies } = await receiver([500, 500, 500]);
    const { webhook, log, settled } = hook(url);
    webhook.post(note);
    await settled;
    expect([log, bodies.length]).toEqual([['failed status 500'], 3]);
  });

  it('does not wait for a receiver that hangs', async () => {
    const { url } = await receiver([0, 0, 0]);
    const { webhook, log, settled } = hook(url, { timeoutMilliseconds: 30 });
    webhook.post(note);
    await settled;
    expect(log[0]).toMatch(/^failed .*timeout/);
  });

  it('drops what exceeds the queue while the receiver hangs', async () => {
    const { url } = await receiver([0, 0, 0, 0, 0, 0]);
    const { webhook, log } = hook(url, { maximumWaiting: 2, concurrency: 1 });
    for (let count = 0; count < 5; count += 1) webhook.post(note);
    expect(log).toEqual(['dropped', 'dropped']);
    await Promise.resolve();
  });

  it('without a url does nothing', () => {
    const { webhook, log } = hook(null);
    webhook.post(note);
    expect(log).toEqual([]);
  });
});
