import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src/config/config.js';
import { describeProblem } from '../../../src/config/problems.js';
import { readConfig } from '../../../src/config/read-config.js';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: {
    readonly readOnlyRootFilesystem: boolean;
    readonly allowPrivilegeEscalation: boolean;
    readonly capabilities: { readonly drop: readonly string[] };
  };
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

interface Manifest {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template: {
      readonly spec: {
        readonly hostNetwork: boolean;
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: { readonly runAsNonRoot: boolean };
        readonly containers: readonly Container[];
      };
    };
  };
}

describe('the Kubernetes manifest', () => {
  const manifests = parseAllDocuments(read('deploy/kubernetes/srtp-anchor.yaml')).map(
    (document) => document.toJS() as Manifest,
  );
  const find = (kind: string): Manifest => manifests.find((manifest) => manifest.kind === kind)!;
  const pod = find('DaemonSet').spec!.template.spec;
  const container = pod.containers[0]!;

  it('holds a configuration that the relay accepts, with the variables that it sets', () => {
    const folder = mkdtempSync(join(tmpdir(), 'anchor-k8s-'));
    const file = join(folder, 'anchor.yaml');
    writeFileSync(file, find('ConfigMap').data!['anchor.yaml']!);
    const variables = container.env
      .filter(({ name }) => name.startsWith('SRTP_ANCHOR_'))
      .map(({ name, value }) => [
        name,
        value?.replace('$(NODE_IP)', '10.1.2.3') ?? find('Secret').stringData!['http-token']!,
      ]);
    const config = readConfig({
      flags: {},
      environment: Object.fromEntries(variables) as Record<string, string>,
      file,
    });
    rmSync(folder, { recursive: true });
    if (!config.ok) throw new Error(config.error.map(describeProblem).join('\n'));
    expect(config.value.config).toMatchObject({
      interfaces: [{ address: '10.1.2.3' }],
      listenNg: [{ address: '10.1.2.3', port: 2223 }],
    });
    expect(config.value.warnings).toEqual([]);
    expect(config.value.config.drainTimeoutSeconds).toBeLessThan(pod.terminationGracePeriodSeconds);
  });

  it('runs on the network of the node, as nobody, without privileges, on a read-only root', () => {
    expect(pod).toMatchObject({ hostNetwork: true, securityContext: { runAsNonRoot: true } });
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('asks for life and readiness where they are told', () => {
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
  });
});

describe('the Dockerfile', () => {
  const lines = read('deploy/docker/Dockerfile').split('\n');

  it('copies only files that there are, or that the build makes', () => {
    const made = new Set(['dist', 'build/Release/srtp_anchor.node', 'node_modules', 'NOTICE']);
    const copied = lines
      .filter((line) => line.startsWith('COPY --from=build'))
      .flatMap((line) =>
        line
          .split(' ')
          .filter((word) => word.startsWith('/app/'))
          .map((word) => word.slice('/app/'.length)),
      );
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect(made.has(path) || existsSync(join(root, path)), path).toBe(true);
  });

  it('ends as nobody, with a health check on the default address and SIGTERM to drain', () => {
    expect(lines).toContain('USER 65534:65534');
    expect(lines).toContain('STOPSIGNAL SIGTERM');
    const http = defaultConfig().listenHttp!;
    expect(lines.join('\n')).toContain(`http://${http.address}:${http.port}/healthz`);
  });
});

describe('sysctl.conf', () => {
  it('is made of settings, comments and nothing else, and reserves the default ports', () => {
    const settings = read('deploy/sysctl.conf')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of settings) expect(line).toMatch(/^(?:net|fs)(?:\.[a-z0-9_-]+)+ = [\d-]+$/);
    const { portMin, portMax } = defaultConfig();
    expect(settings).toContain(`net.ipv4.ip_local_reserved_ports = ${portMin}-${portMax}`);
  });
});
