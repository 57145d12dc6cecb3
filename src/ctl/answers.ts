/**
 * What `ctl` reads of the answers of the HTTP API. Its own view of them: the relay at the other end may be of another
 * version, so nothing here is taken for granted that is not printed.
 */
export interface CallsAnswer {
  readonly total: number;
  readonly calls: readonly CallRow[];
}

export interface CallRow {
  readonly callId: string;
  readonly createdUnixSeconds: number;
  readonly state: string;
  readonly words: string;
  readonly parties: readonly PartyRow[];
}

export interface PartyRow {
  readonly name: string;
  readonly endpoint: string | null;
  readonly suite: string | null;
  readonly lastPacketSeconds: number | null;
  readonly receivedPackets: number;
  readonly sentPackets: number;
  readonly drops: number;
}

export interface Address {
  readonly address: string;
  readonly port: number;
}

export interface StreamAnswer {
  readonly component: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly endpoint: Address | null;
  readonly advertisedEndpoint: Address | null;
  readonly learned: boolean;
  readonly cryptoSuite: string | null;
  readonly lastPacket: number | null;
  readonly ssrcs: readonly number[];
  readonly received: { readonly packets: number; readonly bytes: number };
  readonly sent: { readonly packets: number; readonly bytes: number };
  readonly drops: Readonly<Record<string, number>>;
}

export interface CallAnswer {
  readonly report: {
    readonly callId: string;
    readonly createdMicroseconds: number;
    readonly lastSignal: number;
    readonly ssrcs: readonly SsrcAnswer[];
    readonly parties: readonly {
      readonly tag: string | null;
      readonly label: string | null;
      readonly medias: readonly {
        readonly index: number;
        readonly type: string;
        readonly protocol: string;
        readonly flags: readonly string[];
        readonly streams: readonly StreamAnswer[];
      }[];
    }[];
  };
  readonly verdict: {
    readonly state: string;
    readonly words: string;
    readonly legs: readonly { readonly name: string; readonly state: string; readonly words: string }[];
  };
}

export interface SsrcAnswer {
  readonly ssrc: number;
  readonly packets: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicates: number;
  readonly rolloverCounter: number | null;
  readonly average: {
    readonly mos: number;
    readonly jitter: number;
    readonly packetLoss: number;
    readonly roundTripTime: number;
  } | null;
}

export interface Totals {
  readonly packets: number;
  readonly bytes: number;
}

export interface StatsAnswer {
  readonly version: string;
  readonly startedUnixSeconds: number;
  readonly nowUnixMilliseconds: number;
  readonly draining: boolean;
  readonly ready: boolean;
  readonly problems: readonly string[];
  readonly calls: number;
  readonly callsTotal: number;
  readonly sessions: Readonly<Record<string, number>>;
  readonly received: Totals;
  readonly accepted: Totals;
  readonly sent: Totals;
  readonly drops: Readonly<Record<string, number>>;
  readonly suites: Readonly<Record<string, { readonly protect: number; readonly unprotect: number }>>;
  readonly workers: readonly {
    readonly cpuSeconds: number;
    readonly packets: number;
    readonly ports: number;
    readonly heartbeatAgeMilliseconds: number;
  }[];
  readonly ports: readonly { readonly interface: string; readonly total: number; readonly used: number }[];
}
