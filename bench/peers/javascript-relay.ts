/**
 * A relay as a Node user would write it: one dgram socket a port, node:crypto for SRTP, everything on the main thread.
 * Control is that of `bench/load_generator/floor.cc`; keys are used here. Run as a program: CONTROL-PORT.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { JavaScriptSrtp } from './javascript-srtp.js';

type Kind = 'rtp' | 'rtcp';

interface Party {
  readonly address: string;
  readonly port: Readonly<Record<Kind, number>>;
  readonly inbound: JavaScriptSrtp | null;
  readonly outbound: JavaScriptSrtp | null;
  readonly socket: Readonly<Record<Kind, Socket>>;
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function openParty(words: readonly string[]): Promise<Party> {
  const [address = '', rtp, rtcp, inbound = '-', outbound = '-'] = words;
  return {
    address,
    port: { rtp: Number(rtp), rtcp: Number(rtcp) },
    inbound: inbound === '-' ? null : new JavaScriptSrtp(inbound),
    outbound: outbound === '-' ? null : new JavaScriptSrtp(outbound),
    socket: { rtp: await openSocket(), rtcp: await openSocket() },
  };
}

function forward(kind: Kind, from: Party, to: Party): void {
  from.socket[kind].on('message', (packet) => {
    const plain = unprotect(kind, from.inbound, packet);
    if (plain === null) return;
    to.socket[kind].send(protect(kind, to.outbound, plain), to.port[kind], to.address);
  });
}

function unprotect(kind: Kind, srtp: JavaScriptSrtp | null, packet: Buffer): Buffer | null {
  if (srtp === null) return packet;
  return kind === 'rtp' ? srtp.unprotectRtp(packet) : srtp.unprotectRtcp(packet);
}

function protect(kind: Kind, srtp: JavaScriptSrtp | null, packet: Buffer): Buffer {
  if (srtp === null) return packet;
  return kind === 'rtp' ? srtp.protectRtp(packet) : srtp.protectRtcp(packet);
}

async function pair(words: readonly string[]): Promise<string> {
  const a = await openParty(words.slice(0, 5));
  const b = await openParty(words.slice(5));
  for (const kind of ['rtp', 'rtcp'] as const) {
    forward(kind, a, b);
    forward(kind, b, a);
  }
  const sockets = [a.socket.rtp, a.socket.rtcp, b.socket.rtp, b.socket.rtcp];
  return ['ok', ...sockets.map((socket) => socket.address().port)].join(' ');
}

async function answer(request: string): Promise<string> {
  const [verb, ...words] = request.split(' ');
  if (verb === 'pair') return pair(words);
  return verb === 'ping' ? 'pong' : 'error';
}

const control = createSocket('udp4');
control.on('message', (request, from) => {
  void answer(request.toString('latin1')).then((reply) => control.send(reply, from.port, from.address));
});
control.bind(Number(process.argv[2]), '127.0.0.1');
