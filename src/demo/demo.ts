import { randomBytes } from 'node:crypto';
import { isDictionary, type NgDictionary } from '../control/ng-value.js';
import type { SocketAddress } from '../relay/addon.js';
import { DemoSrtp } from './demo-srtp.js';
import { NgClient } from './ng-client.js';
import { ToneParty, type ToneResult } from './tone-party.js';

const HOST = '127.0.0.1';
const PLAIN_TONE = 440;
const SECURE_TONE = 880;
const SUITE = 'AES_CM_128_HMAC_SHA1_80';

export interface DemoReport {
  readonly suite: string;
  readonly plain: ToneResult;
  readonly secure: ToneResult;
  /** Datagrams that the relay took in and passed on. */
  readonly relayed: number;
  readonly ok: boolean;
}

/** One call through the relay that listens at `control`: a plain end offers, a secure end answers, each sends a tone and listens for the other's. */
export async function runDemo(control: SocketAddress, seconds: number): Promise<DemoReport> {
  const proxy = await NgClient.connect(control);
  const plain = await ToneParty.open(HOST, PLAIN_TONE);
  const secure = await ToneParty.open(HOST, SECURE_TONE);
  try {
    const ports = await signal(proxy, plain, secure);
    const packets = seconds * 50;
    await Promise.all([plain.send(ports.facingPlain, packets), secure.send(ports.facingSecure, packets)]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const query = await proxy.request({ command: 'query', 'call-id': 'demo' });
    await proxy.request({ command: 'delete', 'call-id': 'demo', 'delete-delay': 0 });
    const results = { plain: plain.result(SECURE_TONE), secure: secure.result(PLAIN_TONE) };
    return {
      suite: SUITE,
      ...results,
      relayed: relayedPackets(query),
      ok: results.plain.heard && results.secure.heard,
    };
  } finally {
    proxy.close();
    plain.close();
    secure.close();
  }
}

/** What the proxy would do: offer, answer, and the two SDPs to the two ends. */
async function signal(
  proxy: NgClient,
  plain: ToneParty,
  secure: ToneParty,
): Promise<{ facingPlain: SocketAddress; facingSecure: SocketAddress }> {
  const common = { 'call-id': 'demo', 'from-tag': 'plain', replace: ['origin'] };
  const offered = sdpOf(
    await proxy.request({
      ...common,
      command: 'offer',
      'transport-protocol': 'RTP/SAVP',
      sdp: sdp(plain.port, 'RTP/AVP', ''),
    }),
  );
  const keySalt = randomBytes(30);
  const line = new RegExp(`a=crypto:(\\d+) ${SUITE} inline:([A-Za-z0-9+/=]+)`).exec(offered);
  if (line === null) throw new Error(`the relay did not offer ${SUITE}`);
  secure.secure(new DemoSrtp(keySalt), new DemoSrtp(Buffer.from(line[2] ?? '', 'base64')));
  const crypto = `a=crypto:${line[1] ?? ''} ${SUITE} inline:${keySalt.toString('base64')}\r\n`;
  const answered = sdpOf(
    await proxy.request({
      ...common,
      command: 'answer',
      'to-tag': 'secure',
      sdp: sdp(secure.port, 'RTP/SAVP', crypto),
    }),
  );
  return { facingPlain: mediaAddress(answered), facingSecure: mediaAddress(offered) };
}

function sdp(port: number, protocol: string, attributes: string): string {
  return (
    `v=0\r\no=- 1 1 IN IP4 ${HOST}\r\ns=-\r\nc=IN IP4 ${HOST}\r\nt=0 0\r\n` +
    `m=audio ${port} ${protocol} 0\r\na=rtpmap:0 PCMU/8000\r\n${attributes}`
  );
}

function sdpOf(reply: NgDictionary): string {
  const text = reply.get('sdp');
  if (typeof text !== 'string') throw new Error(`the relay answered: ${reasonOf(reply)}`);
  return text;
}

function reasonOf(reply: NgDictionary): string {
  const reason = reply.get('error-reason');
  return typeof reason === 'string' ? reason : 'nothing';
}

function mediaAddress(text: string): SocketAddress {
  const port = /^m=audio (\d+) /m.exec(text)?.[1];
  const address = /^c=IN IP4 (\S+)/m.exec(text)?.[1];
  if (port === undefined || address === undefined) throw new Error('the relay named no media address');
  return { address, port: Number(port) };
}

function relayedPackets(query: NgDictionary): number {
  const totals = query.get('totals');
  const rtp = totals !== undefined && isDictionary(totals) ? totals.get('RTP') : undefined;
  const packets = rtp !== undefined && isDictionary(rtp) ? rtp.get('packets') : undefined;
  return typeof packets === 'number' ? packets : 0;
}
