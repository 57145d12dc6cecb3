import { describe, expect, it } from 'vitest';
import { runCommand } from '../support/process.js';
import { addonFile } from './seam.js';

interface DynamicSymbol {
  readonly name: string;
  readonly defined: boolean;
}

async function dynamicSymbols(): Promise<DynamicSymbol[]> {
  const { stdout, code } = await runCommand('readelf', ['--dyn-syms', '--wide', addonFile]);
  expect(code).toBe(0);
  // Num: Value Size Type Bind Vis Ndx Name
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return rows
    .filter((columns) => /^\d+:$/.test(columns[0] ?? '') && columns[7] !== undefined)
    .map((columns) => ({ name: columns[7]!.replace(/@.*/, ''), defined: columns[6] !== 'UND' }));
}

describe('The addon', () => {
  it('exports what Node asks for and nothing else', async () => {
    const exported = (await dynamicSymbols()).filter(({ defined }) => defined).map(({ name }) => name);
    expect(exported.sort()).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  });

  it('takes no OpenSSL and no libsrtp from outside: those of the node binary are not its own', async () => {
    const imported = (await dynamicSymbols()).filter(({ defined }) => !defined).map(({ name }) => name);
    const foreign =
      /^(srtp|crypto|EVP|OPENSSL|OSSL|CRYPTO|AES|SHA1|HMAC|RAND|ERR|BIO|BN|FIPS|PROV|EC|RSA|X509|PEM|ASN1)_/;
    expect(imported.filter((name) => foreign.test(name))).toEqual([]);
    expect(imported.some((name) => name.startsWith('napi_'))).toBe(true);
  });

  it('needs only the system libraries', async () => {
    const { stdout } = await runCommand('readelf', ['--dynamic', '--wide', addonFile]);
    const needed = [...stdout.matchAll(/\(NEEDED\)\s+Shared library: \[([^\]]+)\]/g)].map((match) => match[1]!);
    expect(
      needed.filter((name) => !/^(lib(c|m|stdc\+\+|gcc_s|pthread|dl|atomic)|ld-linux[\w-]*)\.so\.\d+$/.test(name)),
    ).toEqual([]);
  });
});
