import { fileURLToPath } from 'node:url';
import type { Anchor } from '../../support/anchor.js';

const ATTACKER = fileURLToPath(new URL('./http-attacker.mjs', import.meta.url));

export interface HttpAttack {
  readonly kind: 'unread-events' | 'unread-websockets' | 'slow-readers' | 'pipeliners' | 'half-open';
  /** At the same time. */
  readonly connections: number;
  readonly seconds: number;
}

export interface HttpAttackResult {
  /** Connections that the attacker saw closed by the relay; one that neither reads nor writes sees nothing. */
  readonly closed: number;
}

/** HTTP clients that harm, from a process and an address of their own; resolves when it has ended. */
export async function attackHttp(anchor: Anchor, attack: HttpAttack): Promise<HttpAttackResult> {
  const frame = maskedFrame('1 d7:command10:statisticse').toString('base64');
  const order = { ...anchor.http, source: '127.0.0.66', ...attack, frame, upgrade: upgradeRequest(anchor) };
  const { code, stdout, stderr } = await anchor.host.run(process.execPath, [ATTACKER, JSON.stringify(order)]);
  if (code !== 0) throw new Error(`the attacker failed: ${stderr}`);
  return JSON.parse(stdout) as HttpAttackResult;
}

function upgradeRequest({ http }: Anchor): string {
  return [
    'GET /ng HTTP/1.1',
    `Host: ${http.address}:${http.port}`,
    ...['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
    ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol: ng.rtpengine.com', '\r\n'],
  ].join('\r\n');
}

/** A text frame from a client, its mask all zeros (RFC 6455 §5.2). */
function maskedFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}
