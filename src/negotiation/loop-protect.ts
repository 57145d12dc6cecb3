import {
  attributeLine,
  attributesOf,
  attributeValue,
  type SdpLine,
  type SessionDescription,
} from '../sdp/session-description.js';

/** Our mark in an SDP that went through us with `loop-protect`. */
const MARK = 'srtp-anchor';

/** True: this very instance wrote the SDP, so it passes untouched instead of being anchored twice. */
export function carriesMark(description: SessionDescription, instanceId: string): boolean {
  return attributesOf(description.lines, MARK).some((line) => attributeValue(line) === instanceId);
}

export function loopMark(instanceId: string): SdpLine {
  return attributeLine(MARK, instanceId);
}

/** A mark of this instance is not repeated; one of another instance stays, since that one wants to see it again. */
export function isOwnMark(line: SdpLine, instanceId: string): boolean {
  return line.attribute === MARK && attributeValue(line) === instanceId;
}
