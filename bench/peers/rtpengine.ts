import { Child } from '../child.js';
import { freeUdpPort } from '../free-port.js';
import { rtpengineVersion } from '../machine.js';
import { NgDaemon } from './ng-daemon.js';
import type { Peer, StartOptions } from './peer.js';

/** Debian's rtpengine-daemon in user space: no kernel table, a fixed number of threads. */
export const rtpengine: Peer = {
  name: 'rtpengine',
  hasSrtp: true,
  hasCallControl: true,
  unavailable: () => (rtpengineVersion() === null ? 'rtpengine-daemon is not installed' : null),
  async start(options: StartOptions) {
    const controlPort = await freeUdpPort();
    const child = new Child(
      'rtpengine',
      [
        '--config-file=none',
        '--table=-1',
        '--foreground',
        '--log-stderr',
        '--log-level=3',
        '--interface=127.0.0.1',
        `--listen-ng=127.0.0.1:${controlPort}`,
        `--num-threads=${options.workers}`,
        `--port-min=${options.portMin}`,
        `--port-max=${options.portMax}`,
        `--delete-delay=${options.deleteDelay}`,
      ],
      { cpus: options.cpus, nice: options.nice },
    );
    return NgDaemon.attach(child, controlPort);
  },
};
