import {
  attributesOf,
  attributeLine,
  attributeValue,
  type MediaDescription,
  type SdpLine,
} from '../session-description.js';

/** `a=rtpmap` (RFC 8866 §6.6). */
export interface Rtpmap {
  /** 0–127. */
  readonly payloadType: number;
  readonly encodingName: string;
  /** Hz. */
  readonly clockRate: number;
  /** Audio channels; null when not written. */
  readonly parameters: string | null;
}

export function parseRtpmap(line: SdpLine): Rtpmap | null {
  const match = /^([0-9]{1,3})[ \t]+([^/\s]+)\/([0-9]{1,9})(?:\/(\S+))?$/.exec(attributeValue(line).trim());
  if (match === null) return null;
  const [, payloadType, encodingName = '', clockRate, parameters = null] = match;
  if (Number(payloadType) > 127) return null;
  return { payloadType: Number(payloadType), encodingName, clockRate: Number(clockRate), parameters };
}

export function printRtpmap({ payloadType, encodingName, clockRate, parameters }: Rtpmap): SdpLine {
  const encoding = parameters === null ? `${encodingName}/${clockRate}` : `${encodingName}/${clockRate}/${parameters}`;
  return attributeLine('rtpmap', `${payloadType} ${encoding}`);
}

/** Payload types that need no rtpmap (RFC 3551 §6, tables 4 and 5): name and clock rate. */
const STATIC_PAYLOAD_TYPES: ReadonlyMap<number, readonly [string, number]> = new Map<number, readonly [string, number]>(
  [
    [0, ['PCMU', 8000]],
    [3, ['GSM', 8000]],
    [4, ['G723', 8000]],
    [5, ['DVI4', 8000]],
    [6, ['DVI4', 16000]],
    [7, ['LPC', 8000]],
    [8, ['PCMA', 8000]],
    [9, ['G722', 8000]],
    [10, ['L16', 44100]],
    [11, ['L16', 44100]],
    [12, ['QCELP', 8000]],
    [13, ['CN', 8000]],
    [14, ['MPA', 90000]],
    [15, ['G728', 8000]],
    [16, ['DVI4', 11025]],
    [17, ['DVI4', 22050]],
    [18, ['G729', 8000]],
    [25, ['CelB', 90000]],
    [26, ['JPEG', 90000]],
    [28, ['nv', 90000]],
    [31, ['H261', 90000]],
    [32, ['MPV', 90000]],
    [33, ['MP2T', 90000]],
    [34, ['H263', 90000]],
  ],
);

/** What each payload type of the section means: its rtpmap, else the static assignment. */
export function payloadMap(media: MediaDescription): ReadonlyMap<number, Rtpmap> {
  const map = new Map<number, Rtpmap>();
  for (const line of attributesOf(media.lines, 'rtpmap')) {
    const rtpmap = parseRtpmap(line);
    if (rtpmap !== null && !map.has(rtpmap.payloadType)) map.set(rtpmap.payloadType, rtpmap);
  }
  for (const payloadType of payloadTypes(media)) {
    const known = STATIC_PAYLOAD_TYPES.get(payloadType);
    if (known === undefined || map.has(payloadType)) continue;
    map.set(payloadType, { payloadType, encodingName: known[0], clockRate: known[1], parameters: null });
  }
  return map;
}

export function payloadTypes(media: MediaDescription): readonly number[] {
  return media.media.formats.filter((format) => /^[0-9]{1,3}$/.test(format) && Number(format) <= 127).map(Number);
}

const TELEPHONE_EVENT = /telephone-event/i;
const NO_TYPES: readonly number[] = [];

/** Payload types of RFC 4733 events that the m= line lists. */
export function telephoneEventPayloadTypes(media: MediaDescription): readonly number[] {
  if (!media.lines.some((line) => line.attribute === 'rtpmap' && TELEPHONE_EVENT.test(line.value))) return NO_TYPES;
  const map = payloadMap(media);
  return payloadTypes(media).filter((type) => map.get(type)?.encodingName.toLowerCase() === 'telephone-event');
}
