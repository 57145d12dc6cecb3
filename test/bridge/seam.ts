import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  loadAddon,
  type Addon,
  type NativeRelay,
  type OpenPortOptions,
  type PortConfig,
  type PortId,
  type RelayEvent,
  type RelayOptions,
  type SrtpKeys,
} from '../../src/relay/addon.js';
import { runCommand, type CommandResult } from '../support/process.js';

export const addon: Addon = loadAddon();

// Test processes are ended by a signal; a build that counts executed lines writes its count only when a process exits.
process.once('SIGTERM', () => process.exit());

/** The file that `addon` came from, for processes of their own. */
export const addonFile =
  process.env['SRTP_ANCHOR_ADDON'] ?? fileURLToPath(new URL('../../build/Release/srtp_anchor.node', import.meta.url));

export const relayOptions: RelayOptions = {
  workers: 2,
  portsPerWorker: 16,
  coalesceMicroseconds: 0,
  receiveBufferBytes: 0,
  sendBufferBytes: 0,
  cpus: [],
  rekeyOverlapMilliseconds: 1_000,
  learningWindowMilliseconds: 1_000,
};

export const portOptions: OpenPortOptions = { worker: 0, address: '127.0.0.1', port: 0, trafficClass: 0 };

export const plainConfig: PortConfig = {
  kind: 'rtp',
  remote: null,
  learning: 'immediate',
  strictSource: false,
  mediaHandover: false,
  learningRound: 1,
  allowedSources: [],
  inbound: null,
  outbound: null,
  cryptoFrom: null,
  rtpTo: null,
  rtcpTo: null,
  forwardRtp: true,
  blockedPayloadTypes: [],
  trafficClass: 0,
};

/** Octets that a leak would show. */
export function srtpKeys(fill: number): SrtpKeys {
  return {
    suite: 'AES_CM_128_HMAC_SHA1_80',
    keys: [{ keySalt: new Uint8Array(30).fill(fill), mki: new Uint8Array(0) }],
    revision: 1,
    replayWindow: 128,
    srtpLifetime: 2 ** 48,
    srtcpLifetime: 2 ** 31,
    unencryptedSrtp: false,
    unencryptedSrtcp: false,
    unauthenticatedSrtp: false,
  };
}

export interface OpenRelay {
  readonly relay: NativeRelay;
  readonly events: RelayEvent[];
}

const open: NativeRelay[] = [];

export function newRelay(options: Partial<RelayOptions> = {}): OpenRelay {
  const events: RelayEvent[] = [];
  const relay = addon.createRelay({ ...relayOptions, ...options }, (event) => events.push(event));
  open.push(relay);
  return { relay, events };
}

/** For afterEach. */
export function closeRelays(): void {
  for (const relay of open.splice(0)) relay.close();
}

export interface OpenedPort {
  readonly id: PortId;
  readonly slot: number;
  readonly port: number;
}

export function openPort(relay: NativeRelay, options: Partial<OpenPortOptions> = {}): OpenedPort {
  const result = relay.openPort({ ...portOptions, ...options });
  if (result.error !== null) throw new Error(result.error);
  return result;
}

/** Runs a file of fixtures/ in a Node of its own. */
export function runFixture(name: string, ...nodeFlags: string[]): Promise<CommandResult> {
  const file = path.join(import.meta.dirname, 'fixtures', name);
  return runCommand(process.execPath, [...nodeFlags, file], {
    env: { ...process.env, SRTP_ANCHOR_ADDON: addonFile },
    timeoutMilliseconds: 20_000,
  });
}
