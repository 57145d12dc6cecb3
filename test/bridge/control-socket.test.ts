import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { addon } from './seam.js';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

interface Guarded {
  readonly fd: number;
  readonly port: number;
  readonly heard: string[];
}

async function open(address: string): Promise<Guarded> {
  const opened = addon.openControlSocket({ address, port: 0, receiveBufferBytes: 1 << 20 });
  if (opened.error !== null) throw new Error(opened.error);
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  sockets.push(socket);
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(data.toString()));
  // With a descriptor it listens before bind returns.
  const listening = once(socket, 'listening');
  socket.bind({ fd: opened.fd });
  await listening;
  return { fd: opened.fd, port: socket.address().port, heard };
}

/** Sends `text` from each source in turn, a stranger's words first, and waits for the last. */
async function speak(to: Guarded, sources: readonly string[], address: string): Promise<void> {
  for (const source of sources) {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, source);
    await once(socket, 'listening');
    await new Promise((resolve) => socket.send(`from ${source}`, to.port, address, resolve));
    socket.close();
  }
  for (let i = 0; i < 200 && !to.heard.includes(`from ${sources.at(-1) ?? ''}`); i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a control socket', () => {
  it('hears nothing of a muted source, counts it, and hears the others and it again once it may', async () => {
    const socket = await open('127.0.0.1');
    expect(addon.muteSources(socket.fd, ['127.0.0.66', '127.0.0.67', '::1'])).toBe(true);
    await speak(socket, ['127.0.0.66', '127.0.0.67', '127.0.0.68'], '127.0.0.1');
    expect(socket.heard).toEqual(['from 127.0.0.68']);
    expect(addon.droppedDatagrams(socket.fd)).toBe(2);
    expect(addon.muteSources(socket.fd, [])).toBe(true);
    await speak(socket, ['127.0.0.66'], '127.0.0.1');
    expect(socket.heard).toEqual(['from 127.0.0.68', 'from 127.0.0.66']);
  });

  it('compares all four words of an IPv6 address', async () => {
    const socket = await open('::1');
    expect(addon.muteSources(socket.fd, ['::2', '1::1', '0:0:1::1'])).toBe(true);
    await speak(socket, ['::1'], '::1');
    expect(socket.heard).toEqual(['from ::1']);
    expect(addon.muteSources(socket.fd, ['::2', '::1'])).toBe(true);
    const socketHeard = socket.heard.length;
    const speaker = createSocket('udp6');
    await new Promise((resolve) => speaker.send('x', socket.port, '::1', resolve));
    speaker.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([socket.heard.length - socketHeard, addon.droppedDatagrams(socket.fd)]).toEqual([0, 1]);
  });

  it('mutes 64 sources and no more, takes its port alone, and refuses what is no address', async () => {
    const socket = await open('127.0.0.1');
    const many = Array.from({ length: 64 }, (_, i) => `10.0.0.${i}`);
    expect(addon.muteSources(socket.fd, many)).toBe(true);
    expect(() => addon.muteSources(socket.fd, [...many, '10.0.1.1'])).toThrow(TypeError);
    expect(() => addon.muteSources(socket.fd, ['example.org'])).toThrow(TypeError);
    const again = addon.openControlSocket({ address: '127.0.0.1', port: socket.port, receiveBufferBytes: 0 });
    expect(again).toEqual({ error: 'EADDRINUSE' });
  });
});
