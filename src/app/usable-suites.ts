import type { Addon } from '../relay/addon.js';
import { findCryptoSuite, type CryptoSuiteName } from '../srtp/crypto-suite.js';

/** Suites that the native build got right in its own self-test; others are never offered nor accepted. */
export function usableSuitesOf(addon: Addon): ReadonlySet<CryptoSuiteName> {
  const names = addon.cryptoSuites().flatMap(({ name, usable }) => (usable ? [findCryptoSuite(name)?.name] : []));
  return new Set(names.filter((name) => name !== undefined));
}
