import type { Socket } from 'node:dgram';
import type { TestHost } from './host.js';
import { sleep, waitFor } from './wait.js';

export interface SocketAddress {
  readonly address: string;
  /** 1–65535. */
  readonly port: number;
}

export interface ReceivedPacket {
  readonly data: Buffer;
  readonly from: SocketAddress;
  /** performance.now() at receipt, milliseconds. */
  readonly at: number;
}

/** A bound UDP socket that records every datagram with its source. */
export class UdpEndpoint {
  readonly received: ReceivedPacket[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (data, { address, port }) => {
      this.received.push({ data, from: { address, port }, at: performance.now() });
    });
    socket.on('error', () => undefined);
  }

  /** Port 0 lets the kernel choose. */
  static async open(host: TestHost, address = '127.0.0.1', port = 0): Promise<UdpEndpoint> {
    return new UdpEndpoint(await host.udpSocket(address, port));
  }

  /** An even port and the one above it: RTP and RTCP. */
  static async openPair(host: TestHost, address = '127.0.0.1'): Promise<[UdpEndpoint, UdpEndpoint]> {
    for (let attempt = 0; attempt < 50; attempt++) {
      const first = await UdpEndpoint.open(host, address);
      const { port } = first.local;
      if (port % 2 === 0) {
        const second = await UdpEndpoint.open(host, address, port + 1).catch(() => undefined);
        if (second !== undefined) return [first, second];
      }
      await first.close();
    }
    throw new Error('no even port with a free one above it');
  }

  get local(): SocketAddress {
    const { address, port } = this.#socket.address();
    return { address, port };
  }

  async send(data: Uint8Array, to: SocketAddress): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(data, to.port, to.address, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** The packets, once at least `count` have come. */
  async waitForPackets(count: number, timeoutMilliseconds = 5_000): Promise<readonly ReceivedPacket[]> {
    const started = this.received.length;
    return waitFor(
      `${count} packets on port ${this.local.port} (${started} at the start)`,
      () => this.received.length >= count && this.received,
      { timeoutMilliseconds, intervalMilliseconds: 5 },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; ${this.received.length} came`, { cause: error });
    });
  }

  /** Waits until nothing has come for `quietMilliseconds`; for showing that nothing arrives. */
  async settle(quietMilliseconds = 150, timeoutMilliseconds = 10_000): Promise<readonly ReceivedPacket[]> {
    const deadline = performance.now() + timeoutMilliseconds;
    let count = -1;
    while (count !== this.received.length && performance.now() < deadline) {
      count = this.received.length;
      await sleep(quietMilliseconds);
    }
    return this.received;
  }

  /** Takes what has come so far out of the record. */
  take(): ReceivedPacket[] {
    return this.received.splice(0);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      try {
        this.#socket.close(() => resolve());
      } catch {
        resolve(); // The host has closed it.
      }
    });
  }
}
