import { err, ok, type Result } from '../shared/result.js';
import type { ErrorCode } from '../shared/errors.js';
import { isSecure, rtpTransport, withSecurity } from './classify-media.js';
import type { MediaOptions, RtpTransport } from './media-options.js';
import type { Leg } from './negotiated-media.js';
import type { Policy, SecurePolicy } from './policy.js';

/** How the m= line toward the answerer is written. */
export interface AnswererTransport {
  readonly transport: RtpTransport;
  /** Write a=crypto lines: on a secure profile, and on a plain one for OSRTP (RFC 8643 §3). */
  readonly crypto: boolean;
  readonly warning: string | null;
}

export interface TransportRefusal {
  readonly code: ErrorCode;
  readonly text: string;
}

/**
 * The profile toward the answerer: what the proxy asks for, else what that party speaks already, else as offered; the
 * policy of that leg goes before all. A proxy that asks for what the policy forbids gets an error where the
 * alternative would be less secure.
 */
export function chooseAnswererTransport(
  offered: RtpTransport,
  options: MediaOptions,
  policy: Policy,
  previous: Leg | null,
): Result<AnswererTransport, TransportRefusal> {
  const asked = options.transportProtocol;
  const base = asked ?? rtpTransport(previous?.protocol ?? '') ?? offered;
  if (policy.secure === 'off' && asked !== null && isSecure(asked)) {
    return err({ code: 'secure-refused', text: `transport-protocol ${asked} asked for, the answerer's policy is off` });
  }
  const secure = policy.secure === 'required' || (policy.secure !== 'off' && isSecure(base));
  if (secure && options.sdes.off) {
    return err({
      code: 'secure-refused',
      text: 'SDES is off and DTLS-SRTP is not done here; ask for transport-protocol RTP/AVP',
    });
  }
  const overridden = asked !== null && isSecure(asked) !== secure;
  return ok({
    transport: withSecurity(base, secure),
    crypto: secure || isOpportunistic(options, policy.secure, (previous?.outbound ?? null) !== null),
    warning: overridden ? `transport-protocol ${asked} overridden: the answerer's policy is ${policy.secure}` : null,
  });
}

/**
 * RFC 8643: RTP/AVP with a=crypto. Unless the proxy named a profile, `preferred` offers so, and a leg that is secure
 * stays so.
 */
function isOpportunistic(
  { osrtp, sdes, transportProtocol }: MediaOptions,
  policy: SecurePolicy,
  isSecured: boolean,
): boolean {
  if (sdes.off || policy === 'off') return false;
  return osrtp.offer || (transportProtocol === null && (policy === 'preferred' || isSecured));
}

/** May the a=crypto lines of an RTP/AVP offer be used (RFC 8643 §3.1)? Once the leg is secure it stays so. */
export function acceptsOpportunistic(options: MediaOptions, policy: Policy, wasSecure: boolean): boolean {
  if (policy.secure === 'off') return false;
  return options.osrtp.accept || options.sdes.prefer || policy.secure !== 'as-signalled' || wasSecure;
}
