import { loadAddon, type PortConfig, type RelayEvent } from '../relay/addon.js';
import { DROP_REASONS, type DropReason, type PortCounter } from '../relay/counters.js';
import type { MediaPort } from '../relay/media-port.js';
import { Relay as NativeRelay } from '../relay/relay.js';
import type { SrtpParameters } from '../negotiation/negotiated-media.js';
import { SeamKeys } from '../session/seam-keys.js';
import { err, ok, type Result } from '../shared/result.js';

/** Packets (RFC 3711 §3.3.2). */
const REPLAY_WINDOW = 128;

export interface RelayOptions {
  /** Threads; 1 unless said. */
  readonly workers?: number;
  /** Upper bound on the time a packet waits for company, microseconds; 500 unless said, 0 = none. */
  readonly coalesceMicroseconds?: number;
  /** Called on the main thread for the few things worth telling: an address was learned, a key does not fit. */
  readonly onEvent?: (event: RelayEvent) => void;
}

export interface PortOptions {
  /** IPv4 or IPv6 literal of this machine. */
  readonly address: string;
  /** 0 or absent: the system chooses. */
  readonly port?: number;
  /** Ports that forward to each other must be on the same worker; 0 unless said. */
  readonly worker?: number;
}

/** How one port treats its party. Absent = plain, unknown, nowhere. */
export interface PortSetup {
  /** Where the party receives; absent = learned from its first packet. */
  readonly remote?: { readonly address: string; readonly port: number } | null;
  /** From `negotiate`: what the party encrypts with, and what it expects. */
  readonly inbound?: SrtpParameters | null;
  readonly outbound?: SrtpParameters | null;
  /** Where accepted RTP goes, and RTCP when it goes elsewhere. */
  readonly peer?: Port | null;
  readonly rtcpPeer?: Port | null;
}

export interface PortCounters {
  /** Datagrams read; = `forwarded` + the sum of `drops`. */
  readonly received: number;
  readonly forwarded: number;
  /** Packets sent to this port's party. */
  readonly sent: number;
  /** Reasons that occurred. */
  readonly drops: Partial<Record<DropReason, number>>;
}

/** One bound UDP socket facing one party. Packets pass on native threads and never enter JavaScript. */
export class Port {
  readonly #port: MediaPort;
  readonly #keys: SeamKeys;
  #round = 0;

  /** @internal */
  constructor(port: MediaPort, keys: SeamKeys) {
    this.#port = port;
    this.#keys = keys;
  }

  /** Bound port number. */
  get number(): number {
    return this.#port.number;
  }

  /** Takes effect between two packets; the same key objects keep their rollover counters and replay windows. */
  configure(setup: PortSetup): void {
    this.#round += 1;
    this.#port.configure(portConfig(setup, this.#round, this.#keys), null);
  }

  counters(): PortCounters {
    const count = (name: PortCounter): number => this.#port.counter(name);
    const drops: Partial<Record<DropReason, number>> = {};
    for (const reason of DROP_REASONS) if (count(`drop_${reason}`) > 0) drops[reason] = count(`drop_${reason}`);
    return {
      received: count('rx_packets'),
      forwarded: count('rtp_packets') + count('rtcp_packets'),
      sent: count('tx_rtp_packets') + count('tx_rtcp_packets'),
      drops,
    };
  }

  close(): void {
    this.#port.close();
  }

  /** @internal */
  get id(): MediaPort['id'] {
    return this.#port.id;
  }
}

/** A relay of its own threads and sockets. Close it: the process does not end by itself while it runs. */
export class Relay {
  readonly #relay: NativeRelay;
  readonly #keys = new SeamKeys(REPLAY_WINDOW);

  constructor(options: RelayOptions = {}) {
    const { workers = 1, coalesceMicroseconds = 500, onEvent = () => undefined } = options;
    this.#relay = new NativeRelay(
      loadAddon(),
      {
        workers,
        portsPerWorker: 4_096,
        coalesceMicroseconds,
        receiveBufferBytes: 0,
        sendBufferBytes: 0,
        cpus: [],
        rekeyOverlapMilliseconds: 5_000,
        learningWindowMilliseconds: 3_000,
      },
      (event) => onEvent(event),
    );
  }

  /** The error is an errno name, such as `EADDRINUSE`. */
  openPort({ address, port = 0, worker = 0 }: PortOptions): Result<Port, string> {
    const opened = this.#relay.openPort({ worker, address, port, trafficClass: 0 });
    return opened.ok ? ok(new Port(opened.value, this.#keys)) : err(opened.error);
  }

  /** Joins the threads and closes every socket. Idempotent. */
  close(): void {
    this.#relay.close();
  }
}

function portConfig(setup: PortSetup, learningRound: number, keys: SeamKeys): PortConfig {
  return {
    kind: 'rtp',
    remote: setup.remote ?? null,
    learning: 'heuristic',
    strictSource: false,
    mediaHandover: false,
    learningRound,
    allowedSources: [],
    inbound: keys.of(setup.inbound ?? null),
    outbound: keys.of(setup.outbound ?? null),
    cryptoFrom: null,
    rtpTo: setup.peer?.id ?? null,
    rtcpTo: (setup.rtcpPeer ?? setup.peer)?.id ?? null,
    forwardRtp: true,
    blockedPayloadTypes: [],
    trafficClass: 0,
  };
}
