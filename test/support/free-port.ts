import { UdpEndpoint } from './udp-endpoint.js';
import type { TestHost } from './host.js';

/**
 * Below the relay's ports and those that the kernel hands out: a party whose media socket gets the number of the
 * relay's HTTP port would be refused, as one that names a port of the relay itself.
 */
const FIRST = 12_000;
const LAST = 19_999;

async function firstFree(opens: (port: number) => Promise<void>): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    try {
      await opens(port);
      return port;
    } catch (error) {
      if (attempt === 50) throw error;
    }
  }
}

/** A UDP port that nobody had a moment ago. Under a host of the test's own nobody else can take it. */
export async function freeUdpPort(host: TestHost, address = '127.0.0.1'): Promise<number> {
  return firstFree(async (port) => {
    const endpoint = await UdpEndpoint.open(host, address, port);
    await endpoint.close();
  });
}

/** A TCP port that nobody had a moment ago. */
export async function freeTcpPort(host: TestHost, address = '127.0.0.1'): Promise<number> {
  return firstFree(async (port) => {
    const server = await host.listen(address, port);
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
}
