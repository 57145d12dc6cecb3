/**
 * srtp-anchor as a library: answer a secure offer, and relay its packets on native threads.
 *
 * @packageDocumentation
 */
export { negotiate } from './library/negotiate.js';
export type {
  AnsweredMedia,
  LocalPort,
  NegotiateOptions,
  Negotiation,
  NegotiationFailure,
} from './library/negotiate.js';
export { Port, Relay } from './library/relay.js';
export type { PortCounters, PortOptions, PortSetup, RelayOptions } from './library/relay.js';
export { DEFAULT_POLICY } from './negotiation/policy.js';
export type { Policy, SecurePolicy } from './negotiation/policy.js';
export type { KeyWithMki, MediaAddress, MediaKind, SrtpParameters } from './negotiation/negotiated-media.js';
export { CRYPTO_SUITES } from './srtp/crypto-suite.js';
export type { CryptoSuite, CryptoSuiteName } from './srtp/crypto-suite.js';
export { MasterKey } from './srtp/master-key.js';
export type { PortId, RelayEvent } from './relay/addon.js';
export { DROP_REASONS } from './relay/counters.js';
export type { DropReason } from './relay/counters.js';
export type { Result } from './shared/result.js';
