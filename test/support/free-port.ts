import { UdpEndpoint } from './udp-endpoint.js';
import type { TestHost } from './host.js';

/** A UDP port that nobody had a moment ago. Under a host of the test's own nobody else can take it. */
export async function freeUdpPort(host: TestHost, address = '127.0.0.1'): Promise<number> {
  const endpoint = await UdpEndpoint.open(host, address);
  const { port } = endpoint.local;
  await endpoint.close();
  return port;
}

/** A TCP port that nobody had a moment ago. */
export async function freeTcpPort(host: TestHost, address = '127.0.0.1'): Promise<number> {
  const server = await host.listen(address, 0);
  const bound = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return bound.port;
}
