import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram, type CliHandlers } from '../../../src/cli/cli.js';

const root = join(import.meta.dirname, '../../..');
const pages = ['README.md', 'CONTRIBUTING.md', 'bench/README.md', 'native/README.md', 'test/support/README.md'].concat(
  readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
);
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Anchors as a reader of Markdown makes them from headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinks(page: string): string[] {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, file))) return true;
    return anchor !== undefined && !anchorsOf(textOf(file)).includes(anchor);
  });
}

/** What is code: in fences and between backticks. */
function codeOf(text: string): string[] {
  const fences = [...text.matchAll(/^```[a-z]*\n([^]*?)^```/gm)].flatMap(([, body = '']) => body.split('\n'));
  const spans = [...text.replace(/^```[^]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  return [...fences, ...spans];
}

const nowhere = (): Promise<number> => Promise.resolve(0);
const handlers: CliHandlers = { serve: nowhere, ctl: nowhere, explain: nowhere, demo: nowhere, bench: nowhere };
const silent = { out: () => undefined, err: () => undefined, environment: {} };
const program = buildProgram(handlers, silent, () => undefined);

/** null = every word and long flag of the command line is known. */
function unknownIn(words: readonly string[]): string | null {
  let command: Command = program;
  for (const word of words) {
    if (/^[|&;#>([]/.test(word)) return null;
    if (word.startsWith('--')) {
      const flag = word.split('=')[0] ?? '';
      // The benchmark has a command line of its own.
      const isKnown = command.options.some((option) => option.long === flag) || flag === '--help';
      if (!isKnown && command.name() !== 'bench') return flag;
      continue;
    }
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next !== undefined) command = next;
    else if (command.commands.length > 0 && /^[a-z]/.test(word)) return word;
  }
  return null;
}

describe('the documentation', () => {
  it.each(pages)('%s has no link that leads nowhere', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('names only commands and flags of srtp-anchor that exist', () => {
    const lines = pages.flatMap((page) => codeOf(textOf(page)).map((line) => ({ page, line })));
    const commands = lines.flatMap(({ page, line }) => {
      const match = /^(?:\$ )?(?:npm run build && )?(?:npx )?(?:bin\/)?srtp-anchor ([a-z-].*)$/.exec(line.trim());
      return match === null ? [] : [{ page, line: line.trim(), words: (match[1] ?? '').split(/\s+/) }];
    });
    expect(commands.length).toBeGreaterThan(10);
    const wrong = commands.map(({ page, line, words }) => ({ page, line, unknown: unknownIn(words) }));
    expect(wrong.filter(({ unknown }) => unknown !== null)).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => {
      const code = codeOf(textOf(page)).join('\n');
      return [...code.matchAll(/\bnpm (?:run ([a-z:-]+)|(start|test)\b)/g)].map(([, run, own]) => run ?? own ?? '');
    });
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
