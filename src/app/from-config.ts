import type { Config } from '../config/config.js';
import type { AdmissionOptions } from '../control/admission.js';
import type { RelayOptions } from '../relay/addon.js';
import type { Limits } from '../session/admission.js';
import { AddressPolicy } from '../session/address-policy.js';
import { Interfaces } from '../session/interfaces.js';
import { PolicyBook } from '../session/policy-book.js';
import { PortPool } from '../session/port-pool.js';
import type { SessionTimeouts } from '../session/sweeper.js';
import type { Clock } from '../shared/clock.js';

/** The configuration, cut into what each room wants to know. */
export function relayOptions(config: Config): RelayOptions {
  return {
    workers: config.workers,
    portsPerWorker: config.portsPerWorker,
    coalesceMicroseconds: config.coalesceMicroseconds,
    receiveBufferBytes: config.receiveBufferBytes,
    sendBufferBytes: config.sendBufferBytes,
    cpus: config.cpus,
    rekeyOverlapMilliseconds: config.rekeyOverlapMilliseconds,
    learningWindowMilliseconds: config.learningWindowMilliseconds,
  };
}

/** One pool of numbers an address: two names for the same address share it. */
export function interfacesOf(config: Config, clock: Clock): Interfaces {
  const pools = new Map<string, PortPool>();
  const poolFor = (address: string): PortPool => {
    const known = pools.get(address);
    if (known !== undefined) return known;
    const pool = new PortPool({
      minimum: config.portMin,
      maximum: config.portMax,
      quarantineMilliseconds: config.portQuarantineSeconds * 1_000,
      now: () => clock.monotonicMilliseconds(),
    });
    pools.set(address, pool);
    return pool;
  };
  return new Interfaces(
    config.interfaces.map(({ name, family, address, advertised }) => ({
      name,
      family,
      address,
      advertised,
      allowedSources: [],
      pool: poolFor(address),
    })),
  );
}

export function policyBookOf(config: Config): PolicyBook {
  const profiles = Object.entries(config.trunkProfiles);
  return new PolicyBook(
    { policy: config.policy, allowedSources: [] },
    new Map(profiles.map(([name, { policy, sourceNetworks }]) => [name, { policy, allowedSources: sourceNetworks }])),
    new Map(
      profiles.flatMap(([name, profile]) => (profile.interface === null ? [] : [[profile.interface, name] as const])),
    ),
  );
}

export function limitsOf(config: Config): Limits {
  return {
    maximumSessions: config.maxSessions,
    maximumPacketRate: config.maxPacketRate,
    maximumByteRate: config.maxBandwidthBitsPerSecond / 8,
    maximumCpuPercent: config.maxCpuPercent,
    maximumLoadAverage: config.maxLoad,
  };
}

export function timeoutsOf(config: Config): SessionTimeouts {
  return {
    mediaTimeoutSeconds: config.mediaTimeoutSeconds,
    silentTimeoutSeconds: config.silentTimeoutSeconds,
    offerTimeoutSeconds: config.offerTimeoutSeconds,
    finalTimeoutSeconds: config.finalTimeoutSeconds,
  };
}

/** 0 in the configuration = no limit: more than any machine could send. */
const NO_RATE_LIMIT = 1e9;

export function controlAdmissionOf(
  config: Config,
): Pick<AdmissionOptions, 'allowedPeers' | 'messagesPerSecond' | 'burst'> {
  const messagesPerSecond = config.ngRateLimit === 0 ? NO_RATE_LIMIT : config.ngRateLimit;
  return { allowedPeers: config.ngAllow, messagesPerSecond, burst: 2 * messagesPerSecond };
}

export function addressPolicyOf(config: Config): AddressPolicy {
  const listeners = [
    ...config.listenNg,
    ...config.listenNgTcp,
    ...(config.listenHttp === null ? [] : [config.listenHttp]),
  ];
  return new AddressPolicy(
    config.interfaces.map(({ address }) => address),
    new Set(listeners.map(({ address, port }) => `${address} ${port}`)),
  );
}
