/**
 * The backstop behind typed log fields: no text leaves through the logger with key material in it. The front line is
 * that keys are `MasterKey` objects, which print `[redacted]`, and that log fields are plain values.
 */
const redacted = '[redacted]';

/** Everything after `inline:` up to a space: the key of an a=crypto line (RFC 4568 §6.1), all keys of its list. */
const inlineKey = /inline\s*:\s*[^\s"']+/gi;

/** SDP's old key line (RFC 8866 §5.12). */
const keyLine = /(^|[\r\n])k=[^\r\n]*/g;

/** A run of base64 as long as the shortest key with salt (28 octets, AEAD_AES_128_GCM) or longer. */
const base64Run = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{37,}={0,2}/g;

/** Masks what looks like a key. Hexadecimal runs stay: digests and call-ids look so, our keys are never written so. */
export function redactText(text: string): string {
  if (text.length < 8) return text;
  return text
    .replace(inlineKey, `inline:${redacted}`)
    .replace(keyLine, `$1k=${redacted}`)
    .replace(base64Run, (run) => (looksLikeKey(run) ? redacted : run));
}

function looksLikeKey(run: string): boolean {
  return !/^[0-9a-f]+$|^[0-9A-F]+$/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run);
}
