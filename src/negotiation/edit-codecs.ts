import { payloadMap, type Rtpmap } from '../sdp/attributes/rtpmap.js';
import { attributeLine, attributeValue, type MediaDescription, type SdpLine } from '../sdp/session-description.js';
import type { MediaOptions } from './media-options.js';

/** Attributes that begin with the payload type they speak of. */
const PER_PAYLOAD_TYPE: ReadonlySet<string> = new Set(['rtpmap', 'fmtp', 'rtcp-fb']);

type CodecOptions = Pick<MediaOptions, 'codecStrip' | 'codecOffer' | 'codecExcept'>;

/**
 * The formats that stay after `strip`, those of `offer` first and in its order. `strip` of `all` spares what `except` and
 * `offer` name. Never empty: an m= line without formats is none, so then nothing is stripped.
 */
export function keptFormats(media: MediaDescription, options: CodecOptions): readonly string[] {
  const { codecStrip, codecOffer, codecExcept } = options;
  const { formats } = media.media;
  if (codecStrip.length === 0 && codecOffer.length === 0) return formats;
  const map = payloadMap(media);
  const matches = (format: string, names: readonly string[]): boolean =>
    names.some((name) => isCodec(map.get(Number(format)), name));
  const stripsAll = codecStrip.some((name) => /^(?:all|full)$/i.test(name));
  const spared = [...codecOffer, ...codecExcept];
  const kept = formats.filter((format) => matches(format, spared) || !(stripsAll || matches(format, codecStrip)));
  const first = codecOffer.flatMap((name) => kept.filter((format) => isCodec(map.get(Number(format)), name)));
  return kept.length === 0 ? formats : [...new Set([...first, ...kept])];
}

/** `opus`, `opus/48000`, `opus/48000/2`; names compare without case (RFC 4855 §3). */
function isCodec(rtpmap: Rtpmap | undefined, name: string): boolean {
  if (rtpmap === undefined) return false;
  const [encodingName = '', clockRate, parameters] = name.split('/');
  if (encodingName.toLowerCase() !== rtpmap.encodingName.toLowerCase()) return false;
  if (clockRate !== undefined && Number(clockRate) !== rtpmap.clockRate) return false;
  return parameters === undefined || parameters === (rtpmap.parameters ?? '1');
}

/** True: the line speaks of a payload type that was stripped. */
export function isOfStripped(line: SdpLine, stripped: ReadonlySet<string>): boolean {
  if (line.attribute === null || stripped.size === 0 || !PER_PAYLOAD_TYPE.has(line.attribute)) return false;
  return stripped.has(attributeValue(line).trim().split(/[ \t]/, 1)[0] ?? '');
}

/** `a=ptime` as the proxy wants it (RFC 8866 §6.4), milliseconds. */
export function packetTimeLine(milliseconds: number): SdpLine {
  return attributeLine('ptime', `${milliseconds}`);
}
