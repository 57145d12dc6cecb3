// Runs inside a private network namespace, holds it open, and makes sockets there for the test process: a socket keeps
// the namespace in which it was made when it is passed on over the IPC channel. Ends when its parent goes.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createConnection, createServer } from 'node:net';

const commands = {
  addresses: ({ addresses }) => {
    if (process.env.SRTP_ANCHOR_AGENT_NAMESPACE === '1') {
      execFileSync('ip', ['link', 'set', 'lo', 'up']);
      for (const address of addresses) execFileSync('ip', ['address', 'add', address, 'dev', 'lo']);
    }
    return Promise.resolve(undefined);
  },
  udp: ({ address, port }) =>
    new Promise((resolve, reject) => {
      const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
      socket.once('error', reject);
      socket.bind({ address, port, exclusive: true }, () => resolve(socket));
    }),
  connect: ({ address, port, from }) =>
    new Promise((resolve, reject) => {
      const socket = createConnection({ host: address, port, localAddress: from, pauseOnConnect: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(socket));
    }),
  listen: ({ address, port }) =>
    new Promise((resolve, reject) => {
      const server = createServer({ pauseOnConnect: true });
      server.once('error', reject);
      server.listen({ host: address, port }, () => resolve(server));
    }),
};

/** Handles that were sent, until the test process says that it has them: two readers of one socket would share its packets. */
const sent = new Map();

function take({ id }) {
  const handle = sent.get(id);
  sent.delete(id);
  // A TCP connection has left this process with the acknowledgement of its handle; the others are closed here.
  if (handle?.close !== undefined) handle.close();
  process.send({ id, stage: 'done', error: null });
}

process.on('message', (request) => {
  if (request.command === 'taken') return take(request);
  commands[request.command](request).then(
    (handle) => {
      if (handle === undefined) return process.send({ id: request.id, stage: 'done', error: null });
      sent.set(request.id, handle);
      process.send({ id: request.id, stage: 'handle', error: null }, handle);
    },
    (error) => process.send({ id: request.id, stage: 'done', error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
