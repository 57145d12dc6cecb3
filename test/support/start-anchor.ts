import type { Anchor, AnchorOptions } from './anchor.js';
import type { TestHost } from './host.js';
import { RelayProcess } from './relay-process.js';
import { RtpengineProcess } from './rtpengine-process.js';

/**
 * The anchor under test: ours. With SRTP_ANCHOR_TEST_STAND_IN=rtpengine the same scenarios run against Debian's
 * rtpengine-daemon, which tells a fault of the rig from a fault of the product.
 */
export async function startAnchor(host: TestHost, options: AnchorOptions = {}): Promise<Anchor> {
  return standIn() ? RtpengineProcess.start(host, options) : RelayProcess.start(host, options);
}

export function standIn(): boolean {
  return process.env['SRTP_ANCHOR_TEST_STAND_IN'] === 'rtpengine';
}
