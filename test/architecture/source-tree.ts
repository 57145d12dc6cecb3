import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(import.meta.dirname, '../..');

/** Files that git knows or would add: what the project is, without what a build leaves. */
export function projectFiles(...folders: string[]): readonly string[] {
  const listed = execFileSync(
    'git',
    ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...folders],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  return [...new Set(listed.split('\0'))].filter((file) => file !== '' && exists(file)).sort();
}

function exists(file: string): boolean {
  return ts.sys.fileExists(path.join(root, file));
}

export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

export function typeScriptFiles(...folders: string[]): readonly string[] {
  return projectFiles(...folders).filter((file) => file.endsWith('.ts'));
}

export function nativeFiles(...folders: string[]): readonly string[] {
  return projectFiles(...folders).filter((file) => /\.(cc|h)$/.test(file));
}

export interface Import {
  readonly from: string;
  /** As written: `../shared/result.js`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** The file within the project, or null for Node and packages. */
  readonly target: string | null;
}

/** Every import, export-from and import() of a TypeScript file, types included. */
export function importsOf(file: string): readonly Import[] {
  return ts.preProcessFile(read(file), true, true).importedFiles.map(({ fileName }) => ({
    from: file,
    specifier: fileName,
    target: fileName.startsWith('.') ? resolveSource(file, fileName) : null,
  }));
}

function resolveSource(from: string, specifier: string): string {
  return path.join(path.dirname(from), specifier).replace(/\.js$/, '.ts');
}

/** `src/sdp/parse.ts` → `sdp`; a file directly in the folder is a room of its own: `src/main.ts` → `main.ts`. */
export function roomOf(file: string): string {
  return file.split('/')[1] ?? file;
}

export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, read(file), ts.ScriptTarget.ESNext, true);
}
