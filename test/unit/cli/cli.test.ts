import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli, type CliHandlers, type ConfigHandle } from '../../../src/cli/cli.js';
import type { CtlCommand } from '../../../src/ctl/ctl-command.js';
import { OPTION_KEYS, optionRow } from '../../../src/config/options.js';

let folder: string;
let seen: { name: string; request: unknown }[];
let out: string;
let err: string;
let environment: Record<string, string>;

const handlers: CliHandlers = {
  serve: (request) => note('serve', request),
  ctl: (request) => note('ctl', request),
  explain: (request) => note('explain', request),
  demo: (request) => note('demo', request),
  bench: (request) => note('bench', request),
};

function note(name: string, request: unknown): Promise<number> {
  seen.push({ name, request });
  return Promise.resolve(0);
}

async function run(...args: string[]): Promise<number> {
  return runCli(args, handlers, { out: (text) => (out += text), err: (text) => (err += text), environment });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchor-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  seen = [];
  out = '';
  err = '';
  environment = {};
});

describe('serve', () => {
  it('hands over the configuration from flags, environment and file, and a way to read it again', async () => {
    const file = join(folder, 'anchor.yaml');
    writeFileSync(file, 'timeout: 5\nworkers: 2\n');
    environment = { SRTP_ANCHOR_WORKERS: '3' };
    expect(
      await run(
        'serve',
        '--config',
        file,
        '--listen-ng',
        '127.0.0.1:1',
        '--listen-ng',
        '[::1]:2',
        '--write-lifetime',
        '--interface',
        'a/127.0.0.1!192.0.2.1',
      ),
    ).toBe(0);
    const { loaded, read } = seen[0]?.request as ConfigHandle;
    expect(loaded.config).toMatchObject({
      mediaTimeoutSeconds: 5,
      workers: 3,
      writeLifetime: true,
      listenNg: [{ port: 1 }, { address: '::1', port: 2 }],
      interfaces: [{ name: 'a', advertised: '192.0.2.1' }],
    });
    writeFileSync(file, 'timeout: 6\n');
    const again = read();
    expect(again.ok && again.value.config.mediaTimeoutSeconds).toBe(6);
  });

  it('finds its file by SRTP_ANCHOR_CONFIG too', async () => {
    environment = { SRTP_ANCHOR_CONFIG: join(folder, 'none.yaml') };
    expect(await run('serve')).toBe(3);
    expect(err).toContain('none.yaml');
  });

  it('has a flag for every option, and each shows in the help', async () => {
    expect(await run('serve', '--help')).toBe(0);
    for (const key of OPTION_KEYS) expect(out).toContain(`--${optionRow(key).name} `);
  });

  it('prints every problem and answers 3', async () => {
    expect(await run('serve', '--workers', '0', '--tos', '300')).toBe(3);
    expect(err.trim().split('\n')).toHaveLength(2);
    expect(seen).toEqual([]);
  });
});

describe('a wrong command line', () => {
  it.each([
    [['serve', '--wrokers', '2'], '--workers'],
    [['serv'], 'serve'],
    [['ctl', 'lst'], 'list'],
    [['serve', '--workers'], 'argument missing'],
    [['check-config'], 'missing required argument'],
    [['ctl', 'show'], 'missing required argument'],
    [['ctl', 'loglevel', 'loud'], 'trace, debug'],
    [['ctl', 'list', '--limit', '0'], 'whole number'],
    [['ctl', 'stats', '--url', 'here'], 'http://127.0.0.1:2225'],
    [['demo', '--seconds', '0'], '1 to 60'],
    [['completion', 'csh'], 'bash, zsh, fish'],
    [['serve', 'extra'], 'too many arguments'],
  ])('%j answers 2 with a hint', async (args, hint) => {
    expect(await run(...args)).toBe(2);
    expect(err).toContain(hint);
    expect(seen).toEqual([]);
  });
});

describe('the other commands', () => {
  it('print the version and the help', async () => {
    expect(await run('--version')).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await run('--help')).toBe(0);
    expect(out).toContain('Exit codes');
  });

  it('judge a configuration file', async () => {
    const file = join(folder, 'check.yaml');
    writeFileSync(file, 'workers: 1\n');
    expect(await run('check-config', file)).toBe(0);
    expect(out).toBe(`${file}: ok\n`);
    writeFileSync(file, 'workers: 0\n');
    expect(await run('check-config', file)).toBe(3);
    expect(err).toContain(`${file}:1: workers: is 0`);
  });

  it('parse what ctl is asked', async () => {
    environment = { SRTP_ANCHOR_URL: 'http://10.0.0.1:80/', SRTP_ANCHOR_TOKEN: 'sesame' };
    await run('ctl', 'show', 'a@b', '--json');
    await run('ctl', 'terminate', 'a@b', '--url', 'http://[::1]:1', '--token', 'other');
    await run('ctl', 'top', '--interval', '5', '--rounds', '1');
    expect(seen.map(({ request }) => request as CtlCommand)).toEqual([
      { action: 'show', callId: 'a@b', url: 'http://10.0.0.1:80', token: 'sesame', json: true },
      { action: 'terminate', callId: 'a@b', url: 'http://[::1]:1', token: 'other', json: false },
      { action: 'top', intervalSeconds: 5, rounds: 1, url: 'http://10.0.0.1:80', token: 'sesame', json: false },
    ]);
  });

  it('never show the token of the environment in the help', async () => {
    environment = { SRTP_ANCHOR_TOKEN: 'sesame-open' };
    await run('ctl', 'drain', '--help');
    expect(out).not.toContain('sesame-open');
  });

  it('pass everything after bench on, --help too', async () => {
    await run('bench', 'run', '--help', '--rate', '5', 'x');
    expect(seen).toEqual([{ name: 'bench', request: ['run', '--help', '--rate', '5', 'x'] }]);
  });

  it('explain under the policy that is configured', async () => {
    await run('explain', 'offer.sdp', '--offered-suites', 'AEAD_AES_128_GCM', '--json');
    expect(seen[0]?.request).toMatchObject({
      file: 'offer.sdp',
      json: true,
      config: { config: { policy: { offeredSuites: ['AEAD_AES_128_GCM'] } } },
    });
    await run('explain');
    expect(seen[1]?.request).toMatchObject({ file: null });
  });
});

describe('completion', () => {
  it('gives scripts that the shells accept and that know our words', async () => {
    await run('completion', 'bash');
    const script = out;
    const complete = (line: string): string[] => {
      const words = line.split(' ');
      const list = words.map((word) => `'${word}'`).join(' ');
      const test = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _srtp_anchor; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', test]).toString().trim().split('\n');
    };
    expect(complete('srtp-anchor ch')).toEqual(['check-config']);
    expect(complete('srtp-anchor serve --silent')).toEqual(['--silent-timeout']);
    expect(complete('srtp-anchor serve --workers 2 --silent')).toEqual(['--silent-timeout']);
    expect(complete('srtp-anchor ctl term')).toEqual(['terminate']);
    expect(complete('srtp-anchor ctl show --js')).toEqual(['--json']);
  });

  it.each(['zsh', 'fish'])('knows %s', async (shell) => {
    expect(await run('completion', shell)).toBe(0);
    for (const word of ['check-config', 'silent-timeout', 'terminate']) expect(out).toContain(word);
  });
});
