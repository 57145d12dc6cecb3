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
  connect: ({ address, port }) =>
    new Promise((resolve, reject) => {
      const socket = createConnection({ host: address, port, pauseOnConnect: true });
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

process.on('message', (request) => {
  commands[request.command](request).then(
    (handle) => {
      process.send({ id: request.id, error: null }, handle, {}, () => {
        if (request.command === 'udp') handle.close();
        if (request.command === 'listen') handle.close();
      });
    },
    (error) => process.send({ id: request.id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
