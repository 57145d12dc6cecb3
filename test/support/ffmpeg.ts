import { readFileSync } from 'node:fs';
import type { TestHost } from './host.js';
import type { RunningProcess } from './process.js';
import type { SocketAddress } from './udp-endpoint.js';
import { samplesOf, type Sound } from './wav.js';

/** ffmpeg names the suites without their `_CM_` sibling problem: the registry's names, upper case. */
export interface FfmpegKey {
  readonly suite: 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32';
  /** base64 of key and salt. */
  readonly inline: string;
}

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'warning'];

/** Sends a tone as PCMU in real time from `localPort`; SRTP by ffmpeg's own stack when a key is given. */
export function sendTone(
  host: TestHost,
  options: {
    readonly hertz: number;
    readonly seconds: number;
    readonly to: SocketAddress;
    readonly localPort: number;
    readonly key?: FfmpegKey;
  },
): RunningProcess {
  const { hertz, seconds, to, localPort, key } = options;
  const scheme = key === undefined ? 'rtp' : 'srtp';
  const protection = key === undefined ? [] : ['-srtp_out_suite', key.suite, '-srtp_out_params', key.inline];
  return host.spawn(`ffmpeg sending ${hertz} Hz`, 'ffmpeg', [
    ...QUIET,
    ...['-re', '-f', 'lavfi', '-i', `sine=frequency=${hertz}:sample_rate=8000:duration=${seconds}`],
    // lavfi's sine is at 1/8 of full scale; raised to one half.
    ...['-af', 'volume=4', '-ar', '8000', '-ac', '1', '-c:a', 'pcm_mulaw'],
    ...['-f', 'rtp', ...protection],
    `${scheme}://${to.address}:${to.port}?localport=${localPort}&localrtcpport=${localPort + 1}&pkt_size=172`,
  ]);
}

/** Receives PCMU by an SDP file (with a=crypto: decrypted by ffmpeg's own stack) into raw PCM at `output`. */
export function receiveSdp(
  host: TestHost,
  options: { readonly sdpFile: string; readonly seconds: number; readonly output: string },
): RunningProcess {
  return host.spawn('ffmpeg receiving', 'ffmpeg', [
    ...QUIET,
    ...['-y', '-protocol_whitelist', 'file,udp,rtp,srtp,crypto', '-analyzeduration', '0', '-probesize', '32'],
    ...['-reorder_queue_size', '0', '-i', options.sdpFile, '-t', String(options.seconds)],
    ...['-f', 's16le', '-ar', '8000', '-ac', '1', options.output],
  ]);
}

/** SDP for ffmpeg as the receiver on `address:port`. */
export function receiverSdp(local: SocketAddress, key?: FfmpegKey): string {
  return [
    'v=0',
    `o=- 0 0 IN IP4 ${local.address}`,
    's=-',
    `c=IN IP4 ${local.address}`,
    't=0 0',
    `m=audio ${local.port} ${key === undefined ? 'RTP/AVP' : 'RTP/SAVP'} 0`,
    'a=rtpmap:0 PCMU/8000',
    ...(key === undefined ? [] : [`a=crypto:1 ${key.suite} inline:${key.inline}`]),
    '',
  ].join('\r\n');
}

export function readRaw(path: string): Sound {
  return { rate: 8_000, samples: samplesOf(readFileSync(path)) };
}
