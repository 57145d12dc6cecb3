import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Admission } from '../../../src/control/admission.js';
import { encodeBencode } from '../../../src/control/bencode.js';
import { TcpControlServer, type TcpControlServerOptions } from '../../../src/control/tcp-server.js';
import { dictionary, rig, SDP } from './support.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(options: Partial<TcpControlServerOptions> = {}, setUp = rig()) {
  const server = await TcpControlServer.start({
    dispatcher: setUp.dispatcher,
    observer: setUp.observer,
    listeners: [{ address: '127.0.0.1', port: 0 }],
    ...options,
  });
  closers.push(() => server.close());
  const { port } = server.addresses[0]!;
  return { server, port, ...setUp };
}

class Client {
  text = '';
  closed = false;
  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => (this.text += chunk.toString('latin1')));
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => undefined);
  }

  static async open(port: number, localAddress = '127.0.0.1'): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    await once(socket, 'connect');
    closers.push(() => socket.destroy());
    return new Client(socket);
  }

  async expects(text: string): Promise<void> {
    await until(() => this.text.includes(text));
  }
}

async function until(condition: () => boolean, within = 5000): Promise<void> {
  const end = performance.now() + within;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const offer = (callId: string, sdp = SDP) =>
  encodeBencode(dictionary({ command: 'offer', 'call-id': callId, 'from-tag': 'a', sdp })).toString('latin1');

describe('the control protocol over TCP', () => {
  it('answers each message of a stream, in order, under its cookie', async () => {
    const { port } = await serve();
    const client = await Client.open(port);
    client.socket.write(`c1 d7:command4:pingec2 ${offer('x')}\nc3 d7:command4:ping`);
    await client.expects('c2 ');
    expect(client.text).toMatch(/^c1 d6:result4:pongec2 d6:result2:ok3:sdp/);
    client.socket.write('e');
    await client.expects('c3 d6:result4:ponge');
  });

  it('answers what came before the client closed its side', async () => {
    const { port } = await serve();
    const client = await Client.open(port);
    client.socket.end(`c1 ${offer('x')}`);
    await until(() => client.closed);
    expect(client.text).toMatch(/^c1 d6:result2:ok/);
  });

  it.each([
    ['c9 {"command":"ping"}', 'c9 {"result":"error","error-reason":"Invalid NG data format: JSON does not tell'],
    ['c9 d-1:xe', 'c9 d12:error-reason'],
    ['c9 hello', 'Invalid NG data format'],
  ])('says what is wrong with %s, and ends the connection', async (text, reply) => {
    const { port, observer } = await serve();
    const client = await Client.open(port);
    client.socket.write(`c8 d7:command4:pinge${text}`);
    await client.expects(reply);
    expect(client.text).toContain('c8 d6:result4:ponge');
    await until(() => client.closed || client.socket.readableEnded);
    expect(observer.malformedKinds).toHaveLength(1);
  });

  it('carries a body of a megabyte', async () => {
    const { port, service } = await serve();
    const client = await Client.open(port);
    const sdp = SDP + 'a=x\r\n'.repeat(200_000);
    client.socket.write(`c1 ${offer('big', sdp)}`);
    await until(() => client.text.length > sdp.length);
    expect(service.offers[0]?.sdp).toBe(sdp);
    expect(client.text.endsWith('e')).toBe(true);
  });

  it('drops a client that does not finish its message, and one that never begins', async () => {
    const { port, observer } = await serve({ limits: { messageTimeout: 150 } });
    const [silent, dripping, good] = [await Client.open(port), await Client.open(port), await Client.open(port)];
    good.socket.write('c d7:command4:pinge');
    dripping.socket.write('c d3:sdp9000:');
    const drip = setInterval(() => dripping.socket.write('x'), 20);
    closers.push(() => {
      clearInterval(drip);
    });
    await until(() => silent.closed && dripping.closed);
    expect(observer.turnedAwayFor).toContain('slow-client');
    good.socket.write('d d7:command4:pinge');
    await good.expects('d d6:result4:ponge');
  });

  it('drops a client that does not read its replies', async () => {
    const { port, observer } = await serve({ limits: { unread: 100_000 } });
    const client = await Client.open(port);
    client.socket.pause();
    const message = `c ${offer('x', SDP + 'a=x\r\n'.repeat(5000))}`;
    for (let index = 0; index < 2000 && !client.closed; index++) {
      client.socket.write(message.replace('c ', `c${index} `));
      if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      if (observer.turnedAwayFor.length > 0) break;
    }
    await until(() => observer.turnedAwayFor.includes('slow-client'));
  });

  it('bounds the connections, in all and of one address, and turns strangers away', async () => {
    const admission = new Admission({ allowedPeers: ['127.0.0.0/29'] });
    const { port, observer } = await serve({ admission, limits: { connections: 3, connectionsPerPeer: 2 } });
    const clients = [await Client.open(port), await Client.open(port), await Client.open(port)];
    await until(() => clients.some((client) => client.closed));
    const other = await Client.open(port, '127.0.0.2');
    const tooMany = await Client.open(port, '127.0.0.3');
    const stranger = await Client.open(port, '127.0.0.99');
    await until(() => tooMany.closed && stranger.closed);
    other.socket.write('c d7:command4:pinge');
    await other.expects('ponge');
    expect(observer.turnedAwayFor).toEqual(['too-many-connections', 'too-many-connections', 'peer-not-allowed']);
    for (const client of clients) client.socket.destroy();
    await until(() => observer.open === 1);
  });

  it('slows a client down to its rate, and answers everything', async () => {
    const admission = new Admission({ messagesPerSecond: 200, burst: 10 });
    const { port, observer } = await serve({ admission });
    const client = await Client.open(port);
    client.socket.write(Array.from({ length: 40 }, (_, index) => `c${index} d7:command4:pinge`).join(''));
    await client.expects('c39 d6:result4:ponge');
    expect(client.text.match(/pong/g)).toHaveLength(40);
    expect(observer.turnedAwayFor).toContain('rate-limit');
  });

  it('lets others have their turn while one client keeps it busy', async () => {
    const setUp = rig();
    setUp.service.work = () => {
      const end = performance.now() + 1;
      while (performance.now() < end);
    };
    const { port } = await serve({}, setUp);
    const [loud, quiet] = [await Client.open(port), await Client.open(port)];
    loud.socket.write(Array.from({ length: 500 }, (_, index) => `c${index} ${offer(`x${index}`)}`).join(''));
    await until(() => setUp.service.offers.length > 0);
    quiet.socket.write('c d7:command4:pinge');
    await quiet.expects('ponge');
    expect(setUp.service.offers.length).toBeLessThan(300);
  });

  it('closes with clients connected', async () => {
    const { server, port } = await serve();
    const client = await Client.open(port);
    await server.close();
    await until(() => client.closed);
  });
});
