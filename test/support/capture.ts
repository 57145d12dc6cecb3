import type { TestHost } from './host.js';
import { readPcap, type CapturedDatagram } from './pcap.js';
import type { RunningProcess } from './process.js';
import { sleep } from './wait.js';

/** tshark on the loopback of a test host. */
export class Capture {
  private constructor(
    readonly path: string,
    readonly process: RunningProcess,
  ) {}

  static async start(host: TestHost, path: string, filter = 'udp'): Promise<Capture> {
    // -F pcap: the classic format; -q: no counting on the terminal; -n: no name look-ups.
    const args = ['-i', 'lo', '-n', '-q', '-F', 'pcap', '-f', filter, '-w', path];
    const child = host.spawn('tshark', 'tshark', args);
    await child.waitForOutput(/Capturing on/, 20_000);
    // tshark says so a moment before its capture child has opened the interface.
    await sleep(500);
    return new Capture(path, child);
  }

  async stop(): Promise<CapturedDatagram[]> {
    await sleep(200);
    await this.process.stop(5_000, 'SIGINT');
    return readPcap(this.path);
  }
}
