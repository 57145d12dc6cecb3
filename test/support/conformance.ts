import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMMAND_TABLE } from '../../src/control/command-table.js';
import type { FlagSection } from '../../src/control/flags/flag-row.js';
import { FLAG_TABLE } from '../../src/control/ng-flags.js';

const DIRECTORY = fileURLToPath(new URL('../integration/flags', import.meta.url));

/** A command or a row of the flag table. */
export interface Subject {
  readonly section: FlagSection | 'command';
  readonly name: string;
  readonly status: 'supported' | 'ignored' | 'ignored with a warning' | 'refused';
}

export const SUBJECTS: readonly Subject[] = [
  ...COMMAND_TABLE.map(({ name, refusal }): Subject => ({
    section: 'command',
    name,
    status: refusal === null ? 'supported' : 'refused',
  })),
  ...FLAG_TABLE.map(({ section, name, status, warns }): Subject => ({
    section,
    name,
    status: warns ? 'ignored with a warning' : status,
  })),
];

/** A title in the source of a test: which rows it is about, and what it says of them. */
export interface Evidence {
  readonly file: string;
  readonly section: string;
  readonly names: readonly string[];
  /** Set on the title of a test that runs once for every row of one status. */
  readonly everyRowThatIs: string | null;
  readonly says: string;
}

const SECTIONS = [...new Set(SUBJECTS.map(({ section }) => section))].map((name) => name.replace('.', '\\.')).join('|');
const NAMED = new RegExp(`'(${SECTIONS}): ([^'\\n]+?) — ([^'\\n]+)'`, 'g');
const EVERY = /'(ignored|ignored with a warning|refused) — (\$section|command): \$name ([^'\n]+)'/g;

/** The titles of test/integration/flags in the forms `SECTION: NAME, NAME — what` and `STATUS — $section: $name what`. */
export function readEvidence(): readonly Evidence[] {
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => {
      const source = readFileSync(`${DIRECTORY}/${file}`, 'utf8');
      const named = [...source.matchAll(NAMED)].map(([, section = '', names = '', says = '']): Evidence => {
        return { file, section, names: names.split(', '), everyRowThatIs: null, says };
      });
      const every = [...source.matchAll(EVERY)].map(([, status = '', section = '', says = '']): Evidence => {
        return { file, section, names: [], everyRowThatIs: status, says };
      });
      return [...named, ...every];
    });
}

/** The test that shows a row; undefined when none does. */
export function evidenceFor(subject: Subject, all: readonly Evidence[]): Evidence | undefined {
  if (subject.status === 'supported')
    return all.find(({ section, names }) => section === subject.section && names.includes(subject.name));
  const wanted = subject.section === 'command' ? 'command' : '$section';
  return all.find(({ everyRowThatIs, section }) => everyRowThatIs === subject.status && section === wanted);
}

/** How the page names it. */
export function printEvidence({ file, says }: Evidence): string {
  return `[${file.replace('.test.ts', '')}](../test/integration/flags/${file}): ${says.replaceAll('|', '\\|')}`;
}
