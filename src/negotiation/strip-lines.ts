import { isDtls } from '../sdp/attributes/fingerprint.js';
import { isIce } from '../sdp/attributes/ice.js';
import { attributeValue, type SdpLine } from '../sdp/session-description.js';

/** Capability negotiation (RFC 5939, 6871, 7006): the alternatives it describes are not those we negotiate. */
const CAPABILITY_ATTRIBUTES: ReadonlySet<string> = new Set([
  'acap',
  'acfg',
  'bcap',
  'ccap',
  'creq',
  'csup',
  'icap',
  'lcfg',
  'mfcap',
  'mscap',
  'omcap',
  'pcfg',
  'rmcap',
  'sescap',
  'tcap',
]);

/** Keys, and what leads media or its protection around us, at session or media level. */
export function isNeverPassed(line: SdpLine): boolean {
  if (line.type === 'k') return true;
  const { attribute } = line;
  if (attribute === null) return false;
  return (
    attribute === 'key-mgmt' ||
    attribute === 'cryptex' ||
    CAPABILITY_ATTRIBUTES.has(attribute) ||
    isIce(line) ||
    isBundle(line) ||
    isEncryptedExtension(line) ||
    carriesKey(line)
  );
}

/** One port for all (RFC 9143): each of our m= lines has its own. */
function isBundle(line: SdpLine): boolean {
  if (line.attribute === 'bundle-only') return true;
  return line.attribute === 'group' && /^BUNDLE\b/i.test(attributeValue(line).trim());
}

/** Header extensions encrypted under the SRTP keys (RFC 6904) would arrive as noise. */
function isEncryptedExtension(line: SdpLine): boolean {
  return line.attribute === 'extmap' && line.value.includes('urn:ietf:params:rtp-hdrext:encrypt');
}

/** a=crypto under whatever name, and anything else that holds an inline key. */
function carriesKey(line: SdpLine): boolean {
  return line.attribute === 'crypto' || /inline:/i.test(line.value);
}

/** DTLS belongs to the RTP that we end; for raw media it is between the two ends. */
export function isRtpOnlyStripped(line: SdpLine): boolean {
  return isDtls(line);
}
