import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { Admission } from '../../../src/control/admission.js';
import { encodeBencode } from '../../../src/control/bencode.js';
import { UdpControlServer, type UdpControlServerOptions } from '../../../src/control/udp-server.js';
import { dictionary, rig, SDP } from './support.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(options: Partial<UdpControlServerOptions> = {}, setUp = rig()) {
  const server = await UdpControlServer.start({
    dispatcher: setUp.dispatcher,
    observer: setUp.observer,
    listeners: [{ address: '127.0.0.1', port: 0 }],
    ...options,
  });
  closers.push(() => server.close());
  return { server, ...setUp, port: server.addresses[0]!.port };
}

/** A proxy with a socket of its own; replies by cookie. */
class Proxy {
  readonly replies = new Map<string, string>();
  readonly sources = new Set<string>();

  private constructor(
    readonly socket: Socket,
    private readonly port: number,
    private readonly host: string,
  ) {
    socket.on('message', (message, from) => {
      const text = message.toString('latin1');
      this.replies.set(text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ') + 1));
      this.sources.add(`${from.address}:${from.port}`);
    });
  }

  static async open(port: number, host = '127.0.0.1', bindTo = host): Promise<Proxy> {
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 << 20 });
    socket.bind(0, bindTo);
    await once(socket, 'listening');
    closers.push(() => socket.close());
    return new Proxy(socket, port, host);
  }

  send(cookie: string, payload: Buffer | string): Promise<void> {
    const message = Buffer.concat([Buffer.from(`${cookie} `), Buffer.from(payload)]);
    return new Promise((resolve) => this.socket.send(message, this.port, this.host, () => resolve()));
  }

  async reply(cookie: string, within = 2000): Promise<string> {
    await until(() => this.replies.has(cookie), within);
    return this.replies.get(cookie)!;
  }
}

async function until(condition: () => boolean, within = 5000): Promise<void> {
  const end = performance.now() + within;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const PING = 'd7:command4:pinge';
const offer = (callId: string) =>
  encodeBencode(dictionary({ command: 'offer', 'call-id': callId, 'from-tag': 'a', sdp: SDP }));

function burn(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('the control port over UDP', () => {
  it('answers a ping from the address that was asked', async () => {
    const { port } = await serve();
    const proxy = await Proxy.open(port);
    await proxy.send('5323_1', PING);
    expect(await proxy.reply('5323_1')).toBe('d6:result4:ponge');
    expect([...proxy.sources]).toEqual([`127.0.0.1:${port}`]);
  });

  it('answers on several sockets, IPv4 and IPv6, each from its own address', async () => {
    const listeners = ['127.0.0.1', '127.0.0.2', '::1'].map((address) => ({ address, port: 0 }));
    const { server } = await serve({ listeners });
    for (const { address, port } of server.addresses) {
      const proxy = await Proxy.open(port, address, address === '::1' ? '::1' : '127.0.0.1');
      await proxy.send('k', PING);
      await proxy.reply('k');
      expect([...proxy.sources]).toEqual([`${address}:${port}`]);
    }
  });

  it('opens one socket for each address of the host when told a wildcard', async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const { server } = await serve({ listeners: [{ address: '0.0.0.0', port: 0 }] });
    const expected = own.filter((entry) => entry.family === 'IPv4').map((entry) => entry.address);
    expect(server.addresses.map((bound) => bound.address).sort()).toEqual(expected.sort());
  });

  it('rejects when an address is taken, and leaves nothing open', async () => {
    const { port } = await serve();
    const listeners = [
      { address: '127.0.0.3', port },
      { address: '127.0.0.1', port },
    ];
    await expect(serve({ listeners })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await serve({ listeners: [{ address: '127.0.0.3', port }] });
  });

  it('loses none of 2,000 datagrams although each costs a millisecond of work', async () => {
    const setUp = rig();
    setUp.service.work = () => {
      burn(1);
    };
    const { port } = await serve({}, setUp);
    const proxy = await Proxy.open(port);
    for (let index = 0; index < 2000; index++) {
      await proxy.send(`k${index}`, offer(`c${index}`));
      // Paced at four times the speed of the work, in bursts of forty.
      if (index % 40 === 39) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await until(() => proxy.replies.size === 2000, 20_000);
    expect(setUp.service.offers).toHaveLength(2000);
  }, 30_000);

  it('answers one proxy promptly while another floods it with work', async () => {
    const setUp = rig();
    setUp.service.work = () => {
      burn(1);
    };
    const { port } = await serve({}, setUp);
    const [loud, quiet] = [await Proxy.open(port), await Proxy.open(port, '127.0.0.1', '127.0.0.9')];
    for (let index = 0; index < 600; index++) await loud.send(`k${index}`, offer(`c${index}`));
    const doneBefore = setUp.service.offers.length;
    await quiet.send('ping', PING);
    await quiet.reply('ping');
    const doneAfter = setUp.service.offers.length;
    // What was in the kernel before the ping has to be taken out first, but not to be worked off.
    expect(doneAfter - doneBefore).toBeLessThan(60);
    await until(() => setUp.service.offers.length > doneAfter + 100);
  });

  it('turns away strangers without a reply, and counts them', async () => {
    const admission = new Admission({ allowedPeers: ['127.0.0.8/29', '::1'] });
    const { port, observer } = await serve({ admission });
    const [stranger, friend] = [await Proxy.open(port), await Proxy.open(port, '127.0.0.1', '127.0.0.10')];
    await stranger.send('k', PING);
    await friend.send('k', PING);
    await friend.reply('k');
    expect(stranger.replies.size).toBe(0);
    expect(observer.turnedAwayFor).toEqual(['peer-not-allowed']);
  });

  it('limits the rate of one proxy and not of the others', async () => {
    const setUp = rig();
    const admission = new Admission({ messagesPerSecond: 10, burst: 20, clock: setUp.clock });
    const { port, observer } = await serve({ admission }, setUp);
    const [loud, quiet] = [await Proxy.open(port), await Proxy.open(port, '127.0.0.1', '127.0.0.9')];
    for (let index = 0; index < 50; index++) await loud.send(`k${index}`, PING);
    await quiet.send('k', PING);
    await quiet.reply('k');
    await until(() => observer.turnedAwayFor.length === 30);
    expect(loud.replies.size).toBe(20);
    setUp.clock.now += 500;
    await loud.send('later', PING);
    await loud.reply('later');
  });

  it('stays responsive under garbage, and logs a bounded amount', async () => {
    const { port, log, observer } = await serve({ admission: new Admission({ burst: 1e9, messagesPerSecond: 1e9 }) });
    const [vandal, proxy] = [await Proxy.open(port), await Proxy.open(port, '127.0.0.1', '127.0.0.9')];
    const garbage = Buffer.alloc(200, 0x41);
    const times: number[] = [];
    for (let round = 0; round < 20; round++) {
      for (let index = 0; index < 500; index++) vandal.socket.send(garbage, port, '127.0.0.1');
      const startedAt = performance.now();
      await proxy.send(`k${round}`, PING);
      await proxy.reply(`k${round}`, 3000).catch(() => 'lost in the kernel');
      times.push(performance.now() - startedAt);
    }
    times.sort((one, other) => one - other);
    expect(times[10]).toBeLessThan(100);
    expect(observer.malformedKinds.length).toBeGreaterThan(1000);
    expect(log.length).toBeLessThan(200);
  }, 90_000);

  it('closes with requests still waiting', async () => {
    const setUp = rig();
    setUp.service.work = () => {
      burn(2);
    };
    const { server, port } = await serve({}, setUp);
    const proxy = await Proxy.open(port);
    for (let index = 0; index < 200; index++) await proxy.send(`k${index}`, offer(`c${index}`));
    await until(() => setUp.service.offers.length > 0);
    await server.close();
    expect(setUp.observer.sendFailures).toBe(0);
  });
});
