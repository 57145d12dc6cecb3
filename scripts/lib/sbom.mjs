/**
 * Bill of materials (CycloneDX 1.5) of what runs: npm packages as the lock file pins them, and what is linked into the
 * addon. Pure: two runs over the same files are the same, hence no time and no random serial number.
 */

/** Licences under which code may ship, and those that tools may have which never leave the developer's machine. */
export const SHIPPED_LICENCES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'];
export const TOOL_LICENCES = [...SHIPPED_LICENCES, 'MPL-2.0', 'Python-2.0'];

/** The packages of a lock file (version 3), each once. */
export function lockedPackages(lock) {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version,
      licence: entry.license ?? null,
      integrity: entry.integrity ?? null,
      tool: entry.dev === true,
    }));
}

/** What is wrong with a package: null = nothing. */
export function problemOf({ name, version, licence, integrity, tool }) {
  if (integrity === null || !integrity.startsWith('sha512-')) return `${name}@${version}: no sha512 is pinned`;
  if (licence === null) return `${name}@${version}: no licence is stated`;
  const allowed = tool ? TOOL_LICENCES : SHIPPED_LICENCES;
  // `(A OR B)`: one that is allowed is enough. AND and WITH are left to a person.
  const choices = licence.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => allowed.includes(choice)) ? null : `${name}@${version}: ${licence} is not allowed`;
}

/** `linked`: components that are not from npm. `tools`: list development dependencies as well, as excluded. */
export function billOfMaterials(manifest, lock, linked, { tools = false } = {}) {
  const packages = lockedPackages(lock).filter(({ tool }) => tools || !tool);
  const components = [...linked, ...packages.map(npmComponent)];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: applicationOf(manifest) },
    components: uniqueByReference(components).sort((one, other) => (one['bom-ref'] < other['bom-ref'] ? -1 : 1)),
  };
}

function applicationOf({ name, version, description, license }) {
  return {
    type: 'application',
    'bom-ref': packageUrl(name, version),
    name,
    version,
    description,
    licenses: [{ license: { id: license } }],
    purl: packageUrl(name, version),
  };
}

function npmComponent({ name, version, licence, integrity, tool }) {
  const purl = packageUrl(name, version);
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    scope: tool ? 'excluded' : 'required',
    hashes: [{ alg: 'SHA-512', content: hexOf(integrity) }],
    licenses: licenceOf(licence),
    purl,
  };
}

/** What the pin of libsrtp says, and OpenSSL as the machine has it (null = not known). */
export function linkedComponents(pin, openSslVersion) {
  const openSsl = { type: 'library', 'bom-ref': 'linked:openssl', name: 'openssl', scope: 'required' };
  return [
    {
      type: 'library',
      'bom-ref': 'linked:libsrtp',
      name: 'libsrtp',
      version: pin.commit,
      scope: 'required',
      description: `Statically linked; its source comes from ${pin.package}, whose SHA-512 this is`,
      hashes: [{ alg: 'SHA-512', content: pin.sha512 }],
      licenses: licenceOf('BSD-3-Clause'),
      purl: `pkg:github/cisco/libsrtp@${pin.commit}`,
    },
    {
      ...openSsl,
      ...(openSslVersion === null ? {} : { version: openSslVersion }),
      description: 'libcrypto, statically linked from the distribution that the addon is built on',
      licenses: licenceOf('Apache-2.0'),
    },
  ];
}

function licenceOf(text) {
  return / (?:OR|AND|WITH) /.test(text) ? [{ expression: text }] : [{ license: { id: text } }];
}

function packageUrl(name, version) {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
}

function hexOf(integrity) {
  return Buffer.from(integrity.split(' ')[0].slice('sha512-'.length), 'base64').toString('hex');
}

/** The same version in two places of the tree is one component. */
function uniqueByReference(components) {
  return [...new Map(components.map((component) => [component['bom-ref'], component])).values()];
}
