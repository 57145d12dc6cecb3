import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { TestHost } from './host.js';
import { netstring, NetstringReader } from './netstring.js';
import type { RunningProcess } from './process.js';
import { TempDirectory } from './temp-directory.js';
import type { SocketAddress } from './udp-endpoint.js';
import { waitFor } from './wait.js';
import { readWav, tone, writeWav, type Sound } from './wav.js';

export interface BaresipOptions {
  readonly name: string;
  readonly sip: SocketAddress;
  readonly controlPort: number;
  /** `LO-HI`. */
  readonly rtpPorts: string;
  /** What this phone plays, Hz. */
  readonly hertz: number;
  /** srtp-mand: secure only; srtp: offered as AVP with a=crypto; null: plain. */
  readonly mediaEncryption: 'srtp-mand' | 'srtp' | 'srtp-mandf' | null;
  readonly proxy: SocketAddress;
  /** Seconds; 0 = does not register. */
  readonly registerInterval?: number;
  /** More account parameters, `;a=b`. */
  readonly accountParameters?: string;
}

interface ControlMessage {
  readonly event?: boolean;
  readonly type?: string;
  readonly param?: string;
  readonly response?: boolean;
  readonly ok?: boolean;
  readonly data?: string;
}

/** A phone with an RTP and SRTP stack of its own (libre). It answers by itself, plays a tone and records what it hears. */
export class Baresip {
  readonly events: ControlMessage[] = [];
  readonly #reader = new NetstringReader();

  private constructor(
    readonly options: BaresipOptions,
    readonly directory: TempDirectory,
    readonly process: RunningProcess,
    readonly control: Socket,
  ) {
    control.on('data', (chunk: Buffer) => {
      for (const text of this.#reader.push(chunk)) this.events.push(JSON.parse(text) as ControlMessage);
    });
    control.on('error', () => undefined);
  }

  static async start(host: TestHost, options: BaresipOptions): Promise<Baresip> {
    const directory = new TempDirectory(`baresip-${options.name}`);
    writeConfiguration(directory, options);
    const child = host.spawn(`baresip ${options.name}`, 'baresip', ['-f', directory.path], {
      env: { ...process.env, HOME: directory.path, LANG: 'C' },
    });
    const control = await connectControl(host, child, options);
    return new Baresip(options, directory, child, control);
  }

  get uri(): string {
    return `sip:${this.options.name}@${this.options.sip.address}:${this.options.sip.port}`;
  }

  async waitUntilRegistered(): Promise<void> {
    await this.process.waitForOutput(/200 OK .*\[\d+ bindings?\]/, 15_000);
  }

  dial(uri: string): void {
    this.command('dial', uri);
  }

  hangUp(): void {
    this.command('hangup');
  }

  command(command: string, params = ''): void {
    this.control.write(netstring(JSON.stringify({ command, params, token: command })));
  }

  async waitForEvent(type: string, timeoutMilliseconds = 10_000): Promise<ControlMessage> {
    return waitFor(
      `event ${type} at ${this.options.name}; so far ${JSON.stringify(this.events.map((event) => event.type))}`,
      () => {
        this.process.assertRunning();
        return this.events.find((event) => event.type === type);
      },
      { timeoutMilliseconds },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.process.output.slice(-3_000)}`, { cause: error });
    });
  }

  hasEvent(type: string): boolean {
    return this.events.some((event) => event.type === type);
  }

  /** What was decoded from the far end; complete once the call is over. */
  recording(): Sound {
    const names = readdirSync(this.directory.file('recordings')).filter((name) => name.endsWith('-dec.wav'));
    const [name] = names.sort().reverse();
    if (name === undefined) throw new Error(`${this.options.name} recorded nothing\n${this.process.output}`);
    return readWav(this.directory.file(`recordings/${name}`));
  }

  async stop(): Promise<void> {
    this.control.destroy();
    await this.process.stop(3_000);
    this.directory.remove();
  }
}

async function connectControl(host: TestHost, child: RunningProcess, options: BaresipOptions): Promise<Socket> {
  return waitFor(
    `the control port of ${options.name}`,
    async () => {
      child.assertRunning();
      return host.connect(options.sip.address, options.controlPort).catch(() => undefined);
    },
    { timeoutMilliseconds: 15_000, intervalMilliseconds: 100 },
  );
}

function writeConfiguration(directory: TempDirectory, options: BaresipOptions): void {
  const { name, sip, proxy, mediaEncryption, registerInterval = 0 } = options;
  mkdirSync(directory.file('recordings'));
  writeWav(directory.file('tone.wav'), tone(options.hertz, 20));
  const account = [
    `<sip:${name}@${registerInterval > 0 ? `${proxy.address}:${proxy.port}` : `${sip.address}:${sip.port}`}>`,
    `regint=${registerInterval}`,
    'answermode=auto',
    'audio_codecs=PCMU',
    ...(mediaEncryption === null ? [] : [`mediaenc=${mediaEncryption}`]),
    `outbound="sip:${proxy.address}:${proxy.port}"`,
  ].join(';');
  writeFileSync(directory.file('accounts'), `${account}${options.accountParameters ?? ''}\n`);
  writeFileSync(directory.file('contacts'), '');
  writeFileSync(directory.file('config'), configuration(directory, options));
}

function configuration(directory: TempDirectory, options: BaresipOptions): string {
  const { address, port } = options.sip;
  return [
    'poll_method epoll',
    `sip_listen ${address}:${port}`,
    'call_local_timeout 60',
    'call_max_calls 4',
    `audio_source aufile,${directory.file('tone.wav')}`,
    `audio_player aubridge,${options.name}`,
    `audio_alert aubridge,alert-${options.name}`,
    'ausrc_srate 8000',
    'auplay_srate 8000',
    'ausrc_channels 1',
    'auplay_channels 1',
    'audio_level no',
    'audio_buffer 20-160',
    `rtp_ports ${options.rtpPorts}`,
    'rtcp_mux no',
    'jitter_buffer_delay 1-5',
    `net_interface ${address}`,
    `snd_path ${directory.file('recordings')}`,
    `ctrl_tcp_listen ${address}:${options.controlPort}`,
    'module_path /usr/lib/baresip/modules',
    ...['g711', 'srtp', 'aufile', 'aubridge', 'sndfile'].map((name) => `module ${name}.so`),
    'module_tmp account.so',
    ...['menu', 'ctrl_tcp'].map((name) => `module_app ${name}.so`),
    '',
  ].join('\n');
}
