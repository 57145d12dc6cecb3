import type { MediaDescription } from '../sdp/session-description.js';
import type { RtpTransport } from './media-options.js';

/**
 * What a section is to a relay of UDP. `rtp`: one of the four profiles that SDES can key. `raw`: other UDP, passed
 * untouched. `dtls`: SRTP keyed by DTLS (RFC 5764), which is not done here. `stream`: TCP and SCTP over TCP, which no
 * UDP relay can carry. `rejected`: port 0.
 */
export type MediaClass =
  | { readonly kind: 'rtp'; readonly transport: RtpTransport }
  | { readonly kind: 'raw' | 'dtls' | 'stream' | 'rejected' };

const RTP_TRANSPORTS: readonly RtpTransport[] = ['RTP/AVP', 'RTP/SAVP', 'RTP/AVPF', 'RTP/SAVPF'];

export function classifyMedia({ media }: MediaDescription): MediaClass {
  if (media.port === 0) return { kind: 'rejected' };
  const protocol = media.protocol.toUpperCase();
  const transport = rtpTransport(protocol);
  if (transport !== null) return { kind: 'rtp', transport };
  if (/^UDP\/TLS\/RTP\/SAVPF?$/.test(protocol)) return { kind: 'dtls' };
  if (protocol.split('/').includes('TCP') || protocol === 'SCTP') return { kind: 'stream' };
  return { kind: 'raw' };
}

/** The profile that an m= line's protocol names; null when it is none of the four. */
export function rtpTransport(protocol: string): RtpTransport | null {
  return RTP_TRANSPORTS.find((name) => name === protocol.toUpperCase()) ?? null;
}

export function isSecure(transport: RtpTransport): boolean {
  return transport === 'RTP/SAVP' || transport === 'RTP/SAVPF';
}

/** The profile with the same feedback (RFC 4585) and the wanted security. */
export function withSecurity(transport: RtpTransport, secure: boolean): RtpTransport {
  const feedback = transport.endsWith('F');
  if (secure) return feedback ? 'RTP/SAVPF' : 'RTP/SAVP';
  return feedback ? 'RTP/AVPF' : 'RTP/AVP';
}

/** `m-line 1 (audio)`, for texts. */
export function mediaName(index: number, type: string): string {
  return `m-line ${index + 1} (${/^[a-z-]{1,16}$/i.test(type) ? type : '…'})`;
}
