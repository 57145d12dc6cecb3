import { printCrypto, type SessionParam } from '../sdp/attributes/crypto.js';
import type { SdpLine } from '../sdp/session-description.js';
import { KeySalt, type KeyParam, type Lifetime } from '../srtp/key-params.js';
import type { SrtpParameters } from './negotiated-media.js';

/** Our own a=crypto line. Holds the key in clear. */
export function writeCrypto(parameters: SrtpParameters, padding: boolean): SdpLine {
  const lifetime = writtenLifetime(parameters.lifetime);
  const keyParams = parameters.keys.map(({ key, mki }): KeyParam => ({
    keySalt: new KeySalt(key.expose()),
    lifetime,
    mki: mki.length === 0 ? null : mki,
  }));
  const { tag, wireName: suiteName } = parameters;
  return printCrypto({ tag, suiteName, keyParams, sessionParams: sessionParams(parameters) }, padding);
}

function writtenLifetime(packets: number | null): Lifetime | null {
  if (packets === null) return null;
  return { packets, written: Number.isInteger(Math.log2(packets)) ? 'power' : 'decimal' };
}

function sessionParams(parameters: SrtpParameters): readonly SessionParam[] {
  return [
    ...(parameters.unencryptedSrtp ? [{ name: 'UNENCRYPTED_SRTP' } as const] : []),
    ...(parameters.unencryptedSrtcp ? [{ name: 'UNENCRYPTED_SRTCP' } as const] : []),
    ...(parameters.unauthenticatedSrtp ? [{ name: 'UNAUTHENTICATED_SRTP' } as const] : []),
  ];
}
