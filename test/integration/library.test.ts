import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { negotiate, Relay } from '../../src/index.js';
import { runCommand } from '../support/process.js';
import { buildRtp, parseRtp } from '../support/rtp.js';
import { inlineKey, masterKeyFromInline, randomMasterKey, SrtpSession } from '../support/srtp.js';
import { TempDirectory } from '../support/temp-directory.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';

function open(): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket)));
}

function next(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no packet within 3 s')), 3_000);
    socket.once('message', (packet) => {
      clearTimeout(timer);
      resolve(packet);
    });
  });
}

function offer(port: number, inline: string, tag = 7): string {
  return (
    'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
    `m=audio ${port} RTP/SAVP 0\r\na=sendonly\r\na=crypto:${tag} ${SUITE} inline:${inline}\r\n`
  );
}

describe('srtp-anchor as a library', () => {
  let outside: Socket;
  let inside: Socket;

  beforeAll(async () => {
    outside = await open();
    inside = await open();
  });

  afterAll(() => {
    outside.close();
    inside.close();
  });

  it('answers a secure offer and relays its packets, both ways, with keys of its own', async () => {
    const relay = new Relay();
    try {
      const [facingOutside, facingInside] = [
        relay.openPort({ address: '127.0.0.1' }),
        relay.openPort({ address: '127.0.0.1' }),
      ];
      if (!facingOutside.ok || !facingInside.ok) throw new Error('no ports');
      const theirKey = randomMasterKey(SUITE);
      const result = negotiate(offer(outside.address().port, inlineKey(theirKey)), {
        local: [{ address: '127.0.0.1', rtpPort: facingOutside.value.number }],
      });
      if (!result.ok) throw new Error(result.error.message);
      expect(result.value.answer).toMatch(/a=recvonly/);
      const line = /a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:(\S+)/.exec(result.value.answer);
      const [audio] = result.value.media;
      facingOutside.value.configure({ ...audio!, remote: audio!.remoteRtp, peer: facingInside.value });
      facingInside.value.configure({
        remote: { address: '127.0.0.1', port: inside.address().port },
        peer: facingOutside.value,
      });

      const packet = buildRtp({ sequence: 1, ssrc: 5, payload: Buffer.from('hello') });
      const arrived = next(inside);
      outside.send(new SrtpSession(theirKey).protectRtp(packet), facingOutside.value.number, '127.0.0.1');
      expect((await arrived).equals(packet)).toBe(true);

      const back = next(outside);
      inside.send(packet, facingInside.value.number, '127.0.0.1');
      const opened = new SrtpSession(masterKeyFromInline(SUITE, line![1]!)).unprotectRtp(await back);
      if (!opened.ok) throw new Error(opened.why);
      expect(parseRtp(opened.value.packet).payload.toString()).toBe('hello');
      expect(facingOutside.value.counters()).toMatchObject({ received: 1, forwarded: 1, sent: 1, drops: {} });
    } finally {
      relay.close();
    }
  });

  it('a refused offer says why, line by line, and shows no key', () => {
    const inline = Buffer.alloc(28, 7).toString('base64');
    const result = negotiate(offer(4_000, inline), { local: [] });
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.error.code).toBe('no-usable-crypto');
    expect(result.error.message).toMatch(/tag 7.*AES_CM_128_HMAC_SHA1_80/);
    expect(result.error.message).not.toContain(inline.slice(0, 12));
  });

  it('the examples of its page print what the page says', async () => {
    const page = readFileSync('docs/library.md', 'utf8');
    const examples = [...page.matchAll(/^```js\n([^]*?)\/\/ prints: (.*)\n```$/gm)];
    expect(examples.length).toBe(page.split('```js').length - 1);
    for (const [, program = '', printed = ''] of examples) {
      const run = await runCommand(process.execPath, ['--input-type=module', '-e', program]);
      expect(run, program).toEqual({ code: 0, signal: null, stdout: `${printed}\n`, stderr: '' });
    }
  });

  it('its reference knows every type that an exported one names', async () => {
    const printed = await runCommand('npm', ['run', '--silent', 'docs:api', '--', '--emit', 'none'], {
      timeoutMilliseconds: 55_000,
    });
    expect(printed).toMatchObject({ code: 0 });
  });

  it('the example relays what it answers', async () => {
    const directory = new TempDirectory();
    try {
      const key = randomMasterKey(SUITE);
      const file = join(directory.path, 'offer.sdp');
      writeFileSync(file, offer(outside.address().port, inlineKey(key)));
      const child = spawn(process.execPath, [
        'examples/relay-a-secure-offer.mjs',
        file,
        `127.0.0.1:${inside.address().port}`,
        '3',
      ]);
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
      for (let round = 0; round < 100 && !text.includes('m=audio'); round += 1)
        await new Promise((resolve) => setTimeout(resolve, 50));
      const port = Number(/m=audio (\d+)/.exec(text)?.[1]);
      const packet = buildRtp({ sequence: 9, ssrc: 6, payload: Buffer.from('example') });
      const arrived = next(inside);
      outside.send(new SrtpSession(key).protectRtp(packet), port, '127.0.0.1');
      expect((await arrived).equals(packet)).toBe(true);
      expect(await exited).toBe(0);
    } finally {
      directory.remove();
    }
  });
});
