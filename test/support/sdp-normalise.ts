/**
 * An SDP with what must differ between two anchors made equal: ports by the m= line they belong to, our addresses, keys,
 * and the numbers in o=. Everything else stays as it is.
 */
export function normaliseSdp(sdp: string, anchorAddress: string): string[] {
  let section = 0;
  let port = '';
  return sdp
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => {
      const media = /^m=\S+ (\d+)/.exec(line)?.[1];
      if (media !== undefined) {
        section++;
        port = media;
      }
      return line
        .replaceAll(anchorAddress, 'ANCHOR')
        .replace(/^(m=\S+ )(\d+)/, (all, head: string) => (port === '0' ? all : `${head}PORT${section}`))
        .replace(
          /^(a=rtcp:)(\d+)/,
          (_all, head: string, rtcp: string) => `${head}${rtcp === port ? 'PORT' : 'RTCP'}${section}`,
        )
        .replace(/(inline:)[A-Za-z0-9+/=]+/g, '$1KEY')
        .replace(/^o=(\S+) \d+ \d+ /, 'o=$1 ID VERSION ');
    });
}
