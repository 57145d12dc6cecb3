import { CRYPTO_SUITES, type CryptoSuiteName } from '../../srtp/crypto-suite.js';
import { foldName, rowsOf, type FlagRow } from './flag-row.js';
import { text, texts, word } from './read-value.js';
import { noteUnknown, printable, withItem, type RequestDraft } from './request-draft.js';

const { supported } = rowsOf('SDES');

const SUITES = new Map<string, CryptoSuiteName>(
  CRYPTO_SUITES.flatMap((suite) => [suite.name, ...suite.aliases].map((name) => [foldName(name), suite.name] as const)),
);

/** Suites with a name in a registry or in the field that this relay neither offers nor accepts. */
const NEVER_USED: ReadonlySet<string> = new Set(
  [
    ...['NULL_HMAC_SHA1_80', 'NULL_HMAC_SHA1_32', 'F8_128_HMAC_SHA1_80', 'F8_128_HMAC_SHA1_32'],
    ...['AEAD_AES_128_GCM_8', 'AEAD_AES_256_GCM_8', 'AEAD_AES_128_GCM_12', 'AEAD_AES_256_GCM_12'],
  ].map(foldName),
);

/** A suite is excluded, or never was among ours. */
function exclude(draft: RequestDraft, name: string): void {
  const suite = SUITES.get(foldName(name));
  if (suite !== undefined) draft.options.sdes.excluded = withItem(draft.options.sdes.excluded, suite);
  else if (!NEVER_USED.has(foldName(name))) noteUnknown(draft, `SDES-no-${name}`);
}

function allowOnly(draft: RequestDraft, name: string): void {
  const suite = SUITES.get(foldName(name));
  if (suite !== undefined) draft.options.sdes.only = withItem(draft.options.sdes.only, suite);
  else draft.refusedOnly.push(printable(name));
}

/** `A;B;`: names that are not ours stand for nothing in an order of preference. */
function suiteList(list: string): CryptoSuiteName[] {
  const found = list.split(/[;,\s]+/).map((name) => SUITES.get(foldName(name)));
  return [...new Set(found.filter((suite) => suite !== undefined))];
}

export const SDES_ROWS: readonly FlagRow[] = [
  supported(
    'off',
    'options.sdes.off',
    'Offer no SDES keys toward the other side.',
    word((draft) => (draft.options.sdes.off = true)),
    { also: ['no', 'disable'] },
  ),
  supported(
    'no-SUITE',
    'options.sdes.excluded',
    'Leave this crypto suite out of our offer and out of what we accept.',
    texts((draft, names) => names.forEach((name) => exclude(draft, name))),
    { also: ['no'], takes: 'SUITE' },
  ),
  supported(
    'only-SUITE',
    'options.sdes.only',
    'Offer this crypto suite and others named the same way, nothing else, and take it first of what the offerer ' +
      'offered. A suite that is never used here is refused when no usable one is left.',
    texts((draft, names) => names.forEach((name) => allowOnly(draft, name))),
    { also: ['only'], takes: 'SUITE' },
  ),
  supported(
    'nonew',
    'options.sdes.noNew',
    'Pass on only the suites that the other side offered, add none.',
    word((draft) => (draft.options.sdes.noNew = true)),
    { also: ['no-new'] },
  ),
  supported(
    'order:A;B;',
    'options.sdes.order',
    'Put these suites first in our offer, in this order.',
    text((draft, list) => (draft.options.sdes.order = suiteList(list))),
    { also: ['order'], takes: 'A;B;' },
  ),
  supported(
    'offerer_pref:A;B;',
    'options.sdes.offererPreference',
    'Answer the offerer with the first of these suites that is among its lines.',
    text((draft, list) => (draft.options.sdes.offererPreference = suiteList(list))),
    { also: ['offerer-pref'], takes: 'A;B;' },
  ),
  supported(
    'pad',
    'options.sdes.pad',
    'Keep the base64 padding (`=`) in the keys we write.',
    word((draft) => (draft.options.sdes.pad = true)),
  ),
  supported(
    'lifetime',
    'options.sdes.lifetime',
    'Write the lifetime `2^31` after each of our keys.',
    word((draft) => (draft.options.sdes.lifetime = true)),
  ),
  supported(
    'static',
    'options.sdes.static',
    'Keep the suite settled before when a re-offer is answered.',
    word((draft) => (draft.options.sdes.static = true)),
  ),
  supported(
    'prefer',
    'options.sdes.prefer',
    'Where a line could be answered secure or plain, answer secure.',
    word((draft) => (draft.options.sdes.prefer = true)),
  ),
  ...sessionParameter('unencrypted_srtp', 'encrypted_srtp', 'unencryptedSrtp'),
  ...sessionParameter('unencrypted_srtcp', 'encrypted_srtcp', 'unencryptedSrtcp'),
  ...sessionParameter('unauthenticated_srtp', 'authenticated_srtp', 'unauthenticatedSrtp'),
];

function sessionParameter(
  name: string,
  opposite: string,
  option: 'unencryptedSrtp' | 'unencryptedSrtcp' | 'unauthenticatedSrtp',
): readonly FlagRow[] {
  const parameter = name.toUpperCase();
  return [
    supported(
      name,
      `options.sdes.${option}`,
      `Ask for the session parameter ${parameter} (RFC 4568 §6.3); has an effect only where the policy allows it.`,
      word((draft) => (draft.options.sdes[option] = true)),
    ),
    supported(
      opposite,
      `options.sdes.${option}`,
      `Take back ${parameter}; this is the default.`,
      word((draft) => (draft.options.sdes[option] = false)),
    ),
  ];
}
