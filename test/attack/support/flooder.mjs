// Sends `count` datagrams of one kind to one port from one socket, at `rate` a second or as fast as it goes (0), and
// prints how many and how long. Its own process, so that the test's sockets are read while it sends.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';

const { kind, count, rate, address, port, source, ssrc } = JSON.parse(process.argv[2]);

function rtp(ssrc, sequence) {
  const packet = Buffer.alloc(182, 0x5a);
  packet[0] = 0x80;
  packet[1] = 0;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE((sequence * 160) >>> 0, 4);
  packet.writeUInt32BE(ssrc >>> 0, 8);
  return packet;
}

const kinds = {
  ssrcs: (i) => rtp(0x40000000 + i, i),
  // Anywhere in the stream: before, within and beyond the window.
  forged: () => rtp(ssrc, Math.floor(Math.random() * 0x10000)),
  garbage: () => randomBytes(120),
};
const make = kinds[kind];
const socket = createSocket('udp4');
const started = performance.now();
let sent = 0;

function due() {
  return rate === 0 ? sent + 64 : Math.floor(((performance.now() - started) * rate) / 1_000);
}

function step() {
  const until = Math.min(count, due(), sent + 512);
  let open = until - sent;
  if (open <= 0) return setTimeout(step, 1);
  for (; sent < until; sent++) {
    // A refused send (ECONNREFUSED, ENOBUFS) counts as sent: it left this process.
    socket.send(make(sent), port, address, () => {
      if (--open > 0) return;
      if (sent < count) return setImmediate(step);
      socket.close();
      process.stdout.write(`${JSON.stringify({ sent, seconds: (performance.now() - started) / 1_000 })}\n`);
    });
  }
}

socket.bind(0, source, step);
