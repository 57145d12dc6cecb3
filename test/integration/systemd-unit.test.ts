import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../src/config/config.js';
import { serviceNotifier, watchdogInterval } from '../../src/http/service-notifier.js';
import { EVENT_LOOP_STALL_MILLISECONDS } from '../../src/http/health.js';
import { WORKER_STALL_MILLISECONDS } from '../../src/relay/relay.js';

const unit = join(import.meta.dirname, '../../deploy/systemd/srtp-anchor.service');
const settings = readFileSync(unit, 'utf8');

/** A service manager's ear: prints every datagram that comes to the socket, on one line. Perl is part of Debian's base. */
const LISTENER =
  'use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; $| = 1; print "bound\n"; while (1) { recv(S, $m, 65536, 0); $m =~ s/\n/|/g; print "$m\n" if $m ne "BARRIER=1"; }';

let folder: string;
let listener: ChildProcess;
let heard: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'anchor-notify-'));
  heard = [];
  listener = spawn('perl', ['-e', LISTENER, join(folder, 'socket')], { stdio: ['ignore', 'pipe', 'inherit'] });
  listener.stdout?.on('data', (part: Buffer) => heard.push(...part.toString().trim().split('\n')));
  await expect.poll(() => heard).toEqual(['bound']);
  heard.length = 0;
});

afterEach(() => {
  listener.kill();
  rmSync(folder, { recursive: true });
});

describe('the notifier', () => {
  it('tells the service manager what is said, in order, and whatever characters it has', async () => {
    const notifier = serviceNotifier({ NOTIFY_SOCKET: join(folder, 'socket'), PATH: process.env['PATH'] });
    notifier.ready("it's *up* at $HOME; `date`|x\ny");
    notifier.alive();
    notifier.status('3 calls');
    notifier.stopping('draining');
    notifier.close();
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(4);
    expect(heard.map((message) => message.replace(/\|$/, ''))).toEqual([
      "READY=1|STATUS=it's *up* at $HOME; `date` x y",
      'WATCHDOG=1',
      'STATUS=3 calls',
      'STOPPING=1|STATUS=draining',
    ]);
  });

  it('does not hold the process, nor fail it, when nobody listens', () => {
    const notifier = serviceNotifier({ NOTIFY_SOCKET: join(folder, 'nobody'), PATH: '/nonexistent' });
    for (let message = 0; message < 100; message++) notifier.alive();
    notifier.close();
  });
});

describe('the unit', () => {
  it('is exposed less than 3 of 10 by the judgement of systemd-analyze', () => {
    const judged = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=30', '--no-pager', unit]);
    expect(judged.stdout.toString()).toMatch(/Overall exposure level for srtp-anchor\.service: [0-2]\.\d/);
    expect(judged.status).toBe(0);
  });

  it('holds no setting that systemd does not know', () => {
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit]);
    const complaints = stderr
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.includes('/usr/bin/srtp-anchor is not executable'));
    expect(complaints).toEqual([]);
  });

  it('has every protection of the list, and not the one that kills the JavaScript engine', () => {
    const wanted = [
      'Type=notify',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'PrivateTmp=yes',
      'PrivateDevices=yes',
      'RestrictNamespaces=yes',
      'SystemCallFilter=@system-service',
      'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
      'LimitCORE=0',
      'CapabilityBoundingSet=',
      'DynamicUser=yes',
    ];
    for (const line of wanted) expect(settings.split('\n')).toContain(line);
    expect(settings).not.toMatch(/^MemoryDenyWriteExecute=/m);
    expect(Number(/^LimitNOFILE=(\d+)$/m.exec(settings)?.[1])).toBeGreaterThanOrEqual(4 * 50_000);
  });

  it('waits longer than a drain takes, and its watchdog longer than a stall that health tolerates', () => {
    expect(settings).toContain('TimeoutStopSec=1h 5min');
    expect(defaultConfig().drainTimeoutSeconds).toBeGreaterThan(0);
    expect(defaultConfig().drainTimeoutSeconds).toBeLessThan(65 * 60);
    const watchdogMilliseconds = Number(/^WatchdogSec=(\d+)$/m.exec(settings)?.[1]) * 1_000;
    expect(watchdogInterval({ WATCHDOG_USEC: String(watchdogMilliseconds * 1_000) }, 1)).toBe(watchdogMilliseconds / 2);
    expect(watchdogMilliseconds / 2).toBeGreaterThan(
      Math.max(WORKER_STALL_MILLISECONDS, EVENT_LOOP_STALL_MILLISECONDS),
    );
  });
});
