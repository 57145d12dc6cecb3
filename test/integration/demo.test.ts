import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { DemoReport } from '../../src/demo/demo.js';

const run = promisify(execFile);

describe('srtp-anchor demo', () => {
  it('carries a tone each way between a plain and a secure end, and says so, in under ten seconds', async () => {
    const started = performance.now();
    const { stdout } = await run('bin/srtp-anchor', ['demo', '--seconds', '2']);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(stdout).toContain('AES_CM_128_HMAC_SHA1_80');
    expect(stdout).toMatch(/OK: audio both ways/);
  });

  it('counts what was sent, relayed and heard, and rejects nothing', async () => {
    const { stdout } = await run('bin/srtp-anchor', ['demo', '--seconds', '1', '--json']);
    const report = JSON.parse(stdout) as DemoReport;
    expect(report).toMatchObject({
      ok: true,
      relayed: 100,
      plain: { sent: 50, received: 50, rejected: 0, heard: true },
      secure: { sent: 50, received: 50, rejected: 0, heard: true },
    });
    expect(report.plain.wantedLevel).toBeGreaterThan(-15);
    expect(report.plain.otherLevel).toBeLessThan(report.plain.wantedLevel - 20);
  });
});
