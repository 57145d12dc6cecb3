import { afterEach, describe, expect, it } from 'vitest';
import { TestHost } from '../../support/host.js';
import { UdpEndpoint } from '../../support/udp-endpoint.js';

describe('a test host', () => {
  const hosts: TestHost[] = [];
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  async function open(addresses: readonly string[] = []): Promise<TestHost> {
    const host = await TestHost.open(addresses);
    hosts.push(host);
    return host;
  }

  it('lets two hosts bind the same address and port, and keeps their packets apart', async () => {
    const [left, right] = [await open(), await open()];
    expect(left.isolated, 'network namespaces are allowed on this machine').toBe(true);
    const fixed = { address: '127.0.0.1', port: 2223 };
    const a = await UdpEndpoint.open(left, fixed.address, fixed.port);
    const b = await UdpEndpoint.open(right, fixed.address, fixed.port);
    const sender = await UdpEndpoint.open(left);
    await sender.send(Buffer.from('hello'), fixed);
    const [packet] = await a.waitForPackets(1);
    expect(packet?.data.toString()).toBe('hello');
    expect(packet?.from.port).toBe(sender.local.port);
    expect(await b.settle(50)).toHaveLength(0);
    await Promise.all([a.close(), b.close(), sender.close()]);
  });

  it('runs commands inside, where only its own loopback exists', async () => {
    const host = await open();
    const { stdout } = await host.run('ip', ['-brief', 'address']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stdout).toContain('127.0.0.1/8');
  });

  it('carries TCP both ways through connections made inside', async () => {
    const host = await open();
    const server = await host.listen('127.0.0.1', 7_101);
    server.on('connection', (socket) => socket.resume().pipe(socket));
    const socket = await host.connect('127.0.0.1', 7_101);
    const echoed = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    socket.write('ping');
    expect(await echoed).toBe('ping');
    socket.destroy();
    server.close();
  });

  it('stops the processes that were started on it', async () => {
    const host = await open();
    const child = host.spawn('sleeper', 'sleep', ['60']);
    await host.close();
    expect(child.running).toBe(false);
  });
});
