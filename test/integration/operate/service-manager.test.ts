import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from '../../support/host.js';
import { NotifyListener } from '../../support/notify-listener.js';
import { RelayProcess } from '../../support/relay-process.js';

let manager: NotifyListener;

beforeEach(async () => {
  manager = await NotifyListener.open();
});

afterEach(async () => {
  await manager.close();
});

describe('a relay under a service manager', () => {
  it('says when it is ready, feeds the watchdog while all workers turn, and says when it leaves', async () => {
    const host = await TestHost.open();
    try {
      const relay = await RelayProcess.start(host, {
        environment: { NOTIFY_SOCKET: manager.path, WATCHDOG_USEC: '1000000' },
      });
      await expect.poll(() => manager.count('READY=1'), { timeout: 10_000 }).toBe(1);
      const fed = manager.count('WATCHDOG=1');
      // Twice as often as the service manager wants.
      await expect.poll(() => manager.count('WATCHDOG=1') - fed, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
      relay.process.signal('SIGTERM');
      await relay.process.exit(5_000);
      await expect.poll(() => manager.count('STOPPING=1'), { timeout: 10_000 }).toBe(1);
    } finally {
      await host.close();
    }
  });
});
