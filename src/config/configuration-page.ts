import { stringify } from 'yaml';
import { environmentName, OPTION_GROUPS, OPTION_KEYS, optionRow, type OptionRow } from './options.js';

/** docs/configuration.md, from the table of options. */
export function configurationPage(): string {
  const sections = OPTION_GROUPS.map((group) => `## ${group}\n\n${table(rowsOf(group))}\n`);
  return `${HEAD}\n${sections.join('\n')}`;
}

const HEAD = `# Configuration

<!-- Generated from src/config/options.ts: change it there, then run \`UPDATE_DOCS=1 npx vitest run --project unit test/unit/config\`. -->

Every option is a flag of \`srtp-anchor serve\`, an environment variable and a key of the YAML file. A flag goes before the
environment, the environment before the file, the file before the default. What is unknown or wrong is refused with its
place and what would be right; \`srtp-anchor check-config FILE\` does only that.

- Flag \`--media-thing VALUE\`, file \`media-thing: VALUE\`, environment \`SRTP_ANCHOR_MEDIA_THING=VALUE\`.
- A list is a repeated flag, a comma-separated variable, or a YAML sequence.
- A mapping is written in YAML's flow form in a flag or a variable: \`{carrier: {secure: required}}\`.
- *Reload*: SIGHUP reads everything again and applies these without touching calls in progress. The others need a restart.
- The file itself is named by \`--config\` or \`SRTP_ANCHOR_CONFIG\`.
`;

function rowsOf(group: OptionRow<unknown>['group']): OptionRow<unknown>[] {
  return OPTION_KEYS.map(optionRow).filter((row) => row.group === group);
}

function table(rows: readonly OptionRow<unknown>[]): string {
  const lines = rows.map((row) => {
    const cells = [
      `\`${row.name}\`<br>\`${environmentName(row.name)}\``,
      row.help,
      row.kind.expects,
      defaultText(row),
      row.reloadable ? 'yes' : 'no',
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| option | what | value | default | reload |', '|---|---|---|---|---|', ...lines].join('\n');
}

function defaultText(row: OptionRow<unknown>): string {
  if (row.defaultText !== null) return row.defaultText;
  const written = fileValue(row.default());
  const text = Array.isArray(written) ? written.join(', ') : String(written);
  return text === '' ? 'none' : `\`${text}\``;
}

/** deploy/config-sample.yaml: every option with its help, commented out at its default. */
export function configurationSample(): string {
  const sections = OPTION_GROUPS.map((group) => `# ---- ${group} ----\n\n${rowsOf(group).map(sampleEntry).join('\n')}`);
  return `${SAMPLE_HEAD}\n${sections.join('\n')}`;
}

const SAMPLE_HEAD = `# Configuration of srtp-anchor: every option at its default. Remove the mark before what you change;
# \`srtp-anchor check-config FILE\` judges the result, \`srtp-anchor serve --config FILE\` runs by it.
# Generated from src/config/options.ts.
`;

function sampleEntry(row: OptionRow<unknown>): string {
  const value = row.name === 'workers' ? 2 : fileValue(row.default());
  const yaml = stringify(
    { [row.name]: value },
    { lineWidth: 0, flowCollectionPadding: false, collectionStyle: 'any' },
  ).trimEnd();
  const shown = row.name === 'trunk-profiles' ? PROFILE_SAMPLE : yaml.replaceAll(/^/gm, '#');
  const reload = row.reloadable ? ' [reload]' : '';
  return `# ${row.help}${reload}\n# ${row.kind.expects}\n${shown}\n`;
}

const PROFILE_SAMPLE = `#trunk-profiles:
#  my-carrier:
#    secure: required
#    offered-suites: [AES_CM_128_HMAC_SHA1_80]
#    source-networks: [192.0.2.0/24]
#    interface: default`;

/** A default as a person would write it into the file. */
function fileValue(value: unknown): unknown {
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.map(fileValue);
  if (typeof value !== 'object') return value;
  const entries = value as Readonly<Record<string, unknown>>;
  if ('port' in entries) return `${String(entries['address'])}:${String(entries['port'])}`;
  return 'advertised' in entries ? entries['address'] : value;
}
