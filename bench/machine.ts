import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';
import { inRoot, root } from './paths.js';

/** What a figure depends on beside the code. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGibibytes: number;
  readonly kernel: string;
  readonly architecture: string;
  /** One-minute load average when the run began: what else was going on. */
  readonly loadAtStart: number;
}

export interface Versions {
  readonly srtpAnchor: string;
  /** Commit of the checkout, with `+` when files differ from it. */
  readonly commit: string;
  readonly node: string;
  readonly nodeOpenssl: string;
  readonly openssl: string;
  /** null = not installed. */
  readonly rtpengine: string | null;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    architecture: arch(),
    loadAtStart: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

export function describeVersions(): Versions {
  return {
    srtpAnchor: packageVersion(),
    commit: commit(),
    node: process.version,
    nodeOpenssl: process.versions.openssl,
    openssl: firstLine('openssl', ['version']) ?? 'unknown',
    rtpengine: rtpengineVersion(),
  };
}

export function rtpengineVersion(): string | null {
  const line = firstLine('rtpengine', ['--version']);
  return line === null ? null : line.replace(/^Version: /, '');
}

function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return parsed !== null && typeof parsed === 'object' && 'version' in parsed ? String(parsed.version) : 'unknown';
}

function commit(): string {
  const id = firstLine('git', ['-C', root, 'rev-parse', '--short', 'HEAD']);
  if (id === null) return 'unknown';
  const changed = firstLine('git', ['-C', root, 'status', '--porcelain', '--untracked-files=no']) ?? '';
  return changed === '' ? id : `${id}+`;
}

/** First line that the program says, on either output; null when it cannot be run. */
function firstLine(command: string, args: readonly string[]): string | null {
  try {
    const output = execFileSync('sh', ['-c', '"$@" 2>&1', 'sh', command, ...args], { encoding: 'utf8' });
    return output.split('\n')[0]?.trim() ?? '';
  } catch {
    return null;
  }
}
