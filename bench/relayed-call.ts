import type { CryptoSuiteName } from '../src/srtp/crypto-suite.js';

/** A suite with its key || salt in base64, as in `inline:` (RFC 4568 §6.1). */
export interface SuiteKey {
  readonly suite: CryptoSuiteName;
  readonly keySalt: string;
}

export interface MediaAddress {
  readonly address: string;
  readonly rtp: number;
  readonly rtcp: number;
}

/** One end of a call to be: where it receives, and what it encrypts with (null = plain RTP). */
export interface PartyRequest {
  readonly media: MediaAddress;
  readonly crypto: SuiteKey | null;
}

export interface CallRequest {
  readonly id: string;
  /** Offers. */
  readonly a: PartyRequest;
  /** Answers. */
  readonly b: PartyRequest;
}

/** What one end learned: where to send to, and what the relay encrypts with towards it (null = plain RTP). */
export interface RelayedParty {
  readonly relay: MediaAddress;
  readonly crypto: SuiteKey | null;
}

export interface RelayedCall {
  readonly request: CallRequest;
  readonly a: RelayedParty;
  readonly b: RelayedParty;
}
