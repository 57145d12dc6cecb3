import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestHost } from '../../../support/host.js';
import type { RunningProcess } from '../../../support/process.js';
import { SipAgent } from '../../../support/sip-agent.js';
import { TempDirectory } from '../../../support/temp-directory.js';
import type { Certificate } from './certificates.js';
import { sendRequest } from './requests.js';
import { startNamedKamailio, type HostNames } from './named-kamailio.js';

const CONFIGURATION = fileURLToPath(new URL('./trunk.cfg', import.meta.url));

export interface TrunkOptions {
  /** Signalling address: TLS on 5061, UDP on 5060. */
  readonly address: string;
  readonly certificate: Certificate;
  readonly secure: boolean;
  /** Where it calls the customer. */
  readonly edge: { readonly tls: string; readonly udp: string };
  readonly hosts: HostNames;
}

const TLS_CONFIGURATION = `[server:default]
method = TLSv1.2+
certificate = trunk.pem
private_key = trunk.key
[client:default]
method = TLSv1.2+
`;

/** A second Kamailio as the carrier, and the agent behind it, which does what the test says. */
export class Trunk {
  private constructor(
    readonly process: RunningProcess,
    readonly agent: SipAgent,
    readonly directory: TempDirectory,
    readonly address: string,
  ) {}

  static async start(host: TestHost, options: TrunkOptions): Promise<Trunk> {
    const { address, certificate, edge } = options;
    const directory = new TempDirectory('trunk');
    copyFileSync(CONFIGURATION, directory.file('trunk.cfg'));
    copyFileSync(certificate.certificate, directory.file('trunk.pem'));
    copyFileSync(certificate.key, directory.file('trunk.key'));
    writeFileSync(directory.file('tls.cfg'), TLS_CONFIGURATION);
    const agent = await SipAgent.open(host, 'carrier', { address, port: 5060 }, address);
    const { port } = agent.endpoint.local;
    const child = await startNamedKamailio(host, {
      ...{ name: `trunk ${address}`, directory, configuration: 'trunk.cfg', hosts: options.hosts },
      udp: { address, port: 5060 },
      defines: [
        `TRUNK_IP=${address}`,
        `TRUNK_NAME="${address}"`,
        `TRUNK_TLS=tls:${address}:5061`,
        `TRUNK_UDP=udp:${address}:5060`,
        `AGENT="sip:${address}:${port}"`,
        `AGENT_PORT=${port}`,
        `EDGE_TLS="${edge.tls}"`,
        `EDGE_UDP="${edge.udp}"`,
        `SECURE="secure=i:${options.secure ? 1 : 0}"`,
      ],
    });
    return new Trunk(child, agent, directory, address);
  }

  /** The operator's hand on the carrier's console. */
  async turn(to: 'secure-on' | 'secure-off' | 'fail-503' | 'fail-none'): Promise<void> {
    const dialog = await sendRequest(this.agent, 'MESSAGE', `sip:${to}@${this.address}:5060`);
    await dialog.waitForStatus(200, 'MESSAGE');
  }

  /** Takes everything and answers nothing, or goes on. */
  freeze(frozen: boolean): void {
    const { pid } = this.process;
    const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    for (const worker of workers) process.kill(worker, frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.process.stop(5_000);
    this.directory.remove();
  }
}
