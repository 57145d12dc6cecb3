import { request } from 'node:http';
import type { Anchor } from './anchor.js';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly octets: Buffer;
}

/** An HTTP request to the anchor from inside its host; `from` is the address that it comes from. */
export async function httpRequest(
  anchor: Pick<Anchor, 'host' | 'http'>,
  path: string,
  method = 'GET',
  body: string | Buffer = '',
  from?: string,
): Promise<HttpReply> {
  const socket = await anchor.host.connect(anchor.http.address, anchor.http.port, from);
  return new Promise((resolve, reject) => {
    const headers = { connection: 'close', host: `${anchor.http.address}:${anchor.http.port}` };
    const outgoing = request({ path, method, headers, createConnection: () => socket }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const octets = Buffer.concat(chunks);
        const { statusCode: status = 0, headers } = incoming;
        resolve({ status, headers, body: octets.toString('utf8'), octets });
      });
    });
    outgoing.setTimeout(5_000, () => outgoing.destroy(new Error(`${path} took more than 5 s`)));
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Reads the Prometheus text format. */
export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (line.startsWith('#') || match === null) return [];
    const [, name = '', labelText = '', value = ''] = match;
    const labels = Object.fromEntries(
      [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, k = '', v = '']) => [k, v]),
    );
    return [{ name, labels, value: Number(value) }];
  });
}

export async function readMetrics(anchor: Anchor): Promise<Sample[]> {
  const { status, body } = await httpRequest(anchor, '/metrics');
  if (status !== 200) throw new Error(`/metrics answered ${status}: ${body.slice(0, 200)}`);
  return parseMetrics(body);
}

/** The sum over all samples of a name whose labels include the given ones. */
export function total(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  return samples
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

export type DropCounts = Readonly<Record<string, number>>;

/** Packets dropped so far, by reason. */
export async function readDrops(anchor: Anchor): Promise<DropCounts> {
  const name = 'srtp_anchor_packets_dropped_total';
  const samples = (await readMetrics(anchor)).filter((sample) => sample.name === name);
  const drops: Record<string, number> = {};
  for (const { labels, value } of samples) {
    const reason = labels['reason'] ?? '';
    drops[reason] = (drops[reason] ?? 0) + value;
  }
  return drops;
}

/** What was dropped between two readings; only the reasons that moved. */
export function dropsSince(before: DropCounts, after: DropCounts): DropCounts {
  const reasons = new Set([...Object.keys(before), ...Object.keys(after)]);
  const moved = [...reasons].map((reason) => [reason, (after[reason] ?? 0) - (before[reason] ?? 0)] as const);
  return Object.fromEntries(moved.filter(([, count]) => count !== 0));
}
