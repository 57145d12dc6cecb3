import type { Policy } from '../negotiation/policy.js';
import { OPTION_KEYS, optionRow, type OPTIONS, type OptionKey, type OptionRow } from './options.js';
import { Secret } from './secret.js';
import { BUILT_IN_PROFILES, trunkProfile, type TrunkProfiles } from './trunk-profiles.js';

/** Values of all options as the table types them. */
export type OptionValues = {
  readonly [Key in OptionKey]: (typeof OPTIONS)[Key] extends OptionRow<infer T> ? T : never;
};

/** What the process runs by: typed, complete, frozen. Units are in the names. */
export interface Config extends Omit<OptionValues, 'trunkProfiles' | 'firstTag'> {
  /** Of legs that no profile claims; assembled from the options of the group "SRTP policy". */
  readonly policy: Policy;
  /** Built-in ones and the file's, by name. */
  readonly trunkProfiles: TrunkProfiles;
}

export function buildConfig(values: OptionValues): Config {
  const { trunkProfiles, firstTag, ...rest } = values;
  const policy: Policy = {
    offeredSuites: rest.offeredSuites,
    acceptedSuites: rest.acceptedSuites,
    followOffererOrder: rest.followOffererOrder,
    secure: rest.secure,
    allowUnencryptedSrtp: rest.allowUnencryptedSrtp,
    allowUnencryptedSrtcp: rest.allowUnencryptedSrtcp,
    allowUnauthenticatedSrtp: rest.allowUnauthenticatedSrtp,
    writeLifetime: rest.writeLifetime,
    writePadding: rest.writePadding,
    firstTag: firstTag === 0 ? 0 : 1,
  };
  const own = Object.entries(trunkProfiles).map(([name, settings]) => [name, trunkProfile(settings, policy)] as const);
  return freeze({ ...rest, policy, trunkProfiles: { ...BUILT_IN_PROFILES, ...Object.fromEntries(own) } });
}

export function defaultConfig(): Config {
  return buildConfig(defaultValues());
}

export function defaultValues(): OptionValues {
  return Object.fromEntries(OPTION_KEYS.map((key) => [key, optionRow(key).default()])) as unknown as OptionValues;
}

/** Keys whose values differ between two configurations, told apart by whether SIGHUP may apply them. */
export function compareConfigs(
  current: OptionValues,
  next: OptionValues,
): { readonly reloadable: OptionKey[]; readonly restart: OptionKey[] } {
  const changed = OPTION_KEYS.filter((key) => !sameValue(current[key], next[key]));
  return {
    reloadable: changed.filter((key) => optionRow(key).reloadable),
    restart: changed.filter((key) => !optionRow(key).reloadable),
  };
}

function sameValue(a: unknown, b: unknown): boolean {
  // A secret prints alike whatever it holds, so it must not be compared by its print.
  if (a instanceof Secret && b instanceof Secret) return a.equals(b);
  return JSON.stringify(a) === JSON.stringify(b);
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
