import { Child } from '../child.js';
import { freeUdpPort } from '../free-port.js';
import { PairDaemon } from './pair-daemon.js';
import type { Peer, StartOptions } from './peer.js';

/** The same forwarding without crypto: what is left of a relay's cost when the kernel's share is all there is. */
export const floor: Peer = {
  name: 'floor',
  hasSrtp: false,
  hasCallControl: false,
  unavailable: () => null,
  async start(options: StartOptions) {
    const controlPort = await freeUdpPort();
    const child = new Child(options.tools.path('anchor_floor'), [String(controlPort)], {
      cpus: options.cpus,
      nice: options.nice,
    });
    return PairDaemon.attach(child, controlPort, () => null);
  },
};
