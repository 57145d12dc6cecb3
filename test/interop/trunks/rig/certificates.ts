import { writeFileSync } from 'node:fs';
import { runCommand } from '../../../support/process.js';
import type { TempDirectory } from '../../../support/temp-directory.js';

export interface CertificateOptions {
  readonly commonName: string;
  /** DNS names, in order. */
  readonly names: readonly string[];
  readonly key?: 'rsa' | 'ec';
}

export interface Certificate {
  /** PEM files: the certificate, its private key. */
  readonly certificate: string;
  readonly key: string;
}

/** A certification authority of one test run, by the openssl command. */
export class CertificateAuthority {
  private constructor(
    readonly directory: TempDirectory,
    readonly name: string,
  ) {}

  static async create(directory: TempDirectory, name: string): Promise<CertificateAuthority> {
    const authority = new CertificateAuthority(directory, name);
    await openssl([
      ...['req', '-x509', '-days', '2', '-subj', `/CN=${name}`, ...newKey('ec')],
      ...['-keyout', authority.#file('ca.key'), '-out', authority.root],
    ]);
    return authority;
  }

  /** PEM file of the root. */
  get root(): string {
    return this.#file('ca.pem');
  }

  async issue(label: string, { commonName, names, key = 'rsa' }: CertificateOptions): Promise<Certificate> {
    const [certificate, keyFile] = [this.#file(`${label}.pem`), this.#file(`${label}.key`)];
    const [request, extensions] = [this.#file(`${label}.csr`), this.#file(`${label}.ext`)];
    writeFileSync(extensions, `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
    await openssl(['req', ...newKey(key), '-subj', `/CN=${commonName}`, '-keyout', keyFile, '-out', request]);
    await openssl([
      ...['x509', '-req', '-in', request, '-CA', this.root, '-CAkey', this.#file('ca.key')],
      ...['-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', certificate],
    ]);
    return { certificate, key: keyFile };
  }

  #file(name: string): string {
    return this.directory.file(`${this.name.replaceAll(' ', '-')}-${name}`);
  }
}

function newKey(kind: 'rsa' | 'ec'): readonly string[] {
  return kind === 'rsa'
    ? ['-newkey', 'rsa:2048', '-nodes']
    : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
}

async function openssl(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand('openssl', args);
  if (code !== 0) throw new Error(`openssl ${args[0] ?? ''}: ${stderr}`);
}
