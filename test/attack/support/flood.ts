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
  /** Of `forged`: the stream that is attacked. */
  readonly ssrc?: number;
}

export interface FloodResult {
  readonly sent: number;
  readonly seconds: number;
}

/** A flood from a process of its own; resolves when the last datagram has left. */
export async function flood(host: TestHost, { to, ...options }: FloodOptions): Promise<FloodResult> {
  const order = { source: '127.0.0.66', ssrc: 0x12345678, ...to, ...options };
  const { code, stdout, stderr } = await host.run(process.execPath, [FLOODER, JSON.stringify(order)], {
    timeoutMilliseconds: 120_000,
  });
  if (code !== 0) throw new Error(`the flooder failed: ${stderr}`);
  return JSON.parse(stdout) as FloodResult;
}

const SECONDS = process.env['SRTP_ANCHOR_FLOOD_SECONDS'];

/** Floods last longer by command: SRTP_ANCHOR_FLOOD_SECONDS, which also has the figures printed. */
export function floodSeconds(fallback: number): number {
  return Number(SECONDS ?? fallback);
}

export function report(figures: string): void {
  if (SECONDS !== undefined) console.log(figures);
}
