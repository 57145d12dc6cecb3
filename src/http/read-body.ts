import type { IncomingMessage } from 'node:http';

/** The whole body, or null when it is longer than `mostOctets`. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage, mostOctets: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > mostOctets) return null;
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    octets += part.length;
    if (octets > mostOctets) return null;
    parts.push(part);
  }
  return Buffer.concat(parts, octets);
}
