import { Option, type Command } from 'commander';
import { environmentName, OPTION_KEYS, optionRow, type OptionRow } from '../config/options.js';
import type { FlagValues } from '../config/read-config.js';

/** Adds a flag for each row of the table of options, or of one group of it. Values stay text: the table checks them. */
export function addConfigOptions(command: Command, onlyGroup: OptionRow<unknown>['group'] | null = null): void {
  for (const row of OPTION_KEYS.map(optionRow)) {
    if (onlyGroup === null || row.group === onlyGroup) command.addOption(flagOf(row));
  }
}

function flagOf(row: OptionRow<unknown>): Option {
  const { kind } = row;
  const value = kind.isSwitch ? ` [${kind.placeholder}]` : ` <${kind.placeholder.replaceAll(/[<>[\]]/g, '')}>`;
  const repeat = kind.repeatable ? ' (repeatable)' : '';
  const option = new Option(`--${row.name}${value}`, `${row.help}${repeat}`).helpGroup(`${row.group}:`);
  return kind.repeatable
    ? option.argParser((text, earlier: string[] | undefined) => [...(earlier ?? []), text])
    : option;
}

/** The flags that were given, by name; the file from `--config` or SRTP_ANCHOR_CONFIG. */
export function configFlags(
  command: Command,
  environment: Readonly<Record<string, string | undefined>>,
): { flags: FlagValues; file: string | null } {
  const names = new Set(OPTION_KEYS.map((key) => optionRow(key).name));
  const given = command.options.flatMap((option): [string, FlagValues[string]][] => {
    const name = option.name();
    const value = command.getOptionValue(option.attributeName()) as FlagValues[string] | undefined;
    return names.has(name) && value !== undefined ? [[name, value]] : [];
  });
  const file = (command.getOptionValue('config') as string | undefined) ?? environment[environmentName('config')];
  return { flags: Object.fromEntries(given), file: file === undefined || file === '' ? null : file };
}
