import { existsSync } from 'node:fs';
import { Child } from '../child.js';
import { freeUdpPort } from '../free-port.js';
import { inRoot } from '../paths.js';
import { NgDaemon } from './ng-daemon.js';
import type { Peer, StartOptions } from './peer.js';

const program = inRoot('bin', 'srtp-anchor');
const parts = [program, inRoot('dist', 'src', 'main.js'), inRoot('build', 'Release', 'srtp_anchor.node')];

/** The product, as its users start it. */
export const srtpAnchor: Peer = {
  name: 'srtp-anchor',
  hasSrtp: true,
  hasCallControl: true,
  unavailable: () => (parts.every((part) => existsSync(part)) ? null : 'not built: npm run build'),
  async start(options: StartOptions) {
    const controlPort = await freeUdpPort();
    const httpPort = await freeUdpPort();
    const child = new Child(
      process.execPath,
      [
        program,
        'serve',
        ...['--interface', '127.0.0.1'],
        ...['--listen-ng', `127.0.0.1:${controlPort}`],
        ...['--listen-http', `127.0.0.1:${httpPort}`],
        ...['--workers', String(options.workers)],
        ...['--port-min', String(options.portMin)],
        ...['--port-max', String(options.portMax)],
        ...['--delete-delay', String(options.deleteDelay)],
        ...['--log-level', 'error'],
      ],
      { cpus: options.cpus, nice: options.nice },
    );
    return NgDaemon.attach(child, controlPort);
  },
};
