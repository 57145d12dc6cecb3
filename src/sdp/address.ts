/** Address literals as SDP writes them (RFC 8866 §9: `IP4-address`, `IP6-address`), without the help of `node:net`. */

const octet = /^(?:0|[1-9][0-9]{0,2})$/;
const group = /^[0-9a-fA-F]{1,4}$/;

/** Dotted decimal. Leading zeros are refused: some readers take them as octal. */
export function isIp4(text: string): boolean {
  const parts = text.split('.');
  return text.length <= 15 && parts.length === 4 && parts.every((part) => octet.test(part) && Number(part) <= 255);
}

/** RFC 4291 §2.2, without a zone. */
export function isIp6(text: string): boolean {
  return ip6Groups(text) !== null;
}

export function isAddressOf(family: 'IP4' | 'IP6', text: string): boolean {
  return family === 'IP4' ? isIp4(text) : isIp6(text);
}

/** `0.0.0.0` or `::` in any spelling: "do not send to me", the old way to put on hold (RFC 3264 §8.4). */
export function isZeroAddress(text: string): boolean {
  if (text === '0.0.0.0') return true;
  const groups = ip6Groups(text);
  return groups !== null && groups.every((value) => value === 0);
}

export function zeroAddress(family: 'IP4' | 'IP6'): string {
  return family === 'IP4' ? '0.0.0.0' : '::';
}

/** The sixteen-bit groups that are written out (`::` stands for zeros and adds none), or null when it is no address. */
function ip6Groups(text: string): number[] | null {
  if (text.length > 45 || !text.includes(':')) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const parts = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  const groups: number[] = [];
  for (const part of parts) {
    if (part === null) return null;
    groups.push(...part);
  }
  const complete = halves.length === 2 ? groups.length <= 7 : groups.length === 8;
  return complete ? groups : null;
}

/** One side of `::`. Only the last side may end in a dotted IPv4 address. */
function groupsOf(half: string, last: boolean): number[] | null {
  if (half === '') return [];
  const words = half.split(':');
  const groups: number[] = [];
  for (const [index, word] of words.entries()) {
    if (last && index === words.length - 1 && isIp4(word)) groups.push(...ip4Groups(word));
    else if (group.test(word)) groups.push(Number.parseInt(word, 16));
    else return null;
  }
  return groups;
}

function ip4Groups(text: string): [number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}
