import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkConfigFile } from '../../../src/config/check-config.js';
import { compareConfigs, defaultConfig } from '../../../src/config/config.js';
import { environmentName, OPTION_KEYS, optionRow, type OptionKey } from '../../../src/config/options.js';
import { describeProblem } from '../../../src/config/problems.js';
import { readConfig, type ConfigSources, type LoadedConfig } from '../../../src/config/read-config.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchor-config-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(path, text);
  return path;
}

function good(sources: Partial<ConfigSources>): LoadedConfig {
  const read = readConfig({ flags: {}, environment: {}, file: null, ...sources });
  if (!read.ok) throw new Error(read.error.map(describeProblem).join('\n'));
  return read.value;
}

function problems(sources: Partial<ConfigSources>): string[] {
  const read = readConfig({ flags: {}, environment: {}, file: null, ...sources });
  return read.ok
    ? []
    : read.error.map((problem) =>
        describeProblem(problem)
          .replaceAll(`${folder}/`, '')
          .replace(/\w+\.yaml/, 'anchor.yaml'),
      );
}

describe('defaults', () => {
  it('serve a laptop', () => {
    const { config } = good({});
    expect(config.listenNg).toEqual([{ address: '127.0.0.1', port: 2223 }]);
    expect(config.listenHttp).toEqual({ address: '127.0.0.1', port: 2225 });
    expect([config.portMin, config.portMax]).toEqual([30_000, 40_000]);
    expect(config.interfaces).toEqual([
      { name: 'default', address: '127.0.0.1', advertised: '127.0.0.1', family: 'IP4' },
    ]);
    expect([
      config.mediaTimeoutSeconds,
      config.silentTimeoutSeconds,
      config.offerTimeoutSeconds,
      config.finalTimeoutSeconds,
      config.deleteDelaySeconds,
    ]).toEqual([60, 3_600, 3_600, 0, 30]);
    expect(config.policy.offeredSuites).toEqual(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32']);
  });

  it('pass their own checks, each of them', () => {
    for (const key of OPTION_KEYS) expect(optionRow(key).kind.schema.safeParse(fileForm(key)).success, key).toBe(true);
  });

  it('are frozen to the bottom', () => {
    const config = defaultConfig();
    expect(() => Object.assign(config.policy, { secure: 'off' })).toThrow(TypeError);
    expect(() => Object.assign(config.trunkProfiles['twilio']!.policy, { secure: 'off' })).toThrow(TypeError);
  });
});

/** A default as the file would write it. */
function fileForm(key: OptionKey): unknown {
  const value = optionRow(key).default();
  if (key === 'listenNg') return ['127.0.0.1:2223'];
  if (key === 'listenHttp') return '127.0.0.1:2225';
  return key === 'interfaces' ? ['127.0.0.1'] : value;
}

describe('order', () => {
  it('is flag, environment, file, default', () => {
    const path = file('workers: 2\ntimeout: 11\nlog-level: debug\ntos: 0\n');
    const { config, origins } = good({
      file: path,
      environment: { SRTP_ANCHOR_TIMEOUT: '22', SRTP_ANCHOR_LOG_LEVEL: 'warn' },
      flags: { 'log-level': 'error' },
    });
    expect([config.workers, config.trafficClass, config.mediaTimeoutSeconds, config.logLevel]).toEqual([
      2,
      0,
      22,
      'error',
    ]);
    expect(origins.get('workers')).toBe(`${path}:1`);
    expect(origins.get('mediaTimeoutSeconds')).toBe('environment SRTP_ANCHOR_TIMEOUT');
    expect(origins.get('logLevel')).toBe('flag --log-level');
    expect(origins.has('portMin')).toBe(false);
  });

  it('holds for every option: each can come from each place', () => {
    const samples: Partial<Record<OptionKey, string>> = {
      listenNg: '127.0.0.2:1',
      listenNgTcp: '[::1]:2',
      ngAllow: '10.0.0.0/8',
      listenHttp: 'none',
      httpToken: '0123456789abcdef',
      httpAllowedHosts: 'relay.example',
      interfaces: 'out/127.0.0.1!192.0.2.1',
      webhookUrl: 'https://proxy.example/hook',
      offeredSuites: 'AEAD_AES_128_GCM',
      acceptedSuites: 'AEAD_AES_256_GCM',
      followOffererOrder: 'true',
      secure: 'required',
      allowUnencryptedSrtp: 'true',
      allowUnencryptedSrtcp: 'true',
      allowUnauthenticatedSrtp: 'true',
      writeLifetime: 'true',
      writePadding: 'false',
      trunkProfiles: '{carrier: {secure: required}}',
      cpus: '0,1',
      endpointLearning: 'off',
      logLevel: 'trace',
      logFormat: 'text',
      portMin: '30100',
      portMax: '30200',
      firstTag: '0',
      replayWindowPackets: '256',
      portsPerWorker: '100',
    };
    for (const key of OPTION_KEYS) {
      const { name } = optionRow(key);
      const text = samples[key] ?? '1';
      const fromFlag = good({ flags: { [name]: text } });
      const fromEnvironment = good({ environment: { [environmentName(name)]: text } });
      const yaml =
        key === 'httpToken' || key === 'logFormat'
          ? JSON.stringify(text)
          : text.includes('[') || key === 'cpus'
            ? `[${text.includes('[') ? JSON.stringify(text) : text}]`
            : text;
      const fromFile = good({ file: file(`${name}: ${yaml}\n`) });
      expect(compareConfigs(fromFlag.values, fromEnvironment.values), name).toEqual({ reloadable: [], restart: [] });
      expect(compareConfigs(fromFlag.values, fromFile.values), name).toEqual({ reloadable: [], restart: [] });
      if (key !== 'workers')
        expect(Object.values(compareConfigs(fromFlag.values, good({}).values)).flat(), name).toEqual([key]);
    }
  });

  it('lets a repeated flag, a comma and a YAML sequence make the same list', () => {
    const wanted = [
      { address: '127.0.0.1', port: 1 },
      { address: '::1', port: 2 },
    ];
    expect(good({ flags: { 'listen-ng': ['127.0.0.1:1', '[::1]:2'] } }).config.listenNg).toEqual(wanted);
    expect(good({ environment: { SRTP_ANCHOR_LISTEN_NG: '127.0.0.1:1, [::1]:2' } }).config.listenNg).toEqual(wanted);
    expect(good({ file: file('listen-ng: ["127.0.0.1:1", "[::1]:2"]') }).config.listenNg).toEqual(wanted);
  });
});

describe('what is wrong', () => {
  it('is told with the line, the value and what would be right', () => {
    const text =
      'log-level: info\nworkers: 200\n\nprot-min: 30000\nlisten-ng:\n  - 127.0.0.1:2223\n  - localhost:2223\n';
    expect(problems({ file: file(text) })).toEqual([
      'anchor.yaml:4: prot-min: unknown option; expected perhaps port-min',
      'anchor.yaml:2: workers: is 200; expected a whole number from 1 to 64',
      'anchor.yaml:7: listen-ng.1: is "localhost:2223"; expected an IPv4 or [IPv6] address; names are not looked up',
    ]);
  });

  it('is told for flags and variables by their names', () => {
    expect(
      problems({ flags: { tos: 'high' }, environment: { SRTP_ANCHOR_WORKRES: '2', SRTP_ANCHOR_TIMEOUT: '0' } }),
    ).toEqual([
      'environment SRTP_ANCHOR_WORKRES: SRTP_ANCHOR_WORKRES: unknown option; expected perhaps SRTP_ANCHOR_WORKERS',
      'environment SRTP_ANCHOR_TIMEOUT: timeout: is 0; expected a whole number from 1 to 86400',
      'flag --tos: tos: is "high"; expected a whole number from 0 to 255',
    ]);
  });

  it('is found inside trunk profiles', () => {
    const text =
      'trunk-profiles:\n  carrier:\n    secur: required\n  other:\n    secure: maybe\n    offered-suites: [AES_CM]\n';
    const found = problems({ file: file(text) });
    expect(found).toContain('anchor.yaml:3: trunk-profiles.carrier.secur: unknown setting; expected perhaps secure');
    expect(found).toContain(
      'anchor.yaml:5: trunk-profiles.other.secure: is "maybe"; expected one of off, preferred, required, as-signalled',
    );
    expect(
      found.some((line) =>
        line.startsWith(
          'anchor.yaml:6: trunk-profiles.other.offered-suites.0: is "AES_CM"; expected one of AES_CM_128',
        ),
      ),
    ).toBe(true);
  });

  it('never shows a secret, neither wrong nor right', () => {
    expect(problems({ environment: { SRTP_ANCHOR_HTTP_TOKEN: 'short-secret' } }).join()).not.toContain('short-secret');
    const { config } = good({ environment: { SRTP_ANCHOR_HTTP_TOKEN: 'long-enough-secret' } });
    for (const printed of [inspect(config, { depth: 9 }), JSON.stringify(config), String(config.httpToken)])
      expect(printed).not.toContain('long-enough');
    expect(config.httpToken?.matches('long-enough-secret')).toBe(true);
    expect(config.httpToken?.matches('long-enough-secreT')).toBe(false);
  });

  it.each([
    ['port-min: 40000\nport-max: 40000\n', 'port-max'],
    ['interface: [a/127.0.0.1, a/127.0.0.2]\n', 'names a twice'],
    ['interface: 0.0.0.0\n', 'unspecified'],
    ['interface: 127.0.0.1!::1\n', 'one family'],
    ['interface: []\n', 'at least one interface'],
    ['listen-ng: []\nlisten-http: none\n', 'at least one place'],
    ['webhook-url: ftp://x/\n', 'http:// or https://'],
    ['ng-allow: 10.0.0.0/33\n', 'network'],
    ['trunk-profiles: {a: {interface: nowhere}}\n', 'nowhere'],
    ['- workers\n', 'mapping'],
    ['workers: [1\n', 'is not YAML'],
    ['workers: 1\nworkers: 2\n', 'is not YAML'],
    ['workers:\n', 'workers'],
    ['first-tag: 2\n', 'first-tag'],
    ['replay-window: 64\n', 'from 128'],
  ])('%j is refused', (text, reason) => {
    expect(problems({ file: file(text) }).join('\n')).toContain(reason);
  });

  it('is said when the file is not there', () => {
    expect(problems({ file: '/nonexistent/anchor.yaml' })).toEqual([
      '/nonexistent/anchor.yaml: the file: cannot be read (ENOENT); expected a readable YAML file',
    ]);
  });
});

describe('trunk profiles', () => {
  it('take from the default policy what they do not say, and replace a built-in of the same name', () => {
    const { config } = good({
      file: file(
        'secure: required\ntrunk-profiles:\n  carrier: {offered-suites: [aes_cm_128_hmac_sha1_32], source-networks: [192.0.2.0/24, 198.51.100.7]}\n  teams: {secure: off}\n',
      ),
    });
    expect(config.trunkProfiles['carrier']).toMatchObject({
      policy: { secure: 'required', offeredSuites: ['AES_CM_128_HMAC_SHA1_32'] },
      sourceNetworks: ['192.0.2.0/24', '198.51.100.7/32'],
      interface: null,
    });
    expect(config.trunkProfiles['teams']?.policy).toMatchObject({ secure: 'off', firstTag: 1 });
    expect(config.trunkProfiles['twilio']?.policy.secure).toBe('required');
  });
});

describe('warnings', () => {
  it('come when a listener is beyond loopback and its guard is not', () => {
    expect(good({ flags: { 'listen-ng': ['192.0.2.1:2223'], 'listen-http': '192.0.2.1:2225' } }).warnings).toHaveLength(
      2,
    );
    expect(good({ flags: { 'listen-ng': ['192.0.2.1:2223'], 'ng-allow': ['192.0.2.0/24'] } }).warnings).toEqual([]);
    expect(good({}).warnings).toEqual([]);
  });

  it('come when a protection of SRTP is switched off', () => {
    expect(good({ flags: { 'allow-unencrypted-srtp': true } }).warnings).toHaveLength(1);
  });
});

describe('a reload', () => {
  it('tells what applies at once from what needs a restart', () => {
    const before = good({ flags: { 'http-token': '0123456789abcdef' } });
    const after = good({ flags: { 'max-sessions': '5', workers: '7', 'http-token': '0123456789abcdeX' } });
    expect(compareConfigs(before.values, after.values)).toEqual({
      reloadable: ['maxSessions'],
      restart: ['httpToken', 'workers'],
    });
  });
});

describe('check-config', () => {
  it('says ok, or every problem', () => {
    expect(checkConfigFile(file('workers: 1\n'))).toMatchObject({ good: true });
    expect(checkConfigFile(file('workers: 0\ntimeout: x\n'))).toMatchObject({ good: false, lines: { length: 2 } });
  });
});
