import { anchorError, type AnchorError } from '../shared/errors.js';

/** Limits on calls to come; those in progress are never touched. 0 = no limit. */
export interface Limits {
  readonly maximumSessions: number;
  /** Packets a second, all ports together. */
  readonly maximumPacketRate: number;
  /** Octets a second. */
  readonly maximumByteRate: number;
  /** Percent of one core a worker may be busy. */
  readonly maximumCpuPercent: number;
  /** Of the whole machine, over one minute. */
  readonly maximumLoadAverage: number;
}

export interface Load {
  readonly packetRate: number;
  readonly byteRate: number;
  readonly cpuPercent: number;
  readonly loadAverage: number;
}

/** Decides whether one more call may come. */
export class Admission {
  limits: Limits;
  draining = false;
  load: Load = { packetRate: 0, byteRate: 0, cpuPercent: 0, loadAverage: 0 };

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** null = welcome. */
  refuse(activeSessions: number): AnchorError | null {
    if (this.draining) return anchorError('draining');
    if (isOver(activeSessions + 1, this.limits.maximumSessions)) return anchorError('session-limit');
    if (isOver(this.load.cpuPercent, this.limits.maximumCpuPercent)) return anchorError('cpu-limit');
    if (isOver(this.load.loadAverage, this.limits.maximumLoadAverage)) return anchorError('load-limit');
    if (isOver(this.load.packetRate, this.limits.maximumPacketRate)) return anchorError('load-limit');
    if (isOver(this.load.byteRate, this.limits.maximumByteRate)) return anchorError('bandwidth-limit');
    return null;
  }
}

function isOver(value: number, limit: number): boolean {
  return limit > 0 && value > limit;
}
