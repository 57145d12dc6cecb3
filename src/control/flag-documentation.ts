import { ERROR_CATALOGUE, type Actor } from '../shared/errors.js';
import { COMMAND_TABLE } from './command-table.js';
import type { FlagRow, FlagSection } from './flags/flag-row.js';
import { FLAG_TABLE } from './ng-flags.js';

const TITLES: Readonly<Record<FlagSection, string>> = {
  key: 'Keys of the message',
  flags: 'Items of `flags`',
  SDES: 'Items of `SDES`',
  OSRTP: 'Items of `OSRTP`',
  'rtcp-mux': 'Items of `rtcp-mux`',
  'transport-protocol': 'Values of `transport-protocol`',
  replace: 'Items of `replace`',
  'endpoint-learning': 'Values of `endpoint-learning`',
  codec: 'Entries of `codec`',
  ICE: 'Values of `ICE`',
  DTLS: 'Values of `DTLS`',
  'T.38': 'Items of `T.38`',
  supports: 'Items of `supports`',
};

/** Which test shows a row, for the last column: `section` of the flag table or `command`, and the row's name. */
export type ShownBy = (section: FlagSection | 'command', name: string) => string;

/** The commands and all rows of the flag table as Markdown: the generated part of docs/ng-protocol.md. */
export function flagDocumentation(shownBy: ShownBy): string {
  const sections = Object.keys(TITLES) as FlagSection[];
  return [commandSection(shownBy), ...sections.map((name) => flagSection(name, shownBy)), errorSection()].join('\n');
}

function commandSection(shownBy: ShownBy): string {
  const rows = COMMAND_TABLE.map((row) => [
    code(row.name),
    row.refusal === null ? 'supported' : 'refused',
    row.refusal ?? row.description,
    shownBy('command', row.name),
  ]);
  return section('Commands', ['command', 'status', 'what it needs and does, or why it is refused', 'shown by'], rows);
}

function flagSection(name: FlagSection, shownBy: ShownBy): string {
  const rows = FLAG_TABLE.filter((row) => row.section === name).map((row) => [
    nameCell(row),
    row.status,
    row.target === null ? '' : code(row.target),
    describe(row),
    shownBy(name, row.name),
  ]);
  return section(TITLES[name], ['name', 'status', 'sets', 'meaning', 'shown by'], rows);
}

const ACTORS: Readonly<Record<Actor, string>> = {
  peer: 'the end that wrote the body',
  proxy: 'the configuration of the proxy',
  operator: 'the operator of the relay',
  us: 'its makers: please report it',
};

/** Two codes with one text are one line: nobody can tell them apart from outside. */
function errorSection(): string {
  const actors = new Map(Object.values(ERROR_CATALOGUE).map(({ text, actor }) => [text, ACTORS[actor]]));
  const rows = [...actors].map(([text, actor]) => [code(text), actor]);
  return section('Error texts', ['text', 'who can do something about it'], rows);
}

function nameCell(row: FlagRow): string {
  const [first = row.name, ...others] = row.spellings;
  const value = row.takes === null || first.includes(row.takes) ? '' : `=${row.takes}`;
  const also = others.filter((spelling) => !first.startsWith(`${spelling}-`) && !first.startsWith(`${spelling}:`));
  return [code(`${first}${value}`), ...also.map((spelling) => code(spelling))].join(', ');
}

function describe(row: FlagRow): string {
  if (row.reason === null) return row.description;
  const note = row.warns ? ' The reply warns.' : '';
  const verb = row.status === 'refused' ? 'Refused' : 'Ignored';
  return `${row.description} ${verb}: ${row.reason}.${note}`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [`### ${title}`, '', ...lines, ''].join('\n');
}
