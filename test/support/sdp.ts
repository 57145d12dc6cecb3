import { inlineKey, masterKeyFromInline, type MasterKeyParams } from './srtp.js';
import { SUITES, type SuiteName } from './srtp-keys.js';

export interface SdpMedia {
  readonly kind?: 'audio' | 'video';
  readonly address?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly payloadTypes?: readonly number[];
  /** Whole attribute lines without `a=`, in order, after the standard ones. */
  readonly attributes?: readonly string[];
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
}

/** An SDP as a plain phone writes it; CRLF at every line end. */
export function buildSdp(media: SdpMedia | readonly SdpMedia[], version = 1): string {
  const sections = Array.isArray(media) ? (media as readonly SdpMedia[]) : [media as SdpMedia];
  const address = sections[0]?.address ?? '127.0.0.1';
  return [
    'v=0',
    `o=- 1234567 ${version} IN ${family(address)} ${address}`,
    's=-',
    `c=IN ${family(address)} ${address}`,
    't=0 0',
    ...sections.flatMap(mediaLines),
    '',
  ].join('\r\n');
}

function family(address: string): string {
  return address.includes(':') ? 'IP6' : 'IP4';
}

function mediaLines(media: SdpMedia): string[] {
  const { kind = 'audio', port, protocol = 'RTP/AVP', payloadTypes = [0], attributes = [], direction } = media;
  return [
    `m=${kind} ${port} ${protocol} ${payloadTypes.join(' ')}`,
    'a=rtpmap:0 PCMU/8000',
    ...attributes.map((attribute) => `a=${attribute}`),
    `a=${direction ?? 'sendrecv'}`,
  ];
}

/** `crypto:…` for one master key. */
export function cryptoAttribute(tag: number, params: MasterKeyParams): string {
  const mki = params.mki.length === 0 ? '' : `|${BigInt(`0x${params.mki.toString('hex')}`)}:${params.mki.length}`;
  return `crypto:${tag} ${params.suite} inline:${inlineKey(params)}${mki}`;
}

export interface ReadCrypto {
  readonly tag: number;
  readonly suite: string;
  readonly inline: string;
  /** Key and salt, when the suite is one that the judge knows. */
  readonly params: MasterKeyParams | undefined;
}

export interface ReadMedia {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  readonly address: string;
  /** From a=rtcp, or port + 1, or the same port with a=rtcp-mux. */
  readonly rtcpPort: number;
  readonly cryptos: readonly ReadCrypto[];
  readonly lines: readonly string[];
}

/** The media sections of an SDP, as a receiver reads them. */
export function readSdp(sdp: string): readonly ReadMedia[] {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  const starts = lines.flatMap((line, at) => (line.startsWith('m=') ? [at] : []));
  const session = lines.slice(0, starts[0] ?? lines.length);
  return starts.map((start, i) => readMedia(session, lines.slice(start, starts[i + 1] ?? lines.length)));
}

/** The only media section. */
export function readOnlyMedia(sdp: string | undefined): ReadMedia {
  const media = readSdp(sdp ?? '');
  if (media.length !== 1 || media[0] === undefined) throw new Error(`${media.length} media sections in ${sdp ?? '-'}`);
  return media[0];
}

function readMedia(session: readonly string[], lines: readonly string[]): ReadMedia {
  const [, kind = '', portText = '', protocol = ''] = /^m=(\S+) (\d+)\S* (\S+)/.exec(lines[0] ?? '') ?? [];
  const connection = [...lines, ...session].find((line) => line.startsWith('c=')) ?? '';
  const port = Number(portText);
  const rtcp = lines.map((line) => /^a=rtcp:(\d+)/.exec(line)?.[1]).find((found) => found !== undefined);
  const muxed = lines.includes('a=rtcp-mux');
  return {
    kind,
    port,
    protocol,
    address: connection.split(' ')[2] ?? '',
    rtcpPort: muxed ? port : Number(rtcp ?? port + 1),
    cryptos: lines.flatMap(readCrypto),
    lines,
  };
}

function readCrypto(line: string): ReadCrypto[] {
  const match = /^a=crypto:(\d+) (\S+) inline:([A-Za-z0-9+/=]+)(?:\|(?:2\^)?\d+(?=[ |;]|$))?(?:\|(\d+):(\d+))?/.exec(
    line,
  );
  if (match === null) return [];
  const [, tag = '', suite = '', inline = '', mki = '0', mkiLength = '0'] = match;
  const mkiOctets = Buffer.from(
    BigInt(mki)
      .toString(16)
      .padStart(Number(mkiLength) * 2, '0'),
    'hex',
  );
  const known = suite in SUITES;
  const params = known
    ? masterKeyFromInline(suite as SuiteName, inline, Number(mkiLength) === 0 ? Buffer.alloc(0) : mkiOctets)
    : undefined;
  return [{ tag: Number(tag), suite, inline, params }];
}
