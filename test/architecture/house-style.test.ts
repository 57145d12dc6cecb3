import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { nativeFiles, parse, projectFiles, read, typeScriptFiles } from './source-tree.js';

const LONGEST_FILE_LINES = 400;
/** Tests are lists of sentences, and read as such. */
const LONGEST_TEST_LINES = 600;
/** One row a thing and nothing else: splitting these would hide that they are one table. */
const TABLES = ['src/config/options.ts'];

/** Built from halves, so that this file does not find itself. */
const pattern = (...halves: string[]): RegExp => new RegExp(halves.join(''));

function filesWith(files: readonly string[], wanted: RegExp): string[] {
  return files.filter((file) => wanted.test(read(file)));
}

/** `export * from`, or a file with nothing of its own. */
function isBarrel(file: string): boolean {
  const statements = parse(file).statements.filter((statement) => !ts.isImportDeclaration(statement));
  const passesOn = statements
    .filter(ts.isExportDeclaration)
    .filter((statement) => statement.moduleSpecifier !== undefined);
  const passesAll = passesOn.some((statement) => statement.exportClause === undefined);
  return passesAll || (statements.length > 0 && passesOn.length === statements.length);
}

function hasDefaultExport(file: string): boolean {
  return parse(file).statements.some(
    (statement) =>
      ts.isExportAssignment(statement) ||
      (ts.canHaveModifiers(statement) &&
        (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)),
  );
}

const source = typeScriptFiles('src', 'bench');
const tests = typeScriptFiles('test');
const native = nativeFiles('native', 'test/native', 'bench');

function longest(file: string): number {
  return file.startsWith('test/') ? LONGEST_TEST_LINES : LONGEST_FILE_LINES;
}

describe('House style', () => {
  it('keeps files short, so that each names one noun', () => {
    const long = [...source, ...tests, ...native, ...projectFiles('scripts')]
      .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > longest(file) && !TABLES.includes(file));
    expect(long).toEqual([]);
  });

  it('has no barrels: a file that only passes on what others export', () => {
    const library = 'src/index.ts';
    const barrels = source.filter((file) => file !== library && isBarrel(file));
    expect(barrels).toEqual([]);
  });

  it('has named exports only', () => {
    expect([...source, ...tests].filter(hasDefaultExport)).toEqual([]);
  });

  it('names TypeScript files in kebab-case and native files in snake_case', () => {
    const base = (file: string): string => file.split('/').at(-1) ?? '';
    expect(
      [...source, ...tests].filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/.test(base(file))),
    ).toEqual([]);
    expect(native.filter((file) => !/^[a-z0-9]+(_[a-z0-9]+)*\.(cc|h)$/.test(base(file)))).toEqual([]);
  });

  it('switches no check off: no any, no ignored error, no disabled rule', () => {
    const switchedOff = pattern('@ts-', '(ignore|nocheck|expect-error)|eslint-', 'disable|NO', 'LINT');
    expect(filesWith([...source, ...tests, ...native], switchedOff)).toEqual([]);
    expect(filesWith(source, pattern('[:<,(] ?\\ban', 'y\\b(\\[\\])?[;,)>=|]'))).toEqual([]);
  });

  it('skips no test', () => {
    const skipped = pattern(
      '\\b(it|test|describe|suite)\\.(skip',
      '|todo|only|fails|skipIf|runIf)\\b|\\bx(it|describe)\\(',
    );
    expect(filesWith(tests, skipped)).toEqual([]);
    expect(
      filesWith(nativeFiles('test/native'), pattern('doctest::(skip', '|may_fail|should_fail|expected_failures)')),
    ).toEqual([]);
  });

  it('writes every clause in the one form that a script can find', () => {
    const otherForms = pattern('RFC', '\\s?-\\d{4}|rfc ', '\\d{4}|RFC', '\\d{4}|RFC \\d{4},? [Ss]ection');
    expect(filesWith([...source, ...native], otherForms)).toEqual([]);
  });
});
