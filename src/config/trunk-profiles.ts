import { z } from 'zod';
import { DEFAULT_POLICY, type Policy, type SecurePolicy } from '../negotiation/policy.js';
import { CRYPTO_SUITES, findCryptoSuite, type CryptoSuiteName } from '../srtp/crypto-suite.js';
import { parseNetwork } from './addresses.js';
import { parsedSchema } from './option-kinds.js';
import { err, ok, type Result } from '../shared/result.js';

/** How one far end is treated; the proxy selects it by name, or by the interface that the profile names. */
export interface TrunkProfile {
  readonly policy: Policy;
  /** Media is accepted from these networks only; empty = any. */
  readonly sourceNetworks: readonly string[];
  /** Legs on this logical interface take the profile by themselves; null = only when the proxy names it. */
  readonly interface: string | null;
}

export type TrunkProfiles = Readonly<Record<string, TrunkProfile>>;

export const SECURE_POLICIES = [
  'off',
  'preferred',
  'required',
  'as-signalled',
] as const satisfies readonly SecurePolicy[];

export const SUITE_NAMES: readonly CryptoSuiteName[] = CRYPTO_SUITES.map((suite) => suite.name);

export function parseSuite(text: string): Result<CryptoSuiteName, string> {
  const suite = findCryptoSuite(text.trim());
  return suite === undefined ? err(`one of ${SUITE_NAMES.join(', ')}`) : ok(suite.name);
}

const suites = z
  .array(parsedSchema('a crypto suite', parseSuite), 'a list of crypto suites')
  .min(1, 'at least one crypto suite');
const truth = z.boolean('true or false');

/** A profile as the file writes it: what it does not say comes from the default policy. */
const PROFILE_SCHEMA = z
  .strictObject(
    {
      'offered-suites': suites,
      'accepted-suites': suites,
      'follow-offerer-order': truth,
      secure: z.enum(SECURE_POLICIES, `one of ${SECURE_POLICIES.join(', ')}`),
      'allow-unencrypted-srtp': truth,
      'allow-unencrypted-srtcp': truth,
      'allow-unauthenticated-srtp': truth,
      'write-lifetime': truth,
      'write-padding': truth,
      'first-tag': z.union([z.literal(0), z.literal(1)], 'tag 0 or 1'),
      'source-networks': z.array(parsedSchema('a network', parseNetwork), 'a list of networks'),
      interface: z.string('the name of an interface'),
    },
    'a mapping of profile settings',
  )
  .partial();

export type ProfileSettings = z.output<typeof PROFILE_SCHEMA>;

export const TRUNK_PROFILES_SCHEMA = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a profile name of letters, digits, dot, dash, underscore'),
  PROFILE_SCHEMA,
  'a mapping from profile name to settings',
);

export const PROFILE_KEYS: readonly string[] = Object.keys(PROFILE_SCHEMA.shape);

export function trunkProfile(settings: ProfileSettings, base: Policy): TrunkProfile {
  return {
    policy: {
      offeredSuites: settings['offered-suites'] ?? base.offeredSuites,
      acceptedSuites: settings['accepted-suites'] ?? base.acceptedSuites,
      followOffererOrder: settings['follow-offerer-order'] ?? base.followOffererOrder,
      secure: settings.secure ?? base.secure,
      allowUnencryptedSrtp: settings['allow-unencrypted-srtp'] ?? base.allowUnencryptedSrtp,
      allowUnencryptedSrtcp: settings['allow-unencrypted-srtcp'] ?? base.allowUnencryptedSrtcp,
      allowUnauthenticatedSrtp: settings['allow-unauthenticated-srtp'] ?? base.allowUnauthenticatedSrtp,
      writeLifetime: settings['write-lifetime'] ?? base.writeLifetime,
      writePadding: settings['write-padding'] ?? base.writePadding,
      firstTag: settings['first-tag'] ?? base.firstTag,
    },
    sourceNetworks: settings['source-networks'] ?? [],
    interface: settings.interface ?? null,
  };
}

const both = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const;
const only80 = ['AES_CM_128_HMAC_SHA1_80'] as const;

function builtIn(policy: Partial<Policy>, sourceNetworks: readonly string[] = []): TrunkProfile {
  return { policy: { ...DEFAULT_POLICY, ...policy }, sourceNetworks, interface: null };
}

const TWILIO_MEDIA = ['168.86.128.0/18'];

/**
 * Far ends whose habits are public, and the three words that session border controllers have for a media policy. A profile
 * of the same name in the file replaces the one here.
 */
export const BUILT_IN_PROFILES: TrunkProfiles = {
  // Both suites in calls to it, one in calls from it; no MKI, no lifetime. All or nothing, by a switch at the far end.
  twilio: builtIn({ secure: 'required', offeredSuites: both, acceptedSuites: both }, TWILIO_MEDIA),
  'twilio-tls': builtIn({ secure: 'off' }, TWILIO_MEDIA),
  'twilio-plain': builtIn({ secure: 'off' }, TWILIO_MEDIA),
  // Counts tags from 0, _32 first, `|2^31` after every key.
  teams: builtIn({
    secure: 'required',
    offeredSuites: ['AES_CM_128_HMAC_SHA1_32', 'AES_CM_128_HMAC_SHA1_80'],
    acceptedSuites: both,
    writeLifetime: true,
    firstTag: 0,
  }),
  google: builtIn({ secure: 'required', offeredSuites: only80, acceptedSuites: only80 }, ['74.125.39.0/24']),
  chime: builtIn({ secure: 'required', offeredSuites: [...both, 'AES_256_CM_HMAC_SHA1_80'] }),
  // Voice Agent with Watson and what came after: the switch is flipped by hand, in the middle of the day.
  ibm: builtIn({ secure: 'preferred', offeredSuites: both }),
  genesys: builtIn({ secure: 'off' }),
  rtp: builtIn({ secure: 'off' }),
  srtp: builtIn({ secure: 'required' }),
  any: builtIn({ secure: 'preferred' }),
};
