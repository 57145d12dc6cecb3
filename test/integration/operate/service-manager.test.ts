import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from '../../support/host.js';
import { RelayProcess } from '../../support/relay-process.js';
import { TempDirectory } from '../../support/temp-directory.js';

/** A service manager's ear: prints every datagram that comes to the socket, on one line. Perl is part of Debian's base. */
const LISTENER =
  'use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; $| = 1; print "bound\n"; while (1) { recv(S, $m, 65536, 0); $m =~ s/\n/|/g; print "$m\n"; }';

let temp: TempDirectory;
let listener: ChildProcess;
let heard = '';

beforeEach(async () => {
  temp = new TempDirectory('notify');
  listener = spawn('perl', ['-e', LISTENER, join(temp.path, 'socket')], { stdio: ['ignore', 'pipe', 'inherit'] });
  listener.stdout?.on('data', (part: Buffer) => (heard += part.toString()));
  await expect.poll(() => heard).toContain('bound\n');
});

afterEach(() => {
  listener.kill();
  temp.remove();
});

function count(message: string): number {
  return heard.split(/[\n|]/).filter((line) => line === message).length;
}

describe('a relay under a service manager', () => {
  it('says when it is ready, feeds the watchdog while all workers turn, and says when it leaves', async () => {
    const host = await TestHost.open();
    try {
      const relay = await RelayProcess.start(host, {
        environment: { NOTIFY_SOCKET: join(temp.path, 'socket'), WATCHDOG_USEC: '1000000' },
      });
      await expect.poll(() => count('READY=1'), { timeout: 10_000 }).toBe(1);
      const fed = count('WATCHDOG=1');
      // Twice as often as the service manager wants.
      await expect.poll(() => count('WATCHDOG=1') - fed, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
      relay.process.signal('SIGTERM');
      await relay.process.exit(5_000);
      await expect.poll(() => count('STOPPING=1'), { timeout: 10_000 }).toBe(1);
    } finally {
      await host.close();
    }
  });
});
