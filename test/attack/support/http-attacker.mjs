// HTTP clients that harm, in a process of their own: the order is the first argument, as JSON. Ends after `seconds`
// and prints what it saw as one line of JSON.
import { connect } from 'node:net';

const order = JSON.parse(process.argv[2]);
const { kind, connections, seconds, address, port, source } = order;
let closed = 0;

function open(options = {}) {
  const socket = connect({ host: address, port, localAddress: source, ...options });
  socket.on('error', () => undefined);
  socket.on('close', () => closed++);
  return socket;
}

function request(path, method = 'GET') {
  return `${method} ${path} HTTP/1.1\r\nHost: ${address}:${port}\r\n`;
}

/** Asks for the event stream and never reads it. */
function unreadEvents() {
  for (let i = 0; i < connections; i++)
    open()
      .pause()
      .write(`${request('/api/events')}\r\n`);
}

/** Sends control messages over a WebSocket as fast as it can, reads no reply, and comes again when the relay has closed. */
function unreadWebSockets() {
  const frames = Buffer.concat(Array(100).fill(Buffer.from(order.frame, 'base64')));
  const begin = () => {
    const socket = open().pause();
    const step = () => {
      while (!socket.destroyed && socket.write(frames));
    };
    socket.on('drain', step);
    socket.on('close', begin);
    socket.write(order.upgrade, step);
  };
  for (let i = 0; i < connections; i++) begin();
}

/** Asks and reads an octet a second. One after the other: what a hundred requests at once cost is another question. */
function slowReaders() {
  const begin = (i) => {
    const slow = () => {
      socket.pause();
      setTimeout(() => socket.resume(), 1_000);
      return false;
    };
    const socket = open({ onread: { buffer: Buffer.alloc(1), callback: slow } });
    socket.write(`${request(i % 2 === 0 ? '/metrics' : '/')}\r\n`);
    if (i < connections) setTimeout(begin, 10, i + 1);
  };
  begin(1);
}

/** Sends many requests in one go, and waits for no answer. */
function pipeliners() {
  const requests = `${request('/metrics')}\r\n`.repeat(500);
  for (let i = 0; i < connections; i++) open().resume().write(requests);
}

/** Connects and says nothing, half of a request line, or header lines without an end. */
function halfOpen() {
  for (let i = 0; i < connections; i++) {
    const socket = open().resume();
    if (i % 3 === 1) socket.write('GET /metr');
    if (i % 3 === 2) {
      socket.write(request('/metrics'));
      setInterval(() => socket.writable && socket.write('X-More: x\r\n'), 300);
    }
  }
}

const kinds = {
  'unread-events': unreadEvents,
  'unread-websockets': unreadWebSockets,
  'slow-readers': slowReaders,
  pipeliners,
  'half-open': halfOpen,
};
kinds[kind]();
setTimeout(() => {
  process.stdout.write(`${JSON.stringify({ closed })}\n`, () => process.exit(0));
}, seconds * 1_000);
