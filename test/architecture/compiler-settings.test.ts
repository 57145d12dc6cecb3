import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { read, root } from './source-tree.js';

const STRICT_FLAGS = [
  'strict',
  'noUncheckedIndexedAccess',
  'exactOptionalPropertyTypes',
  'noPropertyAccessFromIndexSignature',
  'noImplicitOverride',
  'noImplicitReturns',
  'noFallthroughCasesInSwitch',
  'noUnusedLocals',
  'noUnusedParameters',
  'verbatimModuleSyntax',
  'isolatedModules',
] as const;

function effectiveOptions(config: string): ts.CompilerOptions {
  const file = path.join(root, config);
  const { config: json } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as { config: unknown };
  return ts.parseJsonConfigFileContent(json, ts.sys, path.dirname(file)).options;
}

describe('Compiler settings', () => {
  it.each(['tsconfig.json', 'tsconfig.test.json'])('%s keeps every strict flag on', (config) => {
    const options = effectiveOptions(config);
    expect(STRICT_FLAGS.filter((flag) => options[flag] !== true)).toEqual([]);
  });

  it('hold native code to -Wall -Wextra -Wconversion -Werror', () => {
    const options = /target_compile_options\(anchor_options INTERFACE ([^)]*)\)/.exec(read('CMakeLists.txt'))?.[1];
    expect(options?.split(/\s+/)).toEqual(expect.arrayContaining(['-Wall', '-Wextra', '-Wconversion', '-Werror']));
  });
});
