/**
 * An SDP with what must differ between two anchors made equal: ports by order of first sight, our addresses, keys, and
 * the numbers in o=. Everything else stays as it is.
 */
export function normaliseSdp(sdp: string, anchorAddress: string): string[] {
  const ports = new Map<string, string>();
  const port = (text: string): string => {
    if (text === '0' || text === '9') return text;
    const known = ports.get(text) ?? `PORT${ports.size + 1}`;
    ports.set(text, known);
    return known;
  };
  return sdp
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replaceAll(anchorAddress, 'ANCHOR')
        .replace(/^(m=\S+ )(\d+)/, (_all, head: string, number: string) => head + port(number))
        .replace(/^(a=rtcp:)(\d+)/, (_all, head: string, number: string) => head + port(number))
        .replace(/(inline:)[A-Za-z0-9+/=]+/g, '$1KEY')
        .replace(/^o=(\S+) \d+ \d+ /, 'o=$1 ID VERSION '),
    );
}
