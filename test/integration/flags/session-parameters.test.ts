import { describe, expect, it } from 'vitest';
import type { Flags } from '../../support/anchored-call.js';
import { linesOf, phoneBody, sharedRelay } from '../../support/shared-relay.js';

/* UNENCRYPTED_SRTP and its like (RFC 4568 §6.3): asked for by the proxy, and written only where the operator allows it. */
const NAMES = ['unencrypted_srtp', 'unencrypted_srtcp', 'unauthenticated_srtp'] as const;
const lax = sharedRelay({ extraArguments: NAMES.flatMap((name) => [`--allow-${name.replace('_', '-')}`, 'true']) });
const strict = sharedRelay({ portMin: 27_000, portMax: 27_999 });

async function written(relay: typeof lax, options: Flags): Promise<readonly string[]> {
  const sdp = await relay.dialogue().offered(phoneBody(), { 'transport-protocol': 'RTP/SAVP', ...options });
  return linesOf(sdp, 'a=crypto:').map((line) => line.replace(/^\S+ \S+ \S+ ?/, ''));
}

describe('session parameters', () => {
  it.each([
    ['SDES: unencrypted_srtp — asked for where the policy allows it', 'unencrypted_srtp'],
    ['SDES: unencrypted_srtcp — asked for where the policy allows it', 'unencrypted_srtcp'],
    ['SDES: unauthenticated_srtp — asked for where the policy allows it', 'unauthenticated_srtp'],
  ])('%s', async (_title, name) => {
    expect(await written(lax, { SDES: [name] })).toEqual([name.toUpperCase(), name.toUpperCase()]);
    expect(await written(lax, {})).toEqual(['', '']);
    expect(await written(strict, { SDES: [name] })).toEqual(['', '']);
  });

  it.each([
    ['SDES: encrypted_srtp — takes it back', 'unencrypted_srtp', 'encrypted_srtp'],
    ['SDES: encrypted_srtcp — takes it back', 'unencrypted_srtcp', 'encrypted_srtcp'],
    ['SDES: authenticated_srtp — takes it back', 'unauthenticated_srtp', 'authenticated_srtp'],
  ])('%s', async (_title, name, opposite) => {
    expect(await written(lax, { SDES: [name, opposite] })).toEqual(['', '']);
  });
});
