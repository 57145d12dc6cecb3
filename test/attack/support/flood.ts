import { fileURLToPath } from 'node:url';
import type { TestHost } from '../../support/host.js';
import type { SocketAddress } from '../../support/udp-endpoint.js';

const FLOODER = fileURLToPath(new URL('./flooder.mjs', import.meta.url));

export interface FloodOptions {
  readonly kind: 'ssrcs' | 'forged' | 'garbage';
  readonly count: number;
  /** Datagrams a second; 0 = as fast as one process can. */
  readonly rate: number;
  readonly to: SocketAddress;
  readonly source?: string;
}

export interface FloodResult {
  readonly sent: number;
  readonly seconds: number;
}

/** A flood from a process of its own; resolves when the last datagram has left. */
export async function flood(host: TestHost, { kind, count, rate, to, source }: FloodOptions): Promise<FloodResult> {
  const order = { kind, count, rate, address: to.address, port: to.port, source: source ?? '127.0.0.66' };
  const { code, stdout, stderr } = await host.run(process.execPath, [FLOODER, JSON.stringify(order)]);
  if (code !== 0) throw new Error(`the flooder failed: ${stderr}`);
  return JSON.parse(stdout) as FloodResult;
}

/** Floods last longer by command: SRTP_ANCHOR_FLOOD_SECONDS. */
export function floodSeconds(fallback: number): number {
  return Number(process.env['SRTP_ANCHOR_FLOOD_SECONDS'] ?? fallback);
}
