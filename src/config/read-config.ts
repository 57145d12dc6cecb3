import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../shared/result.js';
import { buildConfig, defaultValues, type Config, type OptionValues } from './config.js';
import { checkTogether } from './consistency.js';
import { nearestName } from './nearest.js';
import { environmentName, OPTION_KEYS, optionKeyOf, optionRow, type OptionKey } from './options.js';
import { shownValue, type ConfigProblem } from './problems.js';
import { PROFILE_KEYS } from './trunk-profiles.js';
import { readYaml, unknownOption, type YamlSource } from './yaml-source.js';

/** Flags as the command line holds them: name without dashes → its text, its texts when repeated, or true. */
export type FlagValues = Readonly<Record<string, string | readonly string[] | boolean>>;

export interface ConfigSources {
  readonly flags: FlagValues;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of the YAML file; null = none. */
  readonly file: string | null;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The same as plain option values, for `compareConfigs` on a reload. */
  readonly values: OptionValues;
  /** Where each value came from, for those that are not the default. */
  readonly origins: ReadonlyMap<OptionKey, string>;
  /** What works but is probably not meant. */
  readonly warnings: readonly string[];
}

interface RawValue {
  readonly value: unknown;
  readonly where: (path: readonly PropertyKey[]) => string;
}

/** Environment variables with our prefix that are no options: they belong to the program around the configuration. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  'SRTP_ANCHOR_CONFIG',
  'SRTP_ANCHOR_ADDON',
  'SRTP_ANCHOR_URL',
  'SRTP_ANCHOR_TOKEN',
]);

/** Flag before environment before file before default. Every problem is reported, not only the first. */
export function readConfig(sources: ConfigSources): Result<LoadedConfig, readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const raw = new Map<OptionKey, RawValue>();
  for (const read of [readFile, readEnvironment, readFlags]) read(sources, raw, problems);
  const values: Record<string, unknown> = { ...defaultValues() };
  const origins = new Map<OptionKey, string>();
  for (const [key, given] of raw) {
    origins.set(key, given.where([]));
    const checked = checkValue(key, given);
    if (checked.ok) values[key] = checked.value;
    else problems.push(...checked.error);
  }
  if (problems.length > 0) return err(problems);
  const complete = values as unknown as OptionValues;
  const together = checkTogether(complete, (key) => origins.get(key) ?? 'default');
  if (together.problems.length > 0) return err(together.problems);
  return ok({ config: buildConfig(complete), values: complete, origins, warnings: together.warnings });
}

function readFile(sources: ConfigSources, raw: Map<OptionKey, RawValue>, problems: ConfigProblem[]): void {
  if (sources.file === null) return;
  const read = yamlOf(sources.file);
  if (!read.ok) {
    problems.push(read.error);
    return;
  }
  problems.push(...read.value.problems);
  for (const [key, value] of read.value.values) raw.set(key, { value, where: (path) => read.value.where(key, path) });
}

function yamlOf(file: string): Result<YamlSource, ConfigProblem> {
  try {
    return ok(readYaml(file, readFileSync(file, 'utf8')));
  } catch (error) {
    const what = `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
    return err({ option: 'the file', where: file, what, right: 'a readable YAML file' });
  }
}

function readEnvironment(sources: ConfigSources, raw: Map<OptionKey, RawValue>, problems: ConfigProblem[]): void {
  const keys = new Map(OPTION_KEYS.map((key) => [environmentName(optionRow(key).name), key]));
  for (const [name, text] of Object.entries(sources.environment)) {
    if (text === undefined || !name.startsWith('SRTP_ANCHOR_') || OTHER_VARIABLES.has(name)) continue;
    const key = keys.get(name);
    if (key === undefined) problems.push(unknownVariable(name));
    else raw.set(key, { value: optionRow(key).kind.fromText(text), where: () => `environment ${name}` });
  }
}

function unknownVariable(name: string): ConfigProblem {
  const problem = unknownOption(
    name.slice('SRTP_ANCHOR_'.length).toLowerCase().replaceAll('_', '-'),
    `environment ${name}`,
  );
  const meant = /^perhaps (.+)$/.exec(problem.right)?.[1];
  return { ...problem, option: name, right: meant === undefined ? problem.right : `perhaps ${environmentName(meant)}` };
}

function readFlags(sources: ConfigSources, raw: Map<OptionKey, RawValue>, problems: ConfigProblem[]): void {
  for (const [name, given] of Object.entries(sources.flags)) {
    const key = optionKeyOf(name);
    if (key === undefined) {
      problems.push(unknownOption(name, `flag --${name}`));
      continue;
    }
    const { kind } = optionRow(key);
    const value =
      typeof given === 'boolean'
        ? given
        : typeof given === 'string'
          ? kind.fromText(given)
          : given.flatMap((text) => kind.fromText(text));
    raw.set(key, { value, where: () => `flag --${name}` });
  }
}

function checkValue(key: OptionKey, given: RawValue): Result<unknown, ConfigProblem[]> {
  const row = optionRow(key);
  const result = row.kind.schema.safeParse(given.value);
  if (result.success) return ok(result.data);
  const named = (path: readonly PropertyKey[]): string => [row.name, ...path.map(String)].join('.');
  const problems = result.error.issues.flatMap((issue): ConfigProblem[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((setting) =>
        unknownSetting(named([...issue.path, setting]), setting, given.where([...issue.path, setting])),
      );
    const what = row.secret ? 'is not usable' : `is ${shownValue(valueAt(given.value, issue.path))}`;
    return [{ option: named(issue.path), where: given.where(issue.path), what, right: issue.message }];
  });
  return err(problems);
}

function unknownSetting(option: string, setting: string, where: string): ConfigProblem {
  const nearest = nearestName(setting, PROFILE_KEYS);
  return {
    option,
    where,
    what: 'unknown setting',
    right: nearest === null ? `one of ${PROFILE_KEYS.join(', ')}` : `perhaps ${nearest}`,
  };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : inner,
    value,
  );
}
