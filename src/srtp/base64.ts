/** Base64 of RFC 4648 §4 for key material: no intermediate strings or pooled buffers that could outlive the key. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const VALUES: Int8Array = Int8Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)));

/** Octets that so many characters of base64 stand for, padding aside. */
export function decodedLength(text: string): number {
  return Math.floor((unpaddedLength(text) * 3) / 4);
}

/** Padding is optional, also in part; anything else outside the alphabet gives null. The caller owns the octets. */
export function decodeBase64(text: string): Uint8Array | null {
  const length = unpaddedLength(text);
  if (length % 4 === 1) return null;
  const octets = new Uint8Array(decodedLength(text));
  let bits = 0;
  let pending = 0;
  let written = 0;
  for (let index = 0; index < length; index++) {
    const value = VALUES[text.charCodeAt(index)] ?? -1;
    if (value < 0) {
      octets.fill(0);
      return null;
    }
    pending = ((pending << 6) | value) & 0x3fff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    octets[written++] = (pending >> bits) & 0xff;
  }
  return octets;
}

/** Reads the octets where they lie: nothing of them is copied but into the text. */
export function encodeBase64(octets: Uint8Array, padding: boolean): string {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64');
  return padding ? text : text.slice(0, unpaddedLength(text));
}

/** At most two signs of padding belong to base64; a third stays, and is refused as a character. */
function unpaddedLength(text: string): number {
  let length = text.length;
  while (length > 0 && text.length - length < 2 && text[length - 1] === '=') length--;
  return length;
}
