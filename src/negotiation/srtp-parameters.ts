import type { KeyWithMki, SrtpParameters } from './negotiated-media.js';

/** One for all keys without an MKI. */
export const NO_MKI = new Uint8Array(0);

/**
 * True: the same suite with the same master keys, salts and MKIs, so that SRTP contexts, replay windows and rollover
 * counters go on (RFC 4568 §7.1.4). Tag, spelling and lifetime may differ. New contexts under an old key would use a
 * keystream twice, so a context may be renewed only where this says false.
 */
export function sameKeys(one: SrtpParameters | null, other: SrtpParameters | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.keys === other.keys) return one.suite === other.suite;
  return (
    one.suite === other.suite &&
    one.keys.length === other.keys.length &&
    one.keys.every((key, index) => sameKey(key, other.keys[index]))
  );
}

function sameKey(one: KeyWithMki, other: KeyWithMki | undefined): boolean {
  return other !== undefined && one.key.equals(other.key) && one.mki.join() === other.mki.join();
}

/**
 * `next`, in terms of what was there before: the very same object when nothing changed, and the same `keys` array when
 * the keys did not. Callers may therefore compare by identity.
 */
export function keepIdentity(previous: SrtpParameters | null, next: SrtpParameters): SrtpParameters {
  if (previous === null || !sameKeys(previous, next)) return next;
  const unchanged =
    previous.tag === next.tag &&
    previous.wireName === next.wireName &&
    previous.lifetime === next.lifetime &&
    previous.windowSizeHint === next.windowSizeHint &&
    sameProtection(previous, next);
  return unchanged ? previous : { ...next, keys: previous.keys };
}

type Protection = Pick<SrtpParameters, 'unencryptedSrtp' | 'unencryptedSrtcp' | 'unauthenticatedSrtp'>;

/** The negotiated session parameters, which hold for both directions (RFC 4568 §6.3). */
export function sameProtection(one: Protection, other: Protection): boolean {
  return (
    one.unencryptedSrtp === other.unencryptedSrtp &&
    one.unencryptedSrtcp === other.unencryptedSrtcp &&
    one.unauthenticatedSrtp === other.unauthenticatedSrtp
  );
}
