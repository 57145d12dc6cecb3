import { existsSync } from 'node:fs';
import { Child } from '../child.js';
import { freeUdpPort } from '../free-port.js';
import { inRoot } from '../paths.js';
import { generateKey } from '../suite-key.js';
import { PairDaemon } from './pair-daemon.js';
import type { Peer, StartOptions } from './peer.js';

const program = inRoot('dist', 'bench', 'peers', 'javascript-relay.js');

/** What a Node user would write without a native relay: dgram and node:crypto. */
export const javascript: Peer = {
  name: 'javascript',
  hasSrtp: true,
  hasCallControl: false,
  unavailable: () => (existsSync(program) ? null : 'not built yet'),
  async start(options: StartOptions) {
    const controlPort = await freeUdpPort();
    const child = new Child(process.execPath, [program, String(controlPort)], {
      cpus: options.cpus,
      nice: options.nice,
    });
    return PairDaemon.attach(child, controlPort, (party) =>
      party.crypto === null ? null : generateKey(party.crypto.suite),
    );
  },
};
