import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const DIRECTORY = fileURLToPath(new URL('..', import.meta.url));

/** One behaviour of a far end, and what of it a single machine cannot show. */
export interface Row {
  readonly id: string;
  readonly system: string;
  readonly says: string;
  readonly notShown?: string;
}

const TWILIO = 'Twilio';
const NO_INTERNET = 'the tests have no internet';

export const ROWS: readonly Row[] = [
  { id: 'T1', system: TWILIO, says: 'takes `_80` and `_32`, both, in our order; tags from 1, no MKI, no lifetime' },
  { id: 'T2', system: TWILIO, says: 'calls with exactly one suite, `_80`; a secure offer is never answered in clear' },
  { id: 'T3', system: TWILIO, says: 'does not do MKI' },
  { id: 'T4', system: TWILIO, says: '5060 plain, 5061 TLS, 5061 TLS with SRTP; nothing else' },
  { id: 'T5', system: 'Twilio, IBM', says: 'security is all or nothing; 488 with a reason, both ways' },
  { id: 'T6', system: TWILIO, says: 'TLS 1.2 and newer, fourteen suites' },
  {
    ...{ id: 'T7', system: TWILIO, says: 'wildcard certificate, a bundle of roots' },
    notShown: `the operators' own certificates: ${NO_INTERNET}. \`check-trunks.mjs --connect\` does it where there is one`,
  },
  { id: 'T8', system: TWILIO, says: '`sip:` with `transport=tls`, no `sips:`' },
  {
    ...{ id: 'T9', system: TWILIO, says: 'the next hop is the trunk’s domain; an address gets 403' },
    notShown: `resolution by DNS: ${NO_INTERNET}, names come from a hosts file`,
  },
  { id: 'T10', system: TWILIO, says: 'PCMU and PCMA untouched, digits as RFC 4733 events' },
  { id: 'T11', system: TWILIO, says: 'transfer by REFER' },
  { id: 'T12', system: TWILIO, says: 'captures of the signalling are blank' },
  {
    ...{ id: 'T13', system: TWILIO, says: 'media from 168.86.128.0/18, UDP 10000–60000' },
    notShown: 'the firewall in front of the relay: it is not part of it; its rules are below',
  },
  { id: 'T14', system: TWILIO, says: 'user-to-user information, headers of the customer, REGISTER' },
  {
    ...{ id: 'I1', system: 'IBM', says: 'two regions, one after the other' },
    notShown: 'the service itself: it ended in 2021',
  },
  { id: 'I2', system: 'IBM', says: 'TLS without SRTP is valid' },
  { id: 'I3', system: 'IBM', says: 'the secure switch is flipped by hand' },
  { id: 'G1', system: 'Genesys', says: 'third-party call control: no SDP in the INVITE, many holds, new SSRCs' },
  { id: 'G2', system: 'Genesys', says: 'older media servers speak no SRTP' },
  { id: 'X1', system: 'Google', says: 'only `_80`; certificates without wildcard; media 74.125.39.0/24' },
  {
    id: 'X2',
    system: 'Microsoft Teams',
    says: 'tag 0, `_32` first, `|2^31`, two lines in an answer, counter reset on re-key',
  },
  { id: 'X3', system: 'Amazon Chime', says: 'its own spelling of the suites; wildcard certificate' },
  { id: 'X4', system: 'Oracle and others', says: 'media policy rtp, srtp, any; 488 otherwise' },
];

export interface RowTest {
  readonly row: string;
  readonly title: string;
  readonly file: string;
}

/** Every test title, or part of one in a table of cases, that begins with the id of a row. */
export function rowTests(): readonly RowTest[] {
  const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.test.ts'));
  return files.flatMap((file) => stringsOf(file).flatMap((title) => rowTest(title, file)));
}

function stringsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(`${DIRECTORY}${file}`, 'utf8'), ts.ScriptTarget.Latest, true);
  const strings: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) strings.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return strings;
}

function rowTest(title: string, file: string): RowTest[] {
  const [, row] = /^([TIGX]\d{1,2}) \S/.exec(title) ?? [];
  return row === undefined ? [] : [{ row, title: title.slice(row.length + 1), file }];
}

/** Markdown, one line a row. */
export function rowTable(): string {
  const tests = rowTests();
  const lines = ROWS.map(({ id, system, says, notShown }) => {
    const own = tests.filter(({ row }) => row === id).map(({ title, file }) => `${readable(title)} (\`${file}\`)`);
    return `| ${[id, system, cell(says), own.map(cell).join('<br>'), notShown ?? ''].join(' | ')} |`;
  });
  const head = '| row | system | what it says | shown by | not shown on one machine |';
  return [head, '| --- | --- | --- | --- | --- |', ...lines].join('\n');
}

/** `$name` and `%s` are filled in at run time, once a case. */
function readable(title: string): string {
  return title.replace(/\$[a-zA-Z.]+|%s/g, '…');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
