import { decodeBencode, encodeBencode } from '../../src/control/bencode.js';
import { parseSessionDescription } from '../../src/sdp/parse.js';
import { serializeSessionDescription } from '../../src/sdp/serialize.js';
import type { Bench } from '../bench.js';
import { encodeBencode as encodeRequest } from '../bencode.js';
import type { OperationSample } from '../result.js';
import { writeSessionDescription } from '../session-description.js';
import { median } from '../statistics.js';
import { generateKey } from '../suite-key.js';

const rounds = 5;
const batch = 200;

interface Operation {
  readonly subject: string;
  readonly operation: string;
  readonly octets: number;
  readonly once: () => unknown;
}

/** The product's parsers and writers on one typical offer, in this process. */
export function measureMicro(bench: Bench, secondsPerRound: number): Promise<OperationSample[]> {
  bench.progress.step('SDP and bencode micro-benchmark');
  return Promise.resolve(operations().map((operation) => measureOperation(operation, secondsPerRound)));
}

function operations(): Operation[] {
  const sdp = typicalOffer();
  const request = Buffer.from(typicalRequest(sdp));
  const parsed = parseSessionDescription(sdp);
  const decoded = decodeBencode(request);
  if (!parsed.ok || !decoded.ok) throw new Error('the product does not read a typical offer');
  const octets = request.length;
  return [
    { subject: 'SDP', operation: 'parse', octets: sdp.length, once: () => parseSessionDescription(sdp) },
    {
      subject: 'SDP',
      operation: 'serialize',
      octets: sdp.length,
      once: () => serializeSessionDescription(parsed.value),
    },
    { subject: 'bencode', operation: 'decode', octets, once: () => decodeBencode(request) },
    { subject: 'bencode', operation: 'encode', octets, once: () => encodeBencode(decoded.value.value) },
  ];
}

function typicalOffer(): string {
  const media = { address: '192.0.2.1', rtp: 30_000, rtcp: 30_001 };
  return writeSessionDescription({ media, crypto: generateKey('AES_CM_128_HMAC_SHA1_80') }, 1);
}

function typicalRequest(sdp: string): string {
  return encodeRequest({
    command: 'offer',
    'call-id': 'a84b4c76e66710@192.0.2.1',
    'from-tag': '1928301774',
    'received-from': ['IP4', '192.0.2.1'],
    supports: ['load limit'],
    replace: ['origin', 'session-connection'],
    flags: ['trust-address'],
    ICE: 'remove',
    'transport-protocol': 'RTP/AVP',
    sdp,
  });
}

function measureOperation({ subject, operation, octets, once }: Operation, secondsPerRound: number): OperationSample {
  round(once, secondsPerRound); // compiled and warm
  const roundsNanoseconds = Array.from({ length: rounds }, () => round(once, secondsPerRound));
  const medianNanoseconds = median(roundsNanoseconds);
  return { measure: 'micro', source: 'srtp-anchor', subject, operation, octets, medianNanoseconds, roundsNanoseconds };
}

/** Nanoseconds of one, over at least the given time. */
function round(once: () => unknown, seconds: number): number {
  const began = performance.now();
  for (let done = batch; ; done += batch) {
    for (let i = 0; i < batch; i++) once();
    const elapsed = performance.now() - began;
    if (elapsed >= seconds * 1000) return (elapsed * 1e6) / done;
  }
}
