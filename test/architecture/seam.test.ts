import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { nativeFiles, parse, projectFiles, read } from './source-tree.js';

const SEAM = 'src/relay/addon.ts';

/** Where octets may cross, each with what they are; none of them is a packet. */
const OCTETS_AT_THE_SEAM = [
  'SrtpKeys.keys.keySalt: Uint8Array', // key material, inward
  'SrtpKeys.keys.mki: Uint8Array',
  'NativeRelay.slab: ArrayBuffer', // counters, outward
];

const OCTET_TYPE = /^(Array|SharedArray)Buffer(Like|View)?$|^Buffer$|^DataView$|Array$/;

/** `Interface.member: Type` for each type reference at the seam whose values are octets. */
function octetsAtTheSeam(): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node, path: readonly string[]): void => {
    const inner = isNamed(node) ? [...path, node.name.getText()] : path;
    if (ts.isTypeReferenceNode(node) && OCTET_TYPE.test(node.typeName.getText())) {
      found.push(`${inner.join('.')}: ${node.typeName.getText()}`);
    }
    ts.forEachChild(node, (child) => {
      visit(child, inner);
    });
  };
  visit(parse(SEAM), []);
  return found;
}

function isNamed(node: ts.Node): node is ts.Node & { readonly name: ts.Node } {
  return (
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isFunctionDeclaration(node)
  );
}

function includesOf(file: string): string[] {
  return [...read(file).matchAll(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/gm)].map((match) => match[1] ?? '');
}

/** Rooms of native/, each with the rooms that it may include; the same as its CMake targets link. */
const MAY_INCLUDE: Readonly<Record<string, readonly string[]>> = {
  common: [],
  counters: ['common'],
  packet: ['common'],
  net: ['common'],
  crypto: ['common', 'counters', 'packet'],
  port: ['common', 'counters', 'packet', 'net', 'crypto'],
  relay: ['common', 'counters', 'packet', 'net', 'crypto', 'port'],
  addon: ['common', 'counters', 'net', 'crypto', 'port', 'relay'],
};

describe('The seam', () => {
  it('passes no packet: octets cross it only as keys, MKIs and counters', () => {
    expect(octetsAtTheSeam().sort()).toEqual([...OCTETS_AT_THE_SEAM].sort());
  });

  it('is the only place in native/ that knows Node', () => {
    const nodeHeader = /^(napi|node_api|js_native_api|node|v8|uv)[\w-]*\.h$/;
    const knowing = nativeFiles('native', 'test/native', 'bench').filter((file) =>
      includesOf(file).some((name) => nodeHeader.test(name)),
    );
    expect(knowing.filter((file) => !file.startsWith('native/addon/'))).toEqual([]);
    expect(knowing).not.toEqual([]);
  });

  it('has the same exports in the same order on both sides', () => {
    const exported = [...read('native/addon/module.cc').matchAll(/exports\.Set\("(\w+)"/g)].map((match) => match[1]);
    const declared = parse(SEAM)
      .statements.filter(ts.isInterfaceDeclaration)
      .find((statement) => statement.name.text === 'Addon')
      ?.members.map((member) => member.name?.getText());
    expect(exported).toEqual(declared);
  });

  it('has the same methods in the same order on both sides', () => {
    const defined = [...read('native/addon/relay_wrap.cc').matchAll(/InstanceMethod<&\w+::\w+>\("(\w+)"/g)].map(
      (match) => match[1],
    );
    const declared = parse(SEAM)
      .statements.filter(ts.isInterfaceDeclaration)
      .find((statement) => statement.name.text === 'NativeRelay')
      ?.members.map((member) => member.name?.getText());
    expect(defined).toEqual(declared);
  });
});

describe('Rooms of native/', () => {
  const rooms = Object.keys(MAY_INCLUDE);

  it('include along the arrow, never against it', () => {
    const wrong = nativeFiles('native').flatMap((file) => {
      const room = file.split('/')[1] ?? '';
      const allowed = [room, ...(MAY_INCLUDE[room] ?? [])];
      return includesOf(file)
        .filter((name) => rooms.includes(name.split('/')[0] ?? '') && name.includes('/'))
        .filter((name) => !allowed.includes(name.split('/')[0] ?? ''))
        .map((name) => `${file} includes ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('are the rooms that the table knows', () => {
    const found = new Set(nativeFiles('native').map((file) => file.split('/')[1] ?? ''));
    expect([...found].filter((room) => !rooms.includes(room))).toEqual([]);
  });
});

describe('The gyp names', () => {
  it('leave npm and node-gyp nothing to build: there is no binding.gyp', () => {
    expect(projectFiles().filter((file) => file.endsWith('binding.gyp'))).toEqual([]);
    expect(projectFiles()).toContain('bindings.gyp');
  });
});
